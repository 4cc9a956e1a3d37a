"""Sparsity sweep: each model against the dense model of its row, on the same samples."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from core.display import labels
from core.display.paired_words import difference_words, interval_points, p_value_words
from core.stats.paired import PairedAccuracy
from core.stats.significance import holm_adjusted

DIFFERENCES = ("difference (points)", "95 % interval of it", "fixed", "broken", "p (Holm)")
"""What the table says of each step against the dense model of its row."""


def against_dense(
    steps: pl.DataFrame, pairs: Mapping[tuple[int, int], PairedAccuracy], untested: str | None
) -> pl.DataFrame:
    """Each step against the dense model of its row, on the same samples.

    Args:
        steps: model_id, dense_id.
        pairs: by ids of the dense model and of the other.
        untested: what stands in place of the p-values; None: they are given.

    Returns:
        The columns of DIFFERENCES, a row a step, NULL for the dense model itself: interval and p
        are text, p after Holm's correction over all steps; and change (difference, fixed and
        broken in words).
    """
    found = [
        None if dense in {None, model} else pairs.get((dense, model))
        for model, dense in steps.select("model_id", "dense_id").iter_rows()
    ]
    p_values = iter(holm_adjusted([pair.p_value for pair in found if pair is not None]))
    rows = []
    for pair in found:
        if pair is None:
            rows.append(dict.fromkeys((*DIFFERENCES, "change")))
            continue
        p_words = untested or p_value_words(next(p_values))
        values = (
            100 * pair.difference,
            None if untested else interval_points(pair),
            pair.fixed,
            pair.broken,
            p_words,
        )
        change = (
            f"{difference_words(pair, untested=untested)} against dense, "
            f"{pair.fixed:,} fixed, {pair.broken:,} broken"
        )
        rows.append({**dict(zip(DIFFERENCES, values, strict=True)), "change": change})
    types = (pl.Float64, pl.String, pl.Int64, pl.Int64, pl.String, pl.String)
    schema = dict(zip((*DIFFERENCES, "change"), types, strict=True))
    return pl.DataFrame(rows, schema=schema)


def dense_of_rows(models: pl.DataFrame) -> pl.DataFrame:
    """The dense model that each row starts with.

    Args:
        models: series, ratio, model_id.

    Returns:
        series, dense_id; no row for a series whose network has no dense model.
    """
    dense = models.filter(pl.col("ratio") == 0).unique("series", keep="first", maintain_order=True)
    return dense.select("series", dense_id="model_id")


def difference_note(comparisons: int, untested: str | None) -> str:
    """What the columns of DIFFERENCES are, in words.

    Args:
        comparisons: how many steps are compared with a dense model.
        untested: what stands in place of tests and intervals; None: they are given.
    """
    test = untested or (
        "interval by Tango's score method, exact McNemar test, Holm's correction over "
        f"{labels.count(comparisons, 'comparison')}"
    )
    return (
        "Difference of accuracy to the dense model of the row, on the same samples: fixed is "
        f"wrong → right, broken is right → wrong; {test}."
    )
