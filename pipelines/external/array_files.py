"""Named arrays in .npz, .safetensors and Parquet files, read in chunks of rows.

A large array is never in memory as a whole: safetensors and Parquet files are memory-mapped
(without it pyarrow keeps a whole row group), members of an .npz are read as streams.
"""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from pipelines.errors import PipelineError
from pipelines.external.bfloat16 import from_bfloat16, raw_bfloat16

Values = NDArray[Any]
BFLOAT16_BYTES = 2
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    TypeError,  # of safetensors, for types that NumPy does not have
    zipfile.BadZipFile,
    zlib.error,
    pa.ArrowException,
    SafetensorError,
)


class ArrayFile(Protocol):
    """A file of arrays by name."""

    @property
    def names(self) -> tuple[str, ...]:
        """What is in the file."""
        ...

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array, without reading it."""
        ...

    def chunks(self, name: str, rows: int) -> Iterator[Values]:
        """The array in pieces of `rows` rows, the last one shorter."""
        ...


def open_array_file(path: Path) -> ArrayFile:
    """Open a file by its suffix.

    Raises:
        PipelineError: no file, another suffix, or a file that cannot be read.
    """
    kinds: dict[str, Callable[[Path], ArrayFile]] = {
        ".npz": NpzFile,
        ".safetensors": SafetensorsFile,
        ".parquet": ParquetFile,
    }
    if path.suffix not in kinds:
        raise PipelineError(
            f"{path}: expected a file ending in {', '.join(kinds)}, found {path.suffix or 'none'}."
        )
    if not path.is_file():
        raise PipelineError(f"{path}: expected a file, found none.")
    with reading(path):
        return kinds[path.suffix](path)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say in one sentence why a file cannot be read."""
    try:
        yield
    except PipelineError:
        raise
    except _UNREADABLE as error:
        reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise PipelineError(
            f"{path}: expected a {path.suffix} file of arrays, found one that cannot be read: "
            f"{reason}."
        ) from error


class NpzFile:
    """NumPy's own archive, of np.savez or np.savez_compressed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
        self.names = tuple(name.removesuffix(".npy") for name in members)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array, without reading it."""
        with self._opened(name) as stream:
            return _npy_header(stream)[0]

    def chunks(self, name: str, rows: int) -> Iterator[Values]:
        """The array in pieces of `rows` rows; one in Fortran order is read as a whole."""
        with self._opened(name) as stream:
            shape, by_column, dtype = _npy_header(stream)
            if dtype.kind == "V":
                kind = "bfloat16" if dtype.itemsize == BFLOAT16_BYTES else f"{dtype}"
                raise PipelineError(
                    f"{self._path}: expected numbers in {name}, found {dtype}, which is how NumPy "
                    f"writes {kind} of JAX: save it with .astype(float32)."
                )
            if dtype.hasobject:
                raise PipelineError(
                    f"{self._path}: expected numbers in {name}, found pickled Python objects."
                )
            if by_column:
                with np.load(self._path, allow_pickle=False) as content:
                    whole = content[name]
                for start in range(0, len(whole), rows):
                    yield whole[start : start + rows]
                return
            row_shape = shape[1:]
            row_size = int(np.prod(row_shape, dtype=np.int64))
            for start in range(0, shape[0] if shape else 0, rows):
                count = min(rows, shape[0] - start)
                content = stream.read(count * row_size * dtype.itemsize)
                yield np.frombuffer(content, dtype).reshape(count, *row_shape)

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        with zipfile.ZipFile(self._path) as archive:
            member = archive.getinfo(f"{name}.npy")
            with archive.open(member) as stream:
                shape, _, dtype = _npy_header(stream)
                stated = math.prod(shape) * dtype.itemsize + stream.tell()
            # NumPy makes room for what the header says before it reads
            if stated != member.file_size and not dtype.hasobject:
                raise PipelineError(
                    f"{self._path}: expected {stated:,} bytes of {name}, as its header says, found "
                    f"{member.file_size:,}."
                )
            with archive.open(member) as stream:
                yield stream


def _npy_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_2_0
    if version == (1, 0):
        read = np.lib.format.read_array_header_1_0
    return read(stream)


class SafetensorsFile:
    """Tensors by name, memory-mapped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with safe_open(path, framework="numpy") as file:
            self.names = tuple(file.keys())

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array, without reading it."""
        with safe_open(self._path, framework="numpy") as file:
            return tuple(file.get_slice(name).get_shape())

    def chunks(self, name: str, rows: int) -> Iterator[Values]:
        """The array in pieces of `rows` rows."""
        with safe_open(self._path, framework="numpy") as file:
            tensor = file.get_slice(name)
            kind = tensor.get_dtype()
            count = tensor.get_shape()[0]
            if kind == "BF16":
                values = raw_bfloat16(self._path, name)
                for start in range(0, count, rows):
                    yield from_bfloat16(values[start : start + rows])
                return
            if kind.startswith(("BF", "F8")):
                raise PipelineError(
                    f"{self._path}: expected {name} as float16, float32 or float64, found {kind}."
                )
            for start in range(0, count, rows):
                yield tensor[start : min(start + rows, count)]


class ParquetFile:
    """A table with one row a sample; a list in each row is a row of an array.

    Columns `label` and `sample_id` are the arrays `labels` and `sample_ids`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with pq.ParquetFile(path) as file:
            self._schema = file.schema_arrow
            self._rows = file.metadata.num_rows
        self.names = tuple(self._schema.names)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array; of lists, with the length of the first one."""
        kind = self._schema.field(name).type
        if pa.types.is_fixed_size_list(kind):
            return (self._rows, kind.list_size)
        if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
            return (self._rows,)
        with pq.ParquetFile(self._path, memory_map=True) as file:
            first = next(file.iter_batches(batch_size=1, columns=[name]), None)
        value = None if first is None else first.column(0)[0].as_py()
        return (self._rows, 0 if value is None else len(value))

    def chunks(self, name: str, rows: int) -> Iterator[Values]:
        """The column in pieces of at most `rows` rows.

        Raises:
            PipelineError: an empty value, or lists of different lengths.
        """
        width = self.shape(name)[1:]
        start = 0
        with pq.ParquetFile(self._path, memory_map=True) as file:
            for batch in file.iter_batches(batch_size=rows, columns=[name]):
                column = batch.column(0)
                self._check_filled(column, name, start, 1)
                if not width:
                    yield column.to_numpy(zero_copy_only=False)
                else:
                    if not pa.types.is_fixed_size_list(column.type):
                        lengths = column.value_lengths().to_numpy()
                        self._check_lengths(lengths, width[0], name, start)
                    values = column.flatten()
                    self._check_filled(values, name, start, width[0])
                    yield values.to_numpy(zero_copy_only=False).reshape(len(column), *width)
                start += len(column)

    def _check_filled(self, values: pa.Array, name: str, start: int, width: int) -> None:
        if values.null_count:
            row = start + int(np.flatnonzero(values.is_null().to_numpy(False))[0]) // width
            raise PipelineError(
                f"{self._path}: expected a value in {name}, found none in row {row}."
            )

    def _check_lengths(self, lengths: Values, width: int, name: str, start: int) -> None:
        other = np.flatnonzero(lengths != width)
        if other.size:
            raise PipelineError(
                f"{self._path}: expected {width} values in {name} as in row 0, found "
                f"{lengths[other[0]]} in row {start + int(other[0])}."
            )
