"""Which models get which images right, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.store.queries.correct_bits import correct_samples, passing_samples
from core.store.study import Study
from core.store.subsets.base import SampleFilter


@dataclass(frozen=True)
class Correctness:
    """Right and wrong of some models under some conditions.

    Attributes:
        right: (models, conditions, images) 1 where a model is right, 0 where it is not; images in
            the order of sample_id.
        present: (models, conditions) whether the study holds the combination.
    """

    right: NDArray[np.uint8]
    present: NDArray[np.bool_]


def correctness(
    study: Study, model_ids: Sequence[int], condition_ids: Sequence[int], passing: NDArray[np.bool_]
) -> Correctness:
    """Read it for the images that pass a filter.

    Args:
        study: the open study.
        model_ids: models, in the order of the result.
        condition_ids: conditions, in the order of the result.
        passing: (all images), as `passing_images` returns.
    """
    found = study.ask(correct_samples, model_ids=model_ids, condition_ids=condition_ids)
    row = {model_id: i for i, model_id in enumerate(model_ids)}
    column = {condition_id: i for i, condition_id in enumerate(condition_ids)}
    present = np.zeros((len(row), len(column)), bool)
    right = np.zeros((len(row), len(column), int(passing.sum())), np.uint8)
    everything = bool(passing.all())
    for model_id, condition_id, packed in found.iter_rows():
        place = row[model_id], column[condition_id]
        present[place] = True
        if packed is not None:
            # the bits fill whole bytes from the front
            bits = np.unpackbits(np.frombuffer(packed, np.uint8))[-passing.size :]
            right[place] = bits if everything else bits[passing]
    return Correctness(right, present)


def passing_images(study: Study, sample_filter: SampleFilter) -> NDArray[np.bool_]:
    """(images) whether each one passes a filter, in the order of sample_id."""
    text = study.run(passing_samples, sample_filter)
    return np.asarray(np.frombuffer(text.encode(), np.uint8) == ord("1"))
