"""Exemplars: samples that dense and pruned models answer differently (Hooker et al. 2019)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display import labels
from core.display.dense_models import DENSE
from core.display.paired_words import p_value_words
from core.metrics import METRICS
from core.stats.auroc import Auroc, auroc
from core.stats.rank_sum import rank_sum_p_value
from core.stats.significance import holm_adjusted
from core.store.queries.exemplars import modal_predictions
from core.store.study import Study
from core.store.subsets.base import SampleFilter

LEAST_SEEDS = 3
SHOWN = 24


@dataclass(frozen=True)
class Population:
    """Pruned models that differ in seeds only.

    Attributes:
        name: in the link.
        label: in words.
        model_ids: at least one.
    """

    name: str
    label: str
    model_ids: tuple[int, ...]


@dataclass(frozen=True)
class Exemplars:
    """Samples with different most frequent predictions of dense and of pruned models.

    Attributes:
        shown: the first SHOWN of them, as `shown_rows` returns.
        sample_ids: of all of them.
        differences: as `difference_rows` returns.
        accuracies: mean share of models that are right, by group (`dense`, `pruned`): on the
            exemplars, and on the others; NULL where there is none.
        samples: that both populations were asked about.
        tied: those with several most frequent classes on a side.
        dense: dense models.
        pruned: pruned models.
        comparisons: metrics that were tested.
    """

    shown: pl.DataFrame
    sample_ids: tuple[int, ...]
    differences: pl.DataFrame
    accuracies: dict[str, tuple[float | None, float | None]]
    samples: int
    tied: int
    dense: int
    pruned: int
    comparisons: int

    @property
    def has_populations(self) -> bool:
        """There are enough seeds on both sides to speak of pruning-identified exemplars."""
        return min(self.dense, self.pruned) >= LEAST_SEEDS

    @property
    def name(self) -> str:
        """What the samples are called."""
        return "Pruning-identified exemplars" if self.has_populations else "Prediction changes"


def populations(models: pl.DataFrame, network: str) -> list[Population]:
    """The pruned models of a network by series and target sparsity, by series and ratio.

    Args:
        models: the table `models`.
        network: name of the network.
    """
    grouped = (
        models.filter(pl.col("network") == network, pl.col("method") != DENSE)
        .group_by("series", "ratio")
        .agg(pl.col("model_id").sort())
        .sort("series", "ratio")
    )
    return [
        Population(
            f"{series}@{ratio:g}",
            f"{series}, {labels.ratio_label(ratio)} ({labels.count(len(ids), 'model')})",
            tuple(ids),
        )
        for series, ratio, ids in grouped.iter_rows()
    ]


def dense_population(models: pl.DataFrame, network: str) -> tuple[int, ...]:
    """Ids of the dense, untouched models of a network."""
    dense = models.filter(
        pl.col("network") == network, pl.col("method") == DENSE, ~pl.col("retrained")
    )
    return tuple(dense["model_id"].sort())


def find_exemplars(
    study: Study,
    dense_ids: tuple[int, ...],
    pruned_ids: tuple[int, ...],
    *,
    condition_id: int,
    sample_filter: SampleFilter,
    untested: str | None,
) -> Exemplars:
    """The exemplars among the filtered samples, and how they differ from the others.

    Args:
        study: the open study.
        dense_ids: dense models.
        pruned_ids: pruned models.
        condition_id: of the images.
        sample_filter: samples.
        untested: why there are no tests and intervals; None: there are.
    """
    rows = study.ask(
        modal_predictions,
        dense_ids=dense_ids,
        pruned_ids=pruned_ids,
        condition_id=condition_id,
        sample_filter=sample_filter,
    )
    found = rows.filter("exemplar")
    tied = pl.max_horizontal(pl.col("dense_modes", "pruned_modes").list.len()) > 1
    differences, comparisons = difference_rows(rows, untested)
    return Exemplars(
        shown=shown_rows(found).head(SHOWN),
        sample_ids=tuple(found["sample_id"]),
        differences=differences,
        accuracies={side: _accuracies(rows, side) for side in ("dense", "pruned")},
        samples=rows.height,
        tied=rows.filter(tied).height,
        dense=len(dense_ids),
        pruned=len(pruned_ids),
        comparisons=comparisons,
    )


def shown_rows(found: pl.DataFrame) -> pl.DataFrame:
    """The exemplars as cards, those with the largest margin under the dense models first.

    Args:
        found: rows of `queries.exemplars.modal_predictions`.

    Returns:
        sample_id, class, dense and pruned (most frequent classes, and how many models are right).
    """
    side = {
        name: pl.format(
            "{} ({} of {} right)",
            pl.col(f"{name}_modes").list.join(" or "),
            f"{name}_right",
            f"{name}_models",
        )
        for name in ("dense", "pruned")
    }
    return found.sort("margin", "sample_id", descending=[True, False], nulls_last=True).select(
        "sample_id", "class", **side
    )


def difference_rows(rows: pl.DataFrame, untested: str | None) -> tuple[pl.DataFrame, int]:
    """How exemplars differ from the other samples in the dense models' mean metrics.

    Args:
        rows: as `queries.exemplars.modal_predictions` returns.
        untested: why there are no tests and intervals; None: there are.

    Returns:
        A row a metric, in words: metric, exemplars and others (means), area (chance that an
        exemplar has the larger value, with its 95 % interval), p (rank-sum test, corrected over
        the metrics by Holm's method); and how many tests there are.
    """
    is_exemplar = rows["exemplar"]
    found: list[tuple[str, str, str, Auroc, float | None]] = []
    for name, metric in METRICS.items():
        known = rows[name].is_not_null()
        values, groups = rows[name].filter(known), is_exemplar.filter(known)
        sides = [values.filter(groups).to_numpy(), values.filter(~groups).to_numpy()]
        means = [metric.number(float(one.mean())) if one.size else "–" for one in sides]
        area = auroc(values.to_numpy().astype(np.float64), groups.to_numpy())
        p_value = None if untested else rank_sum_p_value(sides[0], sides[1])
        found.append((metric.label, means[0], means[1], area, p_value))
    tested = [p_value for *_, p_value in found if p_value is not None]
    corrected = iter(holm_adjusted(tested))
    words = [
        (
            label,
            exemplars,
            others,
            _area_words(area, untested),
            untested or ("too few" if p is None else p_value_words(next(corrected))),
        )
        for label, exemplars, others, area, p in found
    ]
    columns = ["metric", "exemplars", "others", "area", "p"]
    return pl.DataFrame(words, schema=dict.fromkeys(columns, pl.String), orient="row"), len(tested)


def _area_words(area: Auroc, untested: str | None) -> str:
    if area.value is None:
        return "–"
    if untested or area.interval is None:
        return f"{area.value:.3f}"
    low, high = area.interval
    return f"{area.value:.3f} ({low:.3f} to {high:.3f})"


def _accuracies(rows: pl.DataFrame, side: str) -> tuple[float | None, float | None]:
    share = rows[f"{side}_right"] / rows[f"{side}_models"]
    means = (share.filter(rows["exemplar"]).mean(), share.filter(~rows["exemplar"]).mean())
    exemplars, others = (float(one) if isinstance(one, float) else None for one in means)
    return exemplars, others
