"""The smallest set of corruptions that ranks the models as all of them do."""

from __future__ import annotations

import numpy as np
import polars as pl

from core.display import labels
from core.display.correctness import correctness, passing_images
from core.stats.ranking_subset import RankingSubset, smallest_ranking_subset
from core.store.study import Study
from core.store.subsets.base import SampleFilter


def smallest_set(study: Study, sample_filter: SampleFilter) -> tuple[RankingSubset, list[str], int]:
    """The smallest set of corruptions that ranks the models as all do.

    Returns:
        The set, the labels of all corruptions, and how many models are ranked.
    """
    sound = study.models.filter(~pl.col("degenerate").fill_null(value=False))
    corrupted = study.conditions.filter(pl.col("severity") > 0)
    passing = passing_images(study, sample_filter)
    ids = corrupted["condition_id"].to_list()
    read = correctness(study, sound["model_id"].to_list(), ids, passing)
    whole = read.present.all(axis=1)
    groups = (
        corrupted.with_row_index("row")
        .group_by("corruption", maintain_order=True)
        .agg("row")
        .iter_rows()
    )
    summed, names, versions = [], [], []
    for name, rows in groups:
        total = np.zeros((read.right.shape[0], read.right.shape[2]), np.int16)
        for row in rows:
            total += read.right[:, row]
        summed.append(total[whole].T)
        names.append(labels.corruption_label(name))
        versions.append(len(rows))
    found = smallest_ranking_subset(np.stack(summed, axis=-1), np.array(versions))
    return found, names, int(whole.sum())
