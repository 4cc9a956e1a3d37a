"""Class directions of two models: cosines, norms and biases, and what differs."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.store.queries.last_layer import class_cosines, class_directions
from core.store.study import Study

ROLES = ("reference", "compared")


@dataclass(frozen=True)
class Directions:
    """The class directions of reference and compared.

    Attributes:
        cells: row, column (class names), row_id, column_id, reference, compared (cosines),
            difference; every ordered pair of different classes. No rows where a model has none.
        classes: class, class_id, role, norm, bias.
        mean_cosine: by role over pairs; None without any.
        mean_change: mean absolute difference over pairs; None without any.
        undefined: classes without a direction (a zero row), by role.
    """

    cells: pl.DataFrame
    classes: pl.DataFrame
    mean_cosine: dict[str, float | None]
    mean_change: float | None
    undefined: dict[str, int]


def directions(study: Study, reference: str, compared: str) -> Directions:
    """Cosines, norms and biases of two models.

    Args:
        study: the open study.
        reference: name of a model.
        compared: likewise.
    """
    ids = {
        role: study.names.models[name]
        for role, name in zip(ROLES, (reference, compared), strict=True)
    }
    cosines = {role: study.run(class_cosines, one) for role, one in ids.items()}
    layers = {role: study.run(class_directions, one) for role, one in ids.items()}
    names = study.class_names
    class_name = pl.col("class_id").replace_strict(names, return_dtype=pl.String, default=None)
    cells = _cells(cosines["reference"], cosines["compared"], names)
    return Directions(
        cells=cells,
        classes=pl.concat(
            layer.select(
                class_name.alias("class"),
                pl.col("class_id").cast(pl.Int64),
                pl.lit(role).alias("role"),
                pl.col("weight_norm").alias("norm"),
                "bias",
            )
            for role, layer in layers.items()
        ),
        mean_cosine={role: _mean(one["cosine"]) for role, one in cosines.items()},
        mean_change=_mean(cells["difference"].abs()),
        undefined={
            role: layer.filter(pl.col("weight_norm") == 0).height for role, layer in layers.items()
        },
    )


def _cells(reference: pl.DataFrame, compared: pl.DataFrame, names: dict[int, str]) -> pl.DataFrame:
    """Both cosines of every ordered pair, and their difference."""
    on = ["class_id", "other_id"]
    pairs = reference.rename({"cosine": "reference"}).join(
        compared.rename({"cosine": "compared"}), on=on
    )
    mirrored = pairs.rename({"class_id": "other_id", "other_id": "class_id"})
    both = pl.concat([pairs, mirrored.select(pairs.columns)]).sort(on)
    row, column = (
        pl.col(one).replace_strict(names, return_dtype=pl.String, default=None) for one in on
    )
    return both.select(
        row=row,
        column=column,
        row_id=pl.col("class_id").cast(pl.Int64),
        column_id=pl.col("other_id").cast(pl.Int64),
        reference="reference",
        compared="compared",
        difference=pl.col("compared") - pl.col("reference"),
    )


def _mean(cosines: pl.Series) -> float | None:
    mean = cosines.mean()
    return mean if isinstance(mean, float) else None
