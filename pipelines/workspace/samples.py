"""The samples that a study measures: their ids and labels, with or without images."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Samples:
    """N samples in the study's order.

    Attributes:
        sample_ids: int64 (N,).
        labels: int64 (N,), 0-based classes.
        class_names: one name a class.
    """

    sample_ids: Rows
    labels: Rows
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over ids, labels and the number of classes."""
        digest = hashlib.sha256(f"{len(self)} {len(self.class_names)}\n".encode())
        digest.update(np.ascontiguousarray(self.sample_ids, dtype="<i8").tobytes())
        digest.update(np.ascontiguousarray(self.labels, dtype="<i8").tobytes())
        return digest.hexdigest()


def write_samples(path: Path, samples: Samples) -> None:
    """Write ids and labels; the names of the classes stand in the study file."""
    with path.open("wb") as file:
        np.savez_compressed(file, sample_ids=samples.sample_ids, labels=samples.labels)


def read_samples(path: Path, class_names: tuple[str, ...]) -> Samples:
    """Ids and labels that `write_samples` wrote.

    Raises:
        PipelineError: there are none, the file is not whole, or a label has no class name.
    """
    try:
        with np.load(path, allow_pickle=False) as content:
            samples = Samples(content["sample_ids"], content["labels"], class_names)
    except FileNotFoundError:
        raise PipelineError(
            f"{path}: expected the samples of the first import, found none; import features with "
            "python -m pipelines.import_features first."
        ) from None
    except (BadZipFile, OSError, ValueError, KeyError) as error:
        raise PipelineError(f"{path}: expected a whole file of samples, found: {error}.") from error
    if len(samples) and int(samples.labels.max()) >= len(class_names):
        raise PipelineError(
            f"dataset.class_names: expected at least {int(samples.labels.max()) + 1} names for the "
            f"labels that were imported, found {len(class_names)}."
        )
    return samples


def check_same_samples(expected: Samples, found: Samples, *, where: str, note: str = "") -> None:
    """Whether the samples are the study's, in its order.

    Raises:
        PipelineError: another id, label or number of samples; the first row is named.
    """
    count = min(len(expected), len(found))
    differs = (expected.sample_ids[:count] != found.sample_ids[:count]) | (
        expected.labels[:count] != found.labels[:count]
    )
    if differs.any():
        row = int(differs.argmax())
        raise PipelineError(
            f"{where}: expected in row {row} the study's sample {expected.sample_ids[row]} with "
            f"label {expected.labels[row]}, found sample {found.sample_ids[row]} with label "
            f"{found.labels[row]}{note}."
        )
    if len(expected) != len(found):
        raise PipelineError(
            f"{where}: expected the study's {len(expected)} samples, found {len(found)}: they "
            f"differ from row {count} on."
        )
