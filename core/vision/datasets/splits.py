"""Train, validation and test: seeded, stratified, disjoint, and recognisable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from core.errors import InputError
from core.vision.datasets.image_set import ImageSet, Rows

BYTES_HASHED_AT_ONCE = 64 << 20
CLASSES_SHOWN = 10


@dataclass(frozen=True, eq=False)
class OfficialParts:
    """A data set as its authors divide it; what they leave out is None.

    `report` says what was used otherwise than one would expect, and what was left out.
    """

    train: ImageSet | None = None
    validation: ImageSet | None = None
    test: ImageSet | None = None
    report: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Splits:
    """A data set ready for use.

    `train` is for training and scoring, `validation` for choosing, `test` for the one reading at
    the end. `fingerprint` is a SHA-256 over labels, ids and pixels (or, for images decoded on
    demand, their file list), so that results can be tied to the data they came from. Where
    `test_is_drawn`, there is no official test part, and the test images are published among those
    for training: a network that was trained elsewhere may have seen them. The test set's sample
    ids count `image_count` images. `report` says in lines what was read and what was left out.
    """

    name: str
    train: ImageSet
    validation: ImageSet
    test: ImageSet
    fingerprint: str
    test_is_drawn: bool
    image_count: int = 0
    report: tuple[str, ...] = ()


def stratified_rows(labels: Rows, count: int, *, seed: int) -> Rows:
    """`count` rows drawn so that each class gets its share to within one, in ascending order.

    The rows are ordered by class and at random within it, and then taken at equal steps.
    """
    total = len(labels)
    generator = np.random.default_rng(seed)
    order = np.lexsort((generator.random(total), labels))
    steps = np.arange(total + 1, dtype=np.int64) * count // max(total, 1)
    return np.sort(order[np.diff(steps) > 0]).astype(np.int64)


def divide(labels: Rows, count: int, *, seed: int) -> tuple[Rows, Rows]:
    """All rows in two disjoint stratified parts: the rest, and `count` drawn rows."""
    drawn = stratified_rows(labels, count, seed=seed)
    rest = np.setdiff1d(np.arange(len(labels), dtype=np.int64), drawn, assume_unique=True)
    return rest, drawn


def make_splits(
    name: str,
    parts: OfficialParts,
    *,
    validation_fraction: float,
    test_fraction: float,
    seed: int,
) -> Splits:
    """The official parts kept, the missing ones drawn from the training images.

    A test set is drawn (`test_fraction` of all images) only where there is no official one; the
    validation set (`validation_fraction` of the images that are not official test images) only
    where there is no official one. A data set with nothing but a test set has empty train and
    validation parts: it can be evaluated, not trained on.

    Raises:
        InputError: a fraction is outside 0..1, or the two leave nothing.
    """
    for key, fraction in (
        ("validation_fraction", validation_fraction),
        ("test_fraction", test_fraction),
    ):
        if not 0 <= fraction <= 1:
            raise InputError(f"expected {key} in 0..1, found {fraction}")
    if parts.train is None:
        if parts.test is None:
            raise InputError(f"the data set {name} has neither a training nor a test part")
        empty = parts.test.take(np.zeros(0, dtype=np.int64))
        return _with_fingerprint(parts, name, empty, parts.validation or empty, parts.test)
    train, validation, test = parts.train, parts.validation, parts.test
    total = len(train)
    drawn_share = (test_fraction if test is None else 0) + (
        validation_fraction if validation is None else 0
    )
    if drawn_share > 1:
        raise InputError(
            "expected validation_fraction + test_fraction of at most 1, found "
            f"{validation_fraction} + {test_fraction}"
        )
    if test is None:
        rest, drawn = divide(train.labels, round(test_fraction * total), seed=seed)
        train, test = train.take(rest), train.take(drawn)
    if validation is None:
        count = min(round(validation_fraction * total), len(train))
        rest, drawn = divide(train.labels, count, seed=seed + 1)
        train, validation = train.take(rest), train.take(drawn)
    return _with_fingerprint(parts, name, train, validation, test)


def image_set_fingerprint(*parts: ImageSet) -> str:
    """SHA-256 over the labels, ids and pixels (or the file list) of image sets, in their order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)} {part.class_names}\n".encode())
        digest.update(np.ascontiguousarray(part.labels, dtype="<i8").tobytes())
        digest.update(np.ascontiguousarray(part.sample_ids, dtype="<i8").tobytes())
        if isinstance(part.images, np.ndarray):
            digest.update(f"{part.images.shape}\n".encode())
            rows = max(1, BYTES_HASHED_AT_ONCE // max(1, part.images[:1].nbytes))
            for start in range(0, len(part), rows):
                digest.update(np.ascontiguousarray(part.images[start : start + rows]).data)
        else:
            digest.update(part.images.describe().encode())
    return digest.hexdigest()


def _with_fingerprint(
    parts: OfficialParts, name: str, train: ImageSet, validation: ImageSet, test: ImageSet
) -> Splits:
    source = parts.test or parts.train
    return Splits(
        name=name,
        train=train,
        validation=validation,
        test=test,
        fingerprint=image_set_fingerprint(train, validation, test),
        test_is_drawn=parts.test is None,
        image_count=0 if source is None else len(source),
        report=_report(parts, train, validation, test),
    )


def _report(
    parts: OfficialParts, train: ImageSet, validation: ImageSet, test: ImageSet
) -> tuple[str, ...]:
    """What came out, in lines."""
    counts = [f"{len(train):,} images for training"]
    for what, official, part in (
        ("validation", parts.validation, validation),
        ("testing", parts.test, test),
    ):
        drawn = " drawn from the training part" if official is None and len(part) else ""
        counts.append(f"{len(part):,} for {what}{drawn}")
    names = test.class_names
    shown = ", ".join(names[:CLASSES_SHOWN]) + (", ..." if len(names) > CLASSES_SHOWN else "")
    return (f"{', '.join(counts)}; {len(names)} classes: {shown}", *parts.report)
