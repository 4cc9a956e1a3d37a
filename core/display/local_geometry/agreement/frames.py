"""The same samples under many models: which stay right, which break (paper, figure 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display import labels
from core.display.evaluation.frames import with_series
from core.display.query_cache import ask
from core.display.state.context import View
from core.stats.bootstrap import mean_interval
from core.store.queries import many_models as sweep_queries
from core.store.queries import thumbnails as class_queries

PICKED = 10
DRAWN_LIMIT = 2_000
ROBUST, FRAGILE, OTHER = "robust by rule", "fragile by rule", "other"


@dataclass(frozen=True)
class ManyModels:
    """Samples at their place under the reference, with how many models get them right.

    Attributes:
        samples: sample_id, class, angle, length, margin, right, models, share, group
            (ROBUST, FRAGILE or OTHER).
        answers: of the picked samples: sample_id, sample (in words), place (0-based order),
            group, model (label), order, answer (`right` or `wrong`), predicted.
        thumbnails: sample_id, thumbnail of the picked samples.
        names: labels of the counted models, in order.
        left_out: collapsed models, which predict one class for everything.
    """

    samples: pl.DataFrame
    answers: pl.DataFrame
    thumbnails: pl.DataFrame
    names: list[str]
    left_out: int

    def share_right(self, group: str) -> tuple[float, float, float]:
        """Mean share of models that get the group's samples right, with its 95 % interval."""
        shares = self.samples.filter(pl.col("group") == group)["share"].to_numpy()
        return mean_interval(shares, np.ones(shares.size, dtype=np.int64))


def under_many_models(view: View) -> ManyModels:
    """Count every model of the reference's network, under the reference's condition."""
    network = view.model_row(view.reference)["network"]
    models = with_series(view.models).filter(pl.col("network") == network)
    counted = models.filter(~pl.col("collapsed")).sort(
        pl.col("method") != "dense", "series", "ratio", "model_id"
    )
    ids = counted["model_id"].to_list()
    found = pick(
        ask(
            sweep_queries.times_right,
            view.resolved,
            reference=view.reference.key,
            model_ids=sorted(ids),
            chosen=view.chosen,
        )
    )
    picked = found.filter(pl.col("group") != OTHER)
    picked = picked.sort(
        pl.col("group") == FRAGILE, pl.col("score") * _most_extreme_first(), "sample_id"
    )
    picked = picked.with_columns(
        place=pl.int_range(pl.len()),
        sample=pl.format(
            "{} {} · {}",
            pl.when(pl.col("group") == ROBUST).then(pl.lit("▲")).otherwise(pl.lit("■")),
            pl.col("class"),
            pl.col("sample_id"),
        ),
    )
    answers = ask(
        sweep_queries.answers_of_models,
        view.resolved,
        model_ids=sorted(ids),
        condition_id=view.reference.condition_id,
        sample_ids=sorted(picked["sample_id"].to_list()),
    )
    named = counted.select(
        "model_id", model=pl.col("name").replace_strict(view.labels), order=pl.int_range(pl.len())
    )
    return ManyModels(
        samples=found,
        answers=answers.join(named, on="model_id")
        .join(picked.select("sample_id", "sample", "place", "group"), on="sample_id")
        .with_columns(answer=pl.when("correct").then(pl.lit("right")).otherwise(pl.lit("wrong")))
        .sort("place", "order"),
        thumbnails=picked.select(
            "sample_id", "class", "right", "models", "group", "place", "angle", "length"
        )
        .join(
            ask(
                class_queries.thumbnails,
                view.resolved,
                sorted(picked["sample_id"].to_list()),
            ),
            on="sample_id",
        )
        .sort("place"),
        names=named["model"].to_list(),
        left_out=models.height - counted.height,
    )


def pick(samples: pl.DataFrame, *, count: int = PICKED) -> pl.DataFrame:
    """The samples with `share`, `score` and `group`, by a rule that looks at places only.

    The score is the mean of two ranks among the samples, each from 0 to 1: of the angle
    from small to large, and of the length from long to short. The `count` lowest are
    robust by rule, the `count` highest fragile; no more than a third of all each.

    Args:
        samples: sample_id, angle, length, right, models.
        count: how many of each to pick.
    """
    last = max(1, samples.height - 1)
    score = (
        (pl.col("angle").rank("average") - 1) / last
        + (pl.col("length").rank("average", descending=True) - 1) / last
    ) / 2
    each = min(count, samples.height // 3)
    place = pl.int_range(pl.len())
    return (
        samples.with_columns(score=score, share=pl.col("right") / pl.col("models"))
        .sort("score", "sample_id")
        .with_columns(
            group=pl.when(place < each)
            .then(pl.lit(ROBUST))
            .when(place >= pl.len() - each)
            .then(pl.lit(FRAGILE))
            .otherwise(pl.lit(OTHER))
        )
        .sort("sample_id")
    )


def drawn(samples: pl.DataFrame) -> pl.DataFrame:
    """At most DRAWN_LIMIT samples, the picked ones among them, the rest by a fixed seed."""
    order = samples.sort(pl.col("group") == OTHER, pl.col("sample_id").hash(seed=0), "sample_id")
    return order.head(DRAWN_LIMIT).sort("sample_id")


def summary(found: ManyModels) -> str:
    """What the rule finds, in words."""
    if found.samples.filter(pl.col("group") == ROBUST).is_empty():
        return "Too few samples to pick robust and fragile ones."
    parts = []
    for group, name in ((ROBUST, "Robust"), (FRAGILE, "Fragile")):
        mean, low, high = found.share_right(group)
        parts.append(
            f"**{name} by rule**: right under {labels.percent(mean)} of the models "
            f"(95 % interval {100 * low:.1f} to {labels.percent(high)})"
        )
    everything = float(found.samples["share"].mean())  # type: ignore[arg-type]
    return " · ".join([*parts, f"all samples {labels.percent(everything)}"])


def _most_extreme_first() -> pl.Expr:
    """A sign for the score: fragile samples stand by falling score."""
    return pl.when(pl.col("group") == FRAGILE).then(-1).otherwise(1)
