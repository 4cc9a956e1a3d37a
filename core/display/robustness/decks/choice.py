"""Which models make a deck, and which single one it is measured against."""

from __future__ import annotations

import numpy as np
import polars as pl

from core.display.correctness import correctness, passing_images
from core.display.default_models import with_loss
from core.stats.agreement import error_consistency
from core.store.study import Study
from core.store.subsets.base import EVERYTHING


def unlike_models(study: Study, size: int) -> list[str]:
    """Models that err on different clean images: greedily, by the lowest mean error consistency.

    Only models that lose at most 5 points on clean images and are not degenerate are taken; the
    first one is the most accurate on validation images.

    Args:
        study: the open study.
        size: how many.
    """
    pool = with_loss(study.models).filter(
        pl.col("unharmed"), ~pl.col("degenerate").fill_null(value=False)
    )
    ranked = pool.sort(
        pl.col("validation_accuracy").fill_null(-1.0), "accuracy", "name",
        descending=[True, True, False],
    )  # fmt: skip
    clean = study.conditions.filter(pl.col("severity") == 0)["condition_id"].to_list()
    if ranked.is_empty() or not clean:
        return []
    everything = passing_images(study, EVERYTHING)
    read = correctness(study, ranked["model_id"].to_list(), clean[:1], everything)
    kappa = np.nan_to_num(error_consistency(read.right[:, 0]), nan=1.0)
    chosen = [0]
    while len(chosen) < min(size, ranked.height):
        means = kappa[:, chosen].mean(axis=1)
        means[chosen] = np.inf
        chosen.append(int(means.argmin()))
    return [str(ranked["name"][i]) for i in chosen]


def best_single(models: pl.DataFrame, names: list[str]) -> tuple[str | None, int | None]:
    """The most accurate model on validation images with at most the deck's parameters.

    Args:
        models: the table `models`.
        names: of the deck.

    Returns:
        Its name, and how many parameters the deck has that are not removed; None each where that
        is unknown.
    """
    sizes = models.filter(pl.col("name").is_in(names))["nonzero_parameters"]
    if sizes.is_empty() or sizes.null_count():
        return None, None
    total = int(sizes.sum())
    small = models.filter(
        pl.col("nonzero_parameters") <= total, pl.col("validation_accuracy").is_not_null()
    ).sort("validation_accuracy", "name", descending=[True, False])
    return (str(small["name"][0]) if small.height else None), total
