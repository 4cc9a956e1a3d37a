"""Features that were computed elsewhere, with the classifier they go into: read and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError
from pipelines.external.array_files import ArrayFile, ParquetFile, Values, open_array_file, reading
from pipelines.external.typed_arrays import floats, integers, require
from pipelines.workspace.samples import Rows

VALUES_AT_ONCE = 1 << 22
LOGIT_TOLERANCE = 1e-3  # of the sum of |W|·|X| + |b|, as for networks that are run
LARGEST_ID = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False)
class ImportedFeatures:
    """N features under one condition, and the classifier that they go into.

    Attributes:
        path: the file that the features are read from.
        sample_count: N.
        labels: int64 (N,), classes in 0..C-1.
        sample_ids: int64 (N,), distinct.
        ids_are_rows: the file has no ids, so they count its rows.
        weight: float64 (C, m), finite.
        bias: float64 (C,), or None.
    """

    path: Path
    sample_count: int
    labels: Rows
    sample_ids: Rows
    ids_are_rows: bool
    weight: NDArray[np.float64]
    bias: NDArray[np.float64] | None
    file: ArrayFile

    def chunks(self) -> Iterator[tuple[slice, Values]]:
        """Rows and their features (n, m), float32 or float64, as many as fit in 32 MiB or so.

        Raises:
            PipelineError: a value that is not finite, naming the row.
        """
        start = 0
        with reading(self.path):
            for chunk in self.file.chunks("features", self._rows_at_once):
                if chunk.dtype.kind != "f":
                    raise PipelineError(
                        f"{self.path}: expected floating-point numbers in features, found "
                        f"{chunk.dtype}."
                    )
                wrong = np.flatnonzero(~np.isfinite(chunk).all(axis=1))
                if wrong.size:
                    row = start + int(wrong[0])
                    raise PipelineError(
                        f"{self.path}: expected finite numbers in features, found NaN or infinity "
                        f"in row {row} (sample {self.sample_ids[row]})."
                    )
                wide = "<f8" if chunk.dtype.itemsize > 4 else "<f4"
                yield slice(start, start + len(chunk)), chunk.astype(wide, copy=False)
                start += len(chunk)

    def classifier_fingerprint(self) -> str:
        """SHA-256 over weight and bias."""
        digest = hashlib.sha256(f"{self.weight.shape} {self.bias is not None}".encode())
        digest.update(np.ascontiguousarray(self.weight, dtype="<f8").tobytes())
        if self.bias is not None:
            digest.update(np.ascontiguousarray(self.bias, dtype="<f8").tobytes())
        return digest.hexdigest()

    @property
    def has_logits(self) -> bool:
        """Whether the file says what the network itself made of the features."""
        return "logits" in self.file.names

    def features_fingerprint(self, on_rows: Callable[[int], None]) -> str:
        """SHA-256 over the features, the same in whatever format they lie.

        Args:
            on_rows: called with the number of rows of each chunk.

        Raises:
            PipelineError: a value that is not finite, or logits that are not W·X + b.
        """
        digest = hashlib.sha256()
        logits = self.file.chunks("logits", self._rows_at_once) if self.has_logits else repeat(None)
        for (rows, chunk), expected in zip(self.chunks(), logits, strict=False):
            if expected is not None:
                self._check_logits(chunk.astype(np.float64), expected, rows.start)
            digest.update(f"{chunk.dtype}".encode() if not rows.start else b"")
            digest.update(np.ascontiguousarray(chunk).data)
            on_rows(len(chunk))
        return digest.hexdigest()

    @property
    def _rows_at_once(self) -> int:
        return max(1, VALUES_AT_ONCE // sum(self.weight.shape))

    def _check_logits(self, features: Values, logits: Values, start: int) -> None:
        bias = np.zeros(len(self.weight)) if self.bias is None else self.bias
        difference = np.abs(features @ self.weight.T + bias - logits)
        magnitude = np.abs(features) @ np.abs(self.weight).T + np.abs(bias)
        # NaN is in no order, so that it differs too
        other = np.flatnonzero(~(difference <= LOGIT_TOLERANCE * magnitude).all(axis=1))
        if other.size:
            row = start + int(other[0])
            raise PipelineError(
                f"{self.path}: expected the logits to be W·X + b of the features and the "
                f"classifier, found others in row {row} (sample {self.sample_ids[row]})."
            )


def open_features(path: Path, classifier: Path | None, *, class_count: int) -> ImportedFeatures:
    """Read and check all but the features themselves, which are read in chunks.

    Args:
        path: .npz or .safetensors with features (N, m), labels (N,), sample_ids (N,) or none,
            logits (N, C) or none, weight (C, m) and bias (C,) or none; or Parquet with
            columns features, label, sample_id or none, logits or none.
        classifier: .npz or .safetensors with weight and bias, where `path` has none.
        class_count: C, as the study has it.

    Raises:
        PipelineError: in one sentence, what was expected and what was found.
    """
    file = open_array_file(path)
    singular = isinstance(file, ParquetFile)
    label, sample_id = ("label", "sample_id") if singular else ("labels", "sample_ids")
    require(path, file, "features", label)
    with reading(path):
        shape = file.shape("features")
    if len(shape) != 2 or not all(shape):
        raise PipelineError(f"{path}: expected features of shape (samples, m), found {shape}.")
    labels = integers(path, file, label, shape[0])
    weight, bias = _classifier(path, file, classifier)
    _check_classifier(classifier or path, weight, bias, (class_count, shape[1]))
    outside = np.flatnonzero((labels < 0) | (labels >= class_count))
    if outside.size:
        row = int(outside[0])
        raise PipelineError(
            f"{path}: expected {label} in 0..{class_count - 1}, found {labels[row]} in row {row}."
        )
    if "logits" in file.names and (found := file.shape("logits")) != (shape[0], class_count):
        raise PipelineError(
            f"{path}: expected logits of shape {(shape[0], class_count)}, found {found}."
        )
    ids_are_rows = sample_id not in file.names
    sample_ids = np.arange(shape[0], dtype=np.int64)
    if not ids_are_rows:
        sample_ids = integers(path, file, sample_id, shape[0])
        _check_ids(path, sample_id, sample_ids)
    return ImportedFeatures(path, shape[0], labels, sample_ids, ids_are_rows, weight, bias, file)


def _classifier(
    path: Path, file: ArrayFile, classifier: Path | None
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    inside = "weight" in file.names
    if classifier is None and isinstance(file, ParquetFile):
        raise PipelineError(
            f"{path}: expected --classifier with the weight and bias beside a Parquet file, "
            "found none."
        )
    if classifier is not None and inside:
        raise PipelineError(
            f"{path}: expected the weight here or in --classifier {classifier}, found it in both."
        )
    source_path = classifier or path
    source = file if classifier is None else open_array_file(classifier)
    if isinstance(source, ParquetFile):
        raise PipelineError(
            f"{source_path}: expected --classifier as .npz or .safetensors, found Parquet."
        )
    require(source_path, source, "weight")
    weight = floats(source_path, source, "weight")
    return weight, floats(source_path, source, "bias") if "bias" in source.names else None


def _check_classifier(
    path: Path,
    weight: NDArray[np.float64],
    bias: NDArray[np.float64] | None,
    expected: tuple[int, int],
) -> None:
    if weight.shape != expected:
        turned = " (a kernel of JAX or Keras is to be transposed)"
        raise PipelineError(
            f"{path}: expected a weight of shape {expected}, the study's classes by the width of "
            f"the features, found {weight.shape}{turned if weight.shape == expected[::-1] else ''}."
        )
    if bias is not None and bias.shape != expected[:1]:
        raise PipelineError(
            f"{path}: expected a bias of shape {expected[:1]}, one value a class, found "
            f"{bias.shape}."
        )


def _check_ids(path: Path, name: str, ids: Rows) -> None:
    wrong = np.flatnonzero((ids < 0) | (ids > LARGEST_ID))
    if wrong.size:
        row = int(wrong[0])
        raise PipelineError(
            f"{path}: expected {name} in 0..{LARGEST_ID}, found {ids[row]} in row {row}."
        )
    order = np.argsort(ids, kind="stable")
    again = order[1:][ids[order][1:] == ids[order][:-1]]
    if again.size:
        row = int(again.min())
        first = int(np.flatnonzero(ids == ids[row])[0])
        raise PipelineError(
            f"{path}: expected distinct {name}, found {ids[row]} in row {first} and row {row}."
        )
