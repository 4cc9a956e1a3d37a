"""A digest of rows: the same in the shard that was measured and in the file that is published."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa


class RowsDigest:
    """SHA-256 over rows, column by column, whatever pieces they come in.

    Args:
        schema: names and types of the columns: numbers, booleans, and lists of a fixed length.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        # of values, of what is NULL, of what is NULL in lists: apart, or pieces would count
        self._parts = [[hashlib.sha256() for _ in range(3)] for _ in schema]

    def add(self, rows: pa.Table) -> None:
        """Take the next rows.

        Raises:
            pa.ArrowException: a column is missing or can't be of its type.
        """
        for i, field in enumerate(self._schema):
            values = rows[field.name]
            for chunk in (values if values.type == field.type else values.cast(field.type)).chunks:
                self._add(i, chunk)

    def _add(self, column: int, values: pa.Array) -> None:
        of_values, of_nulls, of_items = self._parts[column]
        of_nulls.update(_nulls(values))
        if pa.types.is_fixed_size_list(values.type):
            values = values.flatten()  # leaves out what lists that are NULL hold
            of_items.update(_nulls(values))
        if values.null_count:
            values = values.fill_null(pa.scalar(0).cast(values.type))
        of_values.update(_bytes(values))

    def hexdigest(self) -> str:
        """The digest of the rows so far."""
        lines = [
            " ".join([name, *(part.hexdigest() for part in parts)])
            for name, parts in zip(self._schema.names, self._parts, strict=True)
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _nulls(values: pa.Array) -> bytes:
    """A byte a value, 1 where it is NULL."""
    return _bytes(values.is_null()) if values.null_count else bytes(len(values))


def _bytes(values: pa.Array) -> bytes:
    return np.ascontiguousarray(values.to_numpy(zero_copy_only=False)).tobytes()
