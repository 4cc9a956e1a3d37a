"""Which part of a data set a name stands for: training, validation or test."""

from __future__ import annotations

import re

WORDS = {
    "train": "train",
    "training": "train",
    "trn": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "eval": "validation",
    "evaluation": "validation",
    "test": "test",
    "testing": "test",
    "tst": "test",
}
_JOINED = ("set", "data", "images", "img", "imgs")


def part_of(name: str) -> str | None:
    """The part that a file's or folder's name says: 'train', 'validation', 'test', or None.

    A word of it counts whatever its case and place: Training, seg_train, TestSet, val2017. Names
    of two parts say none.
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    found = set()
    for word in re.findall(r"[a-z]+", spaced.lower()):
        short = next((word.removesuffix(end) for end in _JOINED if word.endswith(end)), word)
        found |= {WORDS[one] for one in (word, short) if one in WORDS}
    return found.pop() if len(found) == 1 else None
