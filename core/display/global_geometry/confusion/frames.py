"""How the confusion matrix changes from reference to compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from core.store.queries.confusion import confusion
from core.store.queries.paired import PairedSamples
from core.store.study import Study

MOST_SHOWN = 20


@dataclass(frozen=True)
class ChangedCells:
    """The change of a confusion matrix.

    Attributes:
        cells: class, predicted (names), row, column (positions of the two), reference,
            compared, difference (samples), strength (the difference as a part of the largest);
            a row for each pair of shown classes with a sample in either.
        classes: position, name, own (it is the chosen class), of the shown classes in order.
        rule: which classes are shown, in words; empty where all are.
    """

    cells: pl.DataFrame
    classes: pl.DataFrame
    rule: str


def changed_cells(study: Study, paired: PairedSamples) -> ChangedCells:
    """The matrix of the filtered samples over all true classes, and the classes it shows.

    With more than MOST_SHOWN classes, those whose rows and columns change most, the chosen
    class always among them.
    """
    every_true_class = replace(paired.sample_filter, class_id=None)
    reference, compared = (
        study.run(confusion, key, sample_filter=every_true_class).rename({"samples": role})
        for role, key in (("reference", paired.reference), ("compared", paired.compared))
    )
    cells = (
        reference.join(compared, on=["label", "prediction"], how="full", coalesce=True)
        .fill_null(0)
        .with_columns(difference=pl.col("compared") - pl.col("reference"))
        .sort("label", "prediction")
    )
    own = paired.sample_filter.class_id
    shown = study.classes["class_id"].to_list()
    rule = ""
    if len(shown) > MOST_SHOWN:
        rule = f"{MOST_SHOWN} of {len(shown):,} classes, those whose rows and columns change most."
        shown = _most_changed(cells, own)
    classes = pl.DataFrame(
        {
            "class_id": pl.Series(shown, dtype=cells.schema["label"]),
            "position": range(len(shown)),
            "name": [study.class_names[k] for k in shown],
            "own": [k == own for k in shown],
        }
    )
    true, predicted = (
        classes.select(pl.col("class_id").alias(side), pl.col("name").alias(name),
                       pl.col("position").alias(place))
        for side, name, place in (("label", "class", "row"), ("prediction", "predicted", "column"))
    )  # fmt: skip
    named = (
        cells.join(true, on="label", maintain_order="left")
        .join(predicted, on="prediction", maintain_order="left")
        .with_columns(change=pl.col("difference").abs())
        .with_columns(
            strength=(pl.col("change") / pl.max_horizontal(pl.col("change").max(), 1)).round(3)
        )
        .drop("label", "prediction", "change")
    )
    return ChangedCells(named, classes.drop("class_id"), rule)


def _most_changed(cells: pl.DataFrame, own: int | None) -> list[int]:
    change = pl.col("difference").abs()
    touched = pl.concat(
        cells.select(pl.col(side).alias("class_id"), change=change)
        for side in ("label", "prediction")
    )
    summed = touched.group_by("class_id").agg(pl.col("change").sum())
    ranked = summed.sort("change", "class_id", descending=[True, False])["class_id"].to_list()
    front = [] if own is None else [own]
    return sorted([*front, *(k for k in ranked if k != own)][:MOST_SHOWN])
