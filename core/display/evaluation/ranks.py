"""Ranks of series under each corruption: those that a paired test can't tell apart share one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.display.correctness import correctness, passing_images
from core.stats.bootstrap import mean_interval
from core.stats.intervals import wilson_interval
from core.stats.sign_flip import sign_flip_p_value
from core.stats.significance import LEVEL, holm_adjusted
from core.store.study import Study
from core.store.subsets.base import SampleFilter

Place = tuple[str, str]
"""A column (corruption) of the picture and a series in it."""


@dataclass(frozen=True)
class Scores:
    """How often each image is right over the models and conditions behind one bar.

    Attributes:
        right: (images,) how many of the versions are right.
        versions: predictions behind each image: models (seeds) times conditions (severities).
    """

    right: NDArray[np.int64]
    versions: int

    @property
    def accuracy(self) -> float:
        """Mean over images."""
        return float(self.right.mean()) / self.versions

    def interval(self) -> tuple[float | None, float | None]:
        """95 %: Wilson's for one version of each image, else a bootstrap over images if it can."""
        if self.versions == 1:
            return wilson_interval(int(self.right.sum()), len(self.right))
        return mean_interval(self.right / self.versions).interval or (None, None)


def best_bars(bars: pl.DataFrame) -> pl.DataFrame:
    """The bar that speaks for each series in each column: its most accurate sound one.

    Args:
        bars: column, series, ratio, accuracy, degenerate.

    Returns:
        column, series, ratio; none for a series with degenerate models only.
    """
    return (
        bars.filter(~pl.col("degenerate"))
        .sort("accuracy", "ratio", descending=[True, False])
        .group_by("column", "series", maintain_order=True)
        .agg(pl.col("ratio").first())
    )


def scores_of(
    study: Study, members: pl.DataFrame, sample_filter: SampleFilter
) -> dict[Place, Scores]:
    """Per-image scores behind each bar.

    Args:
        study: the open study.
        members: column, series, model_id, condition_id: what each bar is the mean of.
        sample_filter: images.
    """
    model_ids = members["model_id"].unique().sort().to_list()
    condition_ids = members["condition_id"].unique().sort().to_list()
    read = correctness(study, model_ids, condition_ids, passing_images(study, sample_filter))
    row, column = ({one: i for i, one in enumerate(ids)} for ids in (model_ids, condition_ids))
    places = members.group_by("column", "series", maintain_order=True).agg(
        "model_id", "condition_id"
    )
    return {
        (name, series): Scores(
            read.right[[row[m] for m in models], [column[c] for c in conditions]].sum(
                axis=0, dtype=np.int64
            ),
            len(models),
        )
        for name, series, models, conditions in places.iter_rows()
    }


@dataclass(frozen=True)
class Ranking:
    """The ranks of one picture.

    Attributes:
        ranks: column, series, rank, low, high (95 % interval of the series' best bar), by column
            in the order given and by falling accuracy.
        tests: how many paired tests the picture makes.
    """

    ranks: pl.DataFrame
    tests: int


def ranking(scores: Mapping[Place, Scores]) -> Ranking:
    """Rank the best bars of each column; those that don't differ significantly share a rank.

    Every pair of series in every column is tested on the same images (`sign_flip_p_value`), Holm
    corrects over all of them. The most accurate of those left opens a rank; who does not differ
    from it shares it. Ranks count as in sports: 1, 1, 3.

    Args:
        scores: of the best bar of each series in each column.
    """
    columns: dict[str, list[str]] = {}
    for column, series in scores:
        columns.setdefault(column, []).append(series)
    pairs = [
        (column, *pair) for column, names in columns.items() for pair in combinations(names, 2)
    ]
    p_values = [_p_value(scores[c, one], scores[c, other]) for c, one, other in pairs]
    differ = {
        (column, frozenset(pair))
        for (column, *pair), p in zip(pairs, holm_adjusted(p_values), strict=True)
        if p < LEVEL
    }
    rows = [
        {"column": column, "series": series, "rank": rank, "low": low, "high": high}
        for column, names in columns.items()
        for series, rank in _ranked(column, names, scores, differ)
        for low, high in (scores[column, series].interval(),)
    ]
    schema = {"column": pl.String, "series": pl.String, "rank": pl.Int64}
    schema |= {"low": pl.Float64, "high": pl.Float64}
    return Ranking(pl.DataFrame(rows, schema=schema), len(pairs))


def without_tests(bars: pl.DataFrame, best: pl.DataFrame) -> pl.DataFrame:
    """The order by accuracy alone, as `Ranking.ranks`: no rank, no interval.

    Args:
        bars: column, series, ratio, accuracy.
        best: as `best_bars` returns.
    """
    nothing = pl.lit(None, pl.Float64)
    return (
        bars.join(best, on=["column", "series", "ratio"], how="semi")
        .sort("accuracy", "series", descending=[True, False])
        .select("column", "series", rank=pl.lit(None, pl.Int64), low=nothing, high=nothing)
    )


def _ranked(
    column: str,
    names: Sequence[str],
    scores: Mapping[Place, Scores],
    differ: set[tuple[str, frozenset[str]]],
) -> Iterator[tuple[str, int]]:
    order = sorted(names, key=lambda name: (-scores[column, name].accuracy, name))
    leader, rank = "", 0
    for place, name in enumerate(order, start=1):
        if place == 1 or (column, frozenset((leader, name))) in differ:
            leader, rank = name, place
        yield name, rank


def _p_value(one: Scores, other: Scores) -> float:
    # unequal numbers of seeds: both scores over the same number of versions
    return sign_flip_p_value(one.right * other.versions - other.right * one.versions)
