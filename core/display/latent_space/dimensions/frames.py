"""Angles between random directions by dimension, and of the study's models by feature width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display import labels
from core.stats.random_angles import MEAN, angle_density, angle_deviation, sampled_angles
from core.store.queries.last_layer import angles_by_feature_width
from core.store.study import Study

PAIRS = 2_000
TRAINED, UNTRAINED = "trained", "untrained"
# between models of one width, in powers of two
_APART = 0.11
DIMENSIONS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
SHOWN_DENSITIES = (2, 3, 10, 84, 512)


@dataclass(frozen=True)
class Dimensions:
    """What the pictures show.

    Attributes:
        spread: dimension, low, high (90 degrees and one exact standard deviation either way).
        sampled: dimension, mean, low, high (one sampled deviation either way), words.
        densities: dimension (words), order, angle, density per degree.
        widths: as `by_width` returns it.
        chance: width, low, high: the exact spread between random directions at these widths.
    """

    spread: pl.DataFrame
    sampled: pl.DataFrame
    densities: pl.DataFrame
    widths: pl.DataFrame
    chance: pl.DataFrame


def dimensions(study: Study) -> Dimensions:
    """Everything that the section needs; only the widths are the study's."""
    widths = by_width(study.run(angles_by_feature_width))
    angles = np.linspace(0, 180, 361)
    curves = [
        pl.DataFrame({"angle": angles, "density": angle_density(angles, dimension)}).with_columns(
            dimension=pl.lit(f"{dimension} dimensions"), order=pl.lit(order)
        )
        for order, dimension in enumerate(SHOWN_DENSITIES)
    ]
    return Dimensions(
        spread=_spread("dimension", DIMENSIONS),
        sampled=_with_ends(sampled_angles(DIMENSIONS, pairs=PAIRS)),
        densities=pl.concat(curves),
        widths=widths,
        chance=_spread("width", sorted(set(widths["width"]) - {1})),
    )


def by_width(models: pl.DataFrame) -> pl.DataFrame:
    """Models by feature width, side by side where several have the same.

    Args:
        models: as `angles_by_feature_width` returns them.

    Returns:
        network, weights (`trained`, `untrained`), width, place (the width, moved a little for each
        further model), model, samples, accuracy, mean, low, high (a standard deviation over
        samples either way), words.
    """
    number = pl.int_range(pl.len()).over("width") - (pl.len().over("width") - 1) / 2
    return _with_ends(models).select(
        "network",
        pl.when("trained").then(pl.lit(TRAINED)).otherwise(pl.lit(UNTRAINED)).alias("weights"),
        "width",
        (pl.col("width") * 2 ** (number * _APART)).alias("place"),
        "model", "samples", "accuracy", "mean", "low", "high", "words",
    )  # fmt: skip


def _spread(column: str, dimensions: Sequence[int]) -> pl.DataFrame:
    exact = [angle_deviation(one) for one in dimensions]
    return pl.DataFrame(
        {
            column: dimensions,
            "low": [MEAN - one for one in exact],
            "high": [MEAN + one for one in exact],
        },
        schema={column: pl.Int64, "low": pl.Float64, "high": pl.Float64},
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


def width_words(widths: pl.DataFrame) -> list[str]:
    """What the models of each kind say, a sentence each: the narrowest and widest networks.

    Args:
        widths: as `by_width` returns it.
    """
    found = []
    for weights in (TRAINED, UNTRAINED):
        rows = widths.filter(weights=weights)
        if rows.is_empty():
            continue
        means: dict[int, list[float]] = {}
        for width, mean in rows.select("width", "mean").iter_rows():
            means.setdefault(width, []).append(mean)
        ends = [
            f"{labels.count(width, 'feature')}: {min(of):.1f}° to {max(of):.1f}°"
            for width, of in sorted(means.items())
            if width in (min(means), max(means))
        ]
        models = labels.count(rows.height, f"{weights} model")
        found.append(f"{models}; means with {', with '.join(ends)}.")
    return found
