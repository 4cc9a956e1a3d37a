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
    true, predicted, change = pl.col("label"), pl.col("prediction"), pl.col("difference").abs()
    cells = (
        reference.join(compared, on=["label", "prediction"], how="full", coalesce=True)
        .fill_null(0)
        .with_columns(difference=pl.col("compared") - pl.col("reference"))
        .sort("label", "prediction")
    )
    own = paired.sample_filter.class_id
    shown, rule = study.classes["class_id"].to_list(), ""
    if len(shown) > MOST_SHOWN:
        rule = f"{MOST_SHOWN} of {len(shown):,} classes, those whose rows and columns change most."
        sides = [cells.select(change, class_id=side) for side in (true, predicted)]
        summed = pl.concat(sides).group_by("class_id").sum()
        ranked = summed.sort(-pl.col("difference"), "class_id")["class_id"]
        shown = list(dict.fromkeys(ranked if own is None else [own, *ranked]))
        shown = sorted(shown[:MOST_SHOWN])
    names = {k: study.class_names[k] for k in shown}
    places = {k: i for i, k in enumerate(shown)}
    classes = pl.DataFrame(
        {
            "position": range(len(shown)),
            "name": list(names.values()),
            "own": [k == own for k in shown],
        }
    )
    cells = cells.filter(true.is_in(shown), predicted.is_in(shown)).select(
        "reference",
        "compared",
        "difference",
        true.replace_strict(names, return_dtype=pl.String).alias("class"),
        predicted=predicted.replace_strict(names, return_dtype=pl.String),
        row=true.replace_strict(places, return_dtype=pl.Int64),
        column=predicted.replace_strict(places, return_dtype=pl.Int64),
        strength=(change / pl.max_horizontal(change.max(), 1)).round(3),
    )
    return ChangedCells(cells, classes, rule)
