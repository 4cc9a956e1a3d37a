"""Angles between random directions by dimension, and of the study's models by feature width."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display import labels
from core.stats.random_angles import MEAN, angle_density, angle_deviation, sampled_angles
from core.store.queries.last_layer import angles_by_feature_width
from core.store.study import Study

PAIRS = 2_000
DIMENSIONS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
SHOWN_DENSITIES = (2, 3, 10, 84, 512)


@dataclass(frozen=True)
class Dimensions:
    """What the pictures show.

    Attributes:
        spread: dimension, low, high (90 degrees and one exact standard deviation either way).
        sampled: dimension, mean, low, high (one sampled deviation either way), words.
        densities: dimension (words), order, angle, density per degree.
        widths: network, width, mean, low, high, words; models that name their feature width.
    """

    spread: pl.DataFrame
    sampled: pl.DataFrame
    densities: pl.DataFrame
    widths: pl.DataFrame


def dimensions(study: Study) -> Dimensions:
    """Everything that the section needs; only the widths are the study's."""
    exact = [angle_deviation(one) for one in DIMENSIONS]
    angles = np.linspace(0, 180, 361)
    curves = [
        pl.DataFrame({"angle": angles, "density": angle_density(angles, dimension)}).with_columns(
            dimension=pl.lit(f"{dimension} dimensions"), order=pl.lit(order)
        )
        for order, dimension in enumerate(SHOWN_DENSITIES)
    ]
    return Dimensions(
        spread=pl.DataFrame(
            {
                "dimension": DIMENSIONS,
                "low": [MEAN - one for one in exact],
                "high": [MEAN + one for one in exact],
            }
        ),
        sampled=_with_ends(sampled_angles(DIMENSIONS, pairs=PAIRS)),
        densities=pl.concat(curves),
        widths=_with_ends(study.run(angles_by_feature_width)),
    )


def _with_ends(rows: pl.DataFrame) -> pl.DataFrame:
    """With low and high, one standard deviation either way, and words; without the deviation."""
    deviation = pl.col("deviation").fill_null(0)
    words = [
        f"{mean:.1f}° ± {0 if spread is None else spread:.1f}°"
        for mean, spread in rows.select("mean", "deviation").iter_rows()
    ]
    return rows.with_columns(
        low=pl.col("mean") - deviation,
        high=pl.col("mean") + deviation,
        words=pl.Series(words, dtype=pl.String),
    ).drop("deviation")


def width_words(widths: pl.DataFrame) -> str:
    """How many models of which widths, as a sentence's end."""
    models = labels.count(widths.height, "dense model")
    found = sorted(set(widths["width"]))
    return f"{models} with {labels.count(len(found), 'feature width')}"
