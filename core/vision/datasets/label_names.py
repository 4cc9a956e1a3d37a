"""Classes by name and labels by number, from files that number or name them otherwise."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np

from core.errors import InputError
from core.vision.datasets.image_set import Rows


def normal_form(name: str) -> str:
    """A name as it is compared and shown: accents composed, as most systems write them."""
    return unicodedata.normalize("NFC", name)


def from_zero(
    labels: Mapping[str, Rows], class_names: Sequence[str] | None
) -> tuple[dict[str, Rows], tuple[str, ...], list[str]]:
    """Labels that count from 0, the classes' names, and notes on what was found.

    Labels 1..C of C classes, 0 being nobody's, are moved down by one. Without names a class is
    named by the number that the files have for it.

    Args:
        labels: by what they are from.
        class_names: in the order of the labels, where they are known.

    Raises:
        InputError: a label below 0, or beyond the names.
    """
    whole = np.concatenate([np.zeros(0, np.int64), *labels.values()])
    lowest, highest = (int(whole.min()), int(whole.max())) if len(whole) else (0, 0)
    count = highest + 1 if class_names is None else len(class_names)
    if lowest < 0 or (highest >= count and not (lowest == 1 and highest == count)):
        for source, values in labels.items():
            outside = np.flatnonzero((values < 0) | (values >= count))
            if outside.size:
                row = int(outside[0])
                raise InputError(
                    f"expected labels in 0..{count - 1}, found {int(values[row])} in row {row} of "
                    f"{source}"
                )
    present = np.unique(whole)
    counts_from_one = lowest == 1 and (
        highest == len(present) if class_names is None else highest == count
    )
    notes = []
    first = 0
    if counts_from_one:
        first, count = 1, highest
        labels = {source: values - 1 for source, values in labels.items()}
        notes.append(f"labels 1..{highest} count from one: {highest} classes")
    elif len(whole) and len(present) < count:
        empty = sorted(set(range(count)) - set(present.tolist()))
        shown = ", ".join(map(str, empty[:5])) + (" ..." if len(empty) > 5 else "")
        notes.append(f"no image has the label {shown}")
    names = class_names or [str(number) for number in range(first, first + count)]
    return dict(labels), tuple(normal_form(str(name)) for name in names), notes


def renumbered(labels: Rows, names: Sequence[str], wanted: Sequence[str]) -> Rows | None:
    """Labels by another order of the same names; None where the names are not the same."""
    ours, theirs = [normal_form(n) for n in names], [normal_form(n) for n in wanted]
    if sorted(ours) != sorted(theirs) or len(set(ours)) != len(ours):
        return None
    place = {name: number for number, name in enumerate(theirs)}
    return np.array([place[name] for name in ours], dtype=np.int64)[labels]
