"""The images of two models that Home opens with: where each lies under both, and six that flip."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display.charts import moving_axes
from core.display.charts.tooltip_words import metric_words
from core.stats.density import shared_ranges
from core.store.queries.combination import metric_ranges
from core.store.queries.comparison import outcome_counts, paired_positions
from core.store.queries.paired import PairedSamples, pair_table
from core.store.study import Study

DRAWN_LIMIT = 1_000
_ORDER = {"both right": 0, "both wrong": 1, "fixed": 2, "broken": 3}
_ROLES = ("reference", "compared")


@dataclass(frozen=True)
class Answers:
    """The same images under two models.

    Attributes:
        points: as `answer_marks` returns.
        axes: one row: the ends of angle and length, the same for both.
        counts: images by outcome, over all.
    """

    points: pl.DataFrame
    axes: pl.DataFrame
    counts: dict[str, int]


def answers(study: Study, paired: PairedSamples) -> Answers:
    """Where the images of a condition lie under two models, and what both answer.

    Args:
        study: the open study.
        paired: both combinations.
    """
    pairs = study.run(pair_table, paired)
    found = (study.run(metric_ranges, key) for key in (paired.reference, paired.compared))
    ranges = shared_ranges(*found)
    points = answer_marks(paired_positions(pairs, limit=DRAWN_LIMIT))
    return Answers(
        points,
        moving_axes.ends(
            {name: ranges[name] for name in moving_axes.POSITION},
            about=5,
            note="" if points.height else "no image with an angle under both",
        ),
        dict(outcome_counts(pairs).select("outcome", "samples").iter_rows()),
    )


def answer_marks(points: pl.DataFrame) -> pl.DataFrame:
    """What the two plots draw, images that one model alone gets right above all others.

    Args:
        points: as `queries.comparison.paired_positions` returns.

    Returns:
        sample_id, outcome, reference_ and compared_ angle and length, and in words: sample,
        answers, reference_words and compared_words (angle, length and margin).
    """
    order = pl.col("outcome").replace_strict(_ORDER, return_dtype=pl.Int8)
    positions = [f"{role}_{name}" for role in _ROLES for name in moving_axes.POSITION]
    return points.sort(order, "sample_id").select(
        pl.col("sample_id", "outcome"),
        pl.col(positions).cast(pl.Float32),
        sample=pl.format("{} (true {})", "sample_id", "class"),
        answers=pl.format("{} and {}", "predicted_before", "predicted_after"),
        **{
            f"{role}_words": pl.format(
                "angle {}, length {}, margin {}",
                *(metric_words(m, f"{role}_{m}") for m in ("angle", "length", "margin")),
            )
            for role in _ROLES
        },
    )
