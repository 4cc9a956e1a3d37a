"""The confusion matrices of reference and compared, and how one changes into the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from core.display import labels
from core.display.charts.tooltip_words import rounded
from core.store.queries.confusion import confusion
from core.store.queries.paired import PairedSamples
from core.store.study import Study

MOST_SHOWN = 20
ROLES = ("reference", "compared")


@dataclass(frozen=True)
class Matrices:
    """Two confusion matrices over the same samples, and their difference.

    Attributes:
        cells: class, predicted (names), row, column (positions of the two), reference,
            compared, difference (samples), strength (the difference as a part of the largest, -1
            to 1), reference_share and compared_share (of the true class's samples), and in words
            reference_words, compared_words, precision; a row for each pair of shown classes with
            a sample in either.
        rows: position, name, own (it is the chosen class), of the true classes in order, and
            largest, the largest difference in samples.
        columns: position, name, own, of the predicted classes in order.
        totals: samples, correct and shown (samples in the cells) by role.
        rule: which classes are shown, in words; empty where all are.
    """

    cells: pl.DataFrame
    rows: pl.DataFrame
    columns: pl.DataFrame
    totals: dict[str, dict[str, int]]
    rule: str

    @property
    def one_class(self) -> bool:
        """Whether all samples are of one true class, so that no class has a precision."""
        return self.rows.height == 1


def matrices(study: Study, paired: PairedSamples) -> Matrices:
    """The matrices of the filtered samples, and the classes that they show.

    With a chosen class its row alone. With more than MOST_SHOWN classes, those whose rows and
    columns change most, the chosen class always among them.
    """
    both = [
        study.run(confusion, key, sample_filter=paired.sample_filter).rename({"samples": role})
        for role, key in zip(ROLES, (paired.reference, paired.compared), strict=True)
    ]
    cells = (
        both[0]
        .join(both[1], on=["label", "prediction"], how="full", coalesce=True)
        .fill_null(0)
        .with_columns(difference=pl.col("compared") - pl.col("reference"))
        .sort("label", "prediction")
    )
    own = paired.sample_filter.class_id
    shown, rule = _shown(study.classes["class_id"].to_list(), cells, own)
    true_classes = shown if own is None else [own]
    kept = pl.col("label").is_in(true_classes) & pl.col("prediction").is_in(shown)
    largest = int(cells["difference"].abs().max() or 0)  # type: ignore[arg-type]
    names = study.class_names
    return Matrices(
        cells=_described(cells, names).filter(kept).select(
            "reference", "compared", "difference",
            (pl.col("difference") / max(largest, 1)).round(3).alias("strength"),
            *(f"{role}_{column}" for role in ROLES for column in ("share", "words")),
            "precision",
            _named("label", names).alias("class"),
            _named("prediction", names).alias("predicted"),
            _placed("label", true_classes).alias("row"),
            _placed("prediction", shown).alias("column"),
        ),
        rows=_listed(true_classes, names, own).with_columns(largest=pl.lit(largest, pl.Int64)),
        columns=_listed(shown, names, own),
        totals={role: _totals(cells, role, kept) for role in ROLES},
        rule=rule,
    )  # fmt: skip


def _shown(class_ids: list[int], cells: pl.DataFrame, own: int | None) -> tuple[list[int], str]:
    """The classes that get a column, and by which rule where not all do."""
    if len(class_ids) <= MOST_SHOWN:
        return class_ids, ""
    change = pl.col("difference").abs()
    wrong = pl.col("label") != pl.col("prediction")
    mistakes = (pl.col("reference") + pl.col("compared")) * wrong
    sides = [cells.select(side, change=change, mistakes=mistakes)
             .rename({side: "class_id"}) for side in ("label", "prediction")]  # fmt: skip
    summed = pl.concat(sides).group_by("class_id").sum()
    ranked = summed.sort(-pl.col("change"), -pl.col("mistakes"), "class_id")["class_id"]
    order = dict.fromkeys([*([] if own is None else [own]), *ranked, *class_ids])
    return sorted(list(order)[:MOST_SHOWN]), (
        f"{MOST_SHOWN} of {len(class_ids):,} classes are shown, those whose rows and columns "
        "change most, then those with most mistakes."
    )


def _described(cells: pl.DataFrame, names: dict[int, str]) -> pl.DataFrame:
    """The cells with shares of the true class and precisions, over all classes."""
    right = pl.col("label") == pl.col("prediction")
    found = cells.with_columns(
        (pl.col(role) / pl.col(role).sum().over("label")).fill_nan(None).alias(f"{role}_share")
        for role in ROLES
    ).with_columns(
        ((pl.col(role) * right).sum() / pl.col(role).sum()).over("prediction").alias(f"_{role}")
        for role in ROLES
    )
    return found.with_columns(
        *(
            pl.format(
                "{} ({} of {})", role, _percent(f"{role}_share"), _named("label", names)
            ).alias(f"{role}_words")
            for role in ROLES
        ),
        precision=pl.format(
            "{}: reference {}, compared {}",
            _named("prediction", names),
            *(_percent(f"_{role}") for role in ROLES),
        ),
    )


def _percent(column: str) -> pl.Expr:
    words = pl.format("{} %", rounded(100 * pl.col(column), 1))
    return pl.when(pl.col(column).is_finite()).then(words).otherwise(pl.lit("undefined"))


def _named(column: str, names: dict[int, str]) -> pl.Expr:
    return pl.col(column).replace_strict(names, return_dtype=pl.String)


def _placed(column: str, class_ids: Sequence[int]) -> pl.Expr:
    places = {k: i for i, k in enumerate(class_ids)}
    return pl.col(column).replace_strict(places, return_dtype=pl.Int64)


def _listed(class_ids: Sequence[int], names: dict[int, str], own: int | None) -> pl.DataFrame:
    return pl.DataFrame(
        [(i, names[k], k == own) for i, k in enumerate(class_ids)],
        schema={"position": pl.Int64, "name": pl.String, "own": pl.Boolean},
        orient="row",
    )


def _totals(cells: pl.DataFrame, role: str, kept: pl.Expr) -> dict[str, int]:
    return {
        "samples": int(cells[role].sum()),
        "correct": int(cells.filter(pl.col("label") == pl.col("prediction"))[role].sum()),
        "shown": int(cells.filter(kept)[role].sum()),
    }


def numbers(found: Matrices, role: str) -> str:
    """How many samples a matrix counts, and its accuracy, in words."""
    total = found.totals[role]
    words = labels.count(total["samples"], "sample")
    if total["samples"]:
        words += f", accuracy {labels.percent(total['correct'] / total['samples'])}"
    if total["shown"] < total["samples"]:
        words += f"; {total['shown']:,} of them in the cells shown"
    return words
