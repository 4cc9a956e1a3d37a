"""Finished occlusion maps on disk: one Parquet file for each model and condition.

A file holds the maps of some samples, all made with the same windows, and the fingerprint of what
they were made from; a file of another fingerprint is stale.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from core.files import replacing
from core.store.rows import ATTRIBUTION, NAMED_ATTRIBUTION
from pipelines.evaluation.combinations import shard_fingerprint
from pipelines.evaluation.conditions import Condition
from pipelines.progress import CONSOLE
from pipelines.workspace.model_records import ImportedModel, ModelRecord
from pipelines.workspace.workspace import Workspace, fingerprint

# raise it when the maps change their meaning
VERSION = 1
_FINGERPRINT = "prunescope.fingerprint"


def attribution_path(workspace: Workspace, model: str, condition: str) -> Path:
    """Where the maps of a model under a condition lie."""
    return workspace.attributions / model / f"{condition}.parquet"


def attribution_fingerprint(workspace: Workspace, model: ModelRecord, condition: Condition) -> str:
    """What maps depend on besides their windows: the weights and the images."""
    return fingerprint(version=VERSION, shard=shard_fingerprint(workspace, model, condition))


def write_maps(path: Path, maps: pl.DataFrame, *, fingerprint: str) -> None:
    """Write maps, columns as in ATTRIBUTION, replacing what stands at `path` in one step."""
    with replacing(path) as partial:
        rows = maps.sort("sample_id", "metric")
        rows.write_parquet(partial, metadata={_FINGERPRINT: fingerprint})


def read_maps(path: Path, *, fingerprint: str) -> pl.DataFrame | None:
    """The maps of a file; None where it is missing, not whole, or of another fingerprint."""
    try:
        if pl.read_parquet_metadata(path).get(_FINGERPRINT) != fingerprint:
            return None
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        return None


def finished_maps(
    workspace: Workspace,
    models: Sequence[ModelRecord | ImportedModel],
    conditions: Sequence[Condition],
) -> pl.DataFrame:
    """All maps that belong to what is there now; those that don't are left out, which is said.

    Returns:
        Rows as `StudyContents.attributions` takes them.
    """
    found = [pl.DataFrame(schema=NAMED_ATTRIBUTION)]
    stale = 0
    for model in models:
        for condition in conditions:
            names = model.row.name, condition.row.name
            path = attribution_path(workspace, *names)
            if isinstance(model, ImportedModel) or not path.exists():
                continue
            maps = read_maps(path, fingerprint=attribution_fingerprint(workspace, model, condition))
            if maps is None:
                stale += 1
                continue
            model_name, condition_name = map(pl.lit, names)
            found.append(
                maps.select(
                    model_name.alias("model"), condition_name.alias("condition"), *ATTRIBUTION
                )
            )
    if stale:
        CONSOLE.print(
            f"{stale} files of occlusion maps are of other weights or images, or not whole, and "
            "are left out: make them again with python -m pipelines.attribute.",
            soft_wrap=True,
        )
    return pl.concat(found)
