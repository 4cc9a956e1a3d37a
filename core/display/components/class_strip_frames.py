"""Classes by what they lose between two combinations, the largest drop first."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import labels
from core.display.paired_words import as_paired, difference_words, p_value_words, signed
from core.stats.paired import PairedAccuracy
from core.stats.significance import holm_adjusted
from core.store.queries.class_changes import class_changes
from core.store.queries.paired import PairedSamples
from core.store.study import Study

MOST_CLASSES = 60


@dataclass(frozen=True)
class ClassDrops:
    """How often samples of each class are right under two combinations.

    Attributes:
        rows: as `drop_rows` returns, MOST_CLASSES of them at most.
        classes: how many classes have samples.
        headline: the class that loses most, in words; None without samples. No interval stands
            there: it is picked as the extreme.
    """

    rows: pl.DataFrame
    classes: int
    headline: str | None


def class_drops(study: Study, paired: PairedSamples, untested: str | None) -> ClassDrops:
    """The classes of some samples by their drop.

    Args:
        study: the open study.
        paired: both combinations, and samples of all classes.
        untested: why there are no intervals and tests; None: there are.
    """
    changes = study.run(class_changes, paired)
    rows = drop_rows(changes, untested)
    headline = None
    if rows.height:
        name = rows["class"][0]
        first = as_paired(changes.row(by_predicate=pl.col("class") == name, named=True))
        headline = (
            f"Largest drop: class {name}, {signed(100 * first.difference)} points"
            if first.difference < 0
            else "No class drops"
        )
    return ClassDrops(rows.head(MOST_CLASSES), rows.height, headline)


def drop_rows(changes: pl.DataFrame, untested: str | None) -> pl.DataFrame:
    """What the strip draws, the class with the largest drop first, equal ones by label.

    Args:
        changes: as `queries.class_changes.class_changes` returns.
        untested: why there are no intervals and tests; None: there are.

    Returns:
        class, place, reference and compared (recall, 0 to 1), low and high (the 95 % interval of
        the difference, from the reference's recall on, cut at 0 and 1; NULL untested), words.
    """
    pairs = {row["class"]: as_paired(row) for row in changes.iter_rows(named=True)}
    adjusted = holm_adjusted([pair.p_value for pair in pairs.values()])
    rows = []
    for (name, pair), p_value in zip(pairs.items(), adjusted, strict=True):
        reference = pair.reference_correct / pair.samples
        low, high = (None, None) if untested else pair.interval
        test = untested or f"p {p_value_words(p_value)} (exact McNemar, Holm over the classes)"
        rows.append(
            {
                "class": name,
                "drop": -pair.difference,
                "reference": reference,
                "compared": pair.compared_correct / pair.samples,
                "low": None if low is None else max(0.0, reference + low),
                "high": None if high is None else min(1.0, reference + high),
                "words": f"{_recalls(pair)} of {labels.count(pair.samples, 'sample')}, difference "
                f"{difference_words(pair, untested=untested)}, {test}",
            }
        )
    schema = {
        "class": pl.String, "drop": pl.Float64, "reference": pl.Float64, "compared": pl.Float64,
        "low": pl.Float64, "high": pl.Float64, "words": pl.String,
    }  # fmt: skip
    ordered = pl.DataFrame(rows, schema=schema).sort("drop", descending=True, maintain_order=True)
    return ordered.with_columns(place=pl.int_range(pl.len())).drop("drop")


def _recalls(pair: PairedAccuracy) -> str:
    before, after = (
        labels.percent(right / pair.samples)
        for right in (pair.reference_correct, pair.compared_correct)
    )
    return f"{before} → {after}"
