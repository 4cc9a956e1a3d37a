"""The paper's figure 1 from a study's own network with two features, with no choice to make."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display.components.feature_plane_frames import Plane, chosen_sample, families, plane
from core.store.study import Study
from core.store.subsets.base import EVERYTHING


@dataclass(frozen=True)
class Star:
    """The network with two features that has most versions, on clean images, one sample measured.

    Attributes:
        plane: what is drawn.
        lines: of the sample that is measured, as `chosen_sample` returns them.
        words: likewise.
        condition: name of the clean condition.
    """

    plane: Plane
    lines: pl.DataFrame
    words: pl.DataFrame
    condition: str


def star(study: Study) -> Star | None:
    """The paper's figure 1 from the study's own network; None where it has none, or no samples."""
    clean = study.conditions.filter(pl.col("severity") == 0)["name"]
    found = [models for series in families(study).values() for models in series.values()]
    if not found or clean.is_empty():
        return None
    models, condition = max(found, key=len), str(clean[0])
    drawn = plane(study, models, condition, EVERYTHING)
    if drawn is None:
        return None
    lines, words = chosen_sample(study, models, condition, EVERYTHING, sample_id=None)
    return Star(drawn, lines, words, condition)
