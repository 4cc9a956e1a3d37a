"""Corrupted test sets in the authors' layout: read where they lie, and written for other tools.

The layout: one `<corruption>.npy` a corruption, uint8 (5 n, side, side, 3), severity s in rows
n (s - 1) to n s - 1, and `labels.npy` (5 n,), for the n test images in their own order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.corruptions import CORRUPTIONS, SEVERITIES, check_condition
from core.errors import InputError
from core.vision.arrays_on_disk import ArrayImages, open_array
from core.vision.corrupted_files.row_matching import agree, match_rows, rows_by_key
from core.vision.datasets.image_set import ImageSet, Rows

LABELS = "labels.npy"
PROVENANCE = "generated.json"
"""Stands beside files that were made here; the authors' have none."""


@dataclass(frozen=True, eq=False)
class OfficialCorruptions:
    """A folder in the official layout, its rows matched with a test set.

    Attributes:
        folder: where the files are.
        image_count: n, the images a severity in the files.
        rows: int64 (N,), for each image of the test set its row within a severity.
        present: the corruptions found, in the order of ``CORRUPTIONS``.
        missing: the others.
        order: one clause saying how the rows were matched.
        source: "official", or "generated:<version>" for files that were written here.
    """

    folder: Path
    image_count: int
    rows: Rows
    present: tuple[str, ...]
    missing: tuple[str, ...]
    order: str
    source: str

    def images(self, corruption: str, severity: int) -> ArrayImages:
        """The test set under one condition; only the rows asked for are ever read.

        Raises:
            InputError: no such corruption, severity or file, or a file cut short.
        """
        check_condition(corruption, severity)
        if corruption not in self.present:
            raise InputError(
                f"expected {corruption}.npy in {self.folder}, found only "
                f"{', '.join(self.present) or 'none'}"
            )
        path = self.folder / f"{corruption}.npy"
        array = _open_images(path, self.image_count)
        return ArrayImages(path, array, self.rows + self.image_count * (severity - 1))


def open_official(folder: Path, test: ImageSet) -> OfficialCorruptions:
    """Open a folder in the official layout for a test set, or a part of one.

    The test set's ``sample_ids`` are taken as rows. That is believed if the labels agree and, with
    a corruption without chance among the files, the pixels do too. Otherwise the rows are matched
    by those pixels.

    Raises:
        InputError: no labels or corruptions, a damaged file, images of another size, images that
            the files do not hold, labels that disagree and no way to match them.
    """
    labels = _labels(folder)
    present = tuple(name for name in CORRUPTIONS if (folder / f"{name}.npy").is_file())
    if not present:
        raise InputError(f"expected corruptions such as gaussian_noise.npy in {folder}, found none")
    count = _image_count(folder / f"{present[0]}.npy", labels)
    labels = labels[:count]
    arrays = {name: _open_images(folder / f"{name}.npy", count) for name in present}
    side = test.images[:1].shape[1:]
    for name, array in arrays.items():
        if len(test) and array.shape[1:] != side:
            raise InputError(
                f"expected images of shape {side} like the test set's in {folder / name}.npy, "
                f"found {array.shape[1:]}"
            )
    rows, order = _matched(folder, test, labels, arrays)
    missing = tuple(name for name in CORRUPTIONS if name not in present)
    return OfficialCorruptions(folder, count, rows, present, missing, order, _source(folder))


def _matched(
    folder: Path, test: ImageSet, labels: Rows, arrays: dict[str, np.ndarray]
) -> tuple[Rows, str]:
    """Find each test image's row; refuse if that cannot be trusted."""
    ids = test.sample_ids
    count = len(labels)
    within = ids < count
    disagreeing = ids[within][labels[ids[within]] != test.labels[within]]
    key = rows_by_key(arrays, count)
    if within.all() and not len(disagreeing) and (key is None or agree(test, ids, key)):
        return ids, "rows in the test set's order, labels checked"
    if key is None:
        what = (
            f"another at row {disagreeing[0]}"
            if len(disagreeing)
            else f"only {count} images for ids up to {ids.max()}"
        )
        raise InputError(
            f"expected the labels of the test set in {folder / LABELS}, found {what}, and no "
            "corruption without chance (such as contrast.npy) to match the images by"
        )
    rows = match_rows(test, key)
    strangers = np.flatnonzero(rows < 0)
    if len(strangers):
        raise InputError(
            f"expected corrupted versions of all {len(test)} test images in {folder}, found those "
            f"of {len(test) - len(strangers)} among {count}: sample {ids[strangers[0]]} is the "
            "first without; evaluate only samples that are there"
        )
    wrong = np.flatnonzero(labels[rows] != test.labels)
    if len(wrong):
        raise InputError(
            f"expected label {test.labels[wrong[0]]} for sample {ids[wrong[0]]} in "
            f"{folder / LABELS}, found {labels[rows[wrong[0]]]}"
        )
    moved = int((rows != ids).sum())
    return rows, f"rows matched by pixels with {key.corruption}: {moved} stand elsewhere"


def read_provenance(folder: Path) -> dict[str, Any] | None:
    """What was noted when the files were made here; None for the authors' own.

    Raises:
        InputError: the note is damaged.
    """
    path = folder / PROVENANCE
    if not path.exists():
        return None
    try:
        note = json.loads(path.read_text())
    except ValueError as error:
        raise InputError(f"expected JSON in {path}, found something else") from error
    if not isinstance(note, dict) or "source" not in note:
        raise InputError(f"expected an object with a source in {path}, found something else")
    return note


def _source(folder: Path) -> str:
    note = read_provenance(folder)
    return "official" if note is None else str(note["source"])


def _labels(folder: Path) -> Rows:
    path = folder / LABELS
    if not path.is_file():
        raise InputError(
            f"expected corruptions in the official layout in {folder}, found no {LABELS}"
        )
    labels = open_array(path)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise InputError(
            f"expected integer labels (n,) in {path}, found {labels.dtype} of shape {labels.shape}"
        )
    return np.asarray(labels, dtype=np.int64)


def _image_count(path: Path, labels: Rows) -> int:
    """The images a severity: the labels stand in their file five times, or once."""
    length = len(open_array(path))
    count = length // len(SEVERITIES)
    if len(labels) == length and length % len(SEVERITIES) == 0:
        repeated = labels.reshape(len(SEVERITIES), count)
        if (repeated == repeated[0]).all():
            return count
        raise InputError(
            f"expected the same {count} labels for each of the 5 severities in "
            f"{path.with_name(LABELS)}, found different ones"
        )
    if len(labels) * len(SEVERITIES) == length:
        return count
    raise InputError(
        f"expected {length} labels for the {length} images of {path.name} in "
        f"{path.with_name(LABELS)}, found {len(labels)}"
    )


def _open_images(path: Path, count: int) -> np.ndarray:
    array = open_array(path)
    length = count * len(SEVERITIES)
    if array.dtype != np.uint8 or array.ndim != 4 or array.shape[3] != 3 or len(array) != length:
        raise InputError(
            f"expected uint8 images ({length}, side, side, 3) in {path}, found {array.dtype} of "
            f"shape {array.shape}"
        )
    return array
