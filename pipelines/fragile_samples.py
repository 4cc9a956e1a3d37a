"""The most fragile samples of a study: dense models get them right, most others wrong."""

from __future__ import annotations

import polars as pl

from core.store.rows import CLEAN
from core.store.writing.shards import shard_path
from pipelines.errors import PipelineError
from pipelines.evaluation.combinations import pair_state, study_models
from pipelines.evaluation.conditions import study_conditions
from pipelines.workspace.workspace import Workspace

RULE = (
    "right under every dense model on clean images, wrong there under the most other models; of "
    "equals, those of the smallest margin under a dense model"
)


def study_rows(workspace: Workspace) -> pl.DataFrame:
    """What every model says to the clean images: model, dense, sample_id, correct, margin.

    Raises:
        PipelineError: a model is not evaluated yet.
    """
    (clean,) = (one for one in study_conditions(workspace) if one.row.name == CLEAN.name)
    rows = []
    for model in study_models(workspace):
        if pair_state(workspace, model, clean).status != "finished":
            raise PipelineError(
                f"{workspace.study.name}: expected model {model.row.name} to be evaluated on clean "
                "images, to find the most fragile samples; run the evaluate stage, or name "
                "samples with --samples."
            )
        path = shard_path(workspace.shards, model.row.name, CLEAN.name)
        columns = pl.read_parquet(path, columns=["sample_id", "correct", "margin"])
        name, dense = pl.lit(model.row.name), pl.lit(model.row.method == "dense")
        rows.append(columns.select(name.alias("model"), dense.alias("dense"), pl.all()))
    return pl.concat(rows)


def most_fragile(rows: pl.DataFrame, count: int) -> list[int]:
    """Ids of at most that many samples, the most fragile first, by RULE.

    Without a dense model all samples are candidates, and the smallest margin is over all models.

    Args:
        rows: model, dense, sample_id, correct, margin (NULL where undefined, which comes last).
        count: samples.
    """
    judges = rows.filter("dense") if rows["dense"].any() else rows.with_columns(correct=True)
    candidates = (
        judges.group_by("sample_id")
        .agg(pl.col("correct").all(), pl.col("margin").min())
        .filter("correct")
    )
    wrong = (
        rows.filter(~pl.col("dense"))
        .group_by("sample_id")
        .agg((~pl.col("correct")).sum().alias("wrong"))
    )
    ranked = candidates.join(wrong, on="sample_id", how="left").sort(
        pl.col("wrong").fill_null(0), "margin", "sample_id",
        descending=[True, False, False], nulls_last=True,
    )  # fmt: skip
    return ranked["sample_id"].head(count).to_list()
