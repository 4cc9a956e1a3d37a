"""Two combinations on the same samples in words: accuracy, difference, interval, p, or no test."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.display import labels
from core.stats.bootstrap import LEAST, MeanInterval
from core.stats.paired import PairedAccuracy
from core.store.subsets.base import Subset
from core.store.subsets.dependence import Choice, choice_by

CHOSEN = "chosen by this; no test"
_CHOICES = {Choice.BY_MODEL: CHOSEN, Choice.BY_HAND: "hand-picked; no test"}


def no_test(subset: Subset, models: Collection[str]) -> str | None:
    """What stands in place of a test or an interval of these models on a subset; None: test it.

    Args:
        subset: the samples.
        models: names of the models that are shown.
    """
    choice = choice_by(subset, models)
    return None if choice is None else _CHOICES[choice]


def as_paired(row: Mapping[str, Any]) -> PairedAccuracy:
    """A row that `queries.accuracy.paired_changes` returns."""
    return PairedAccuracy(
        row["samples"], row["reference_correct"], row["correct"], row["broken"], row["fixed"]
    )


def paired_words(paired: PairedAccuracy, *, untested: str | None = None) -> str:
    """One line on two combinations: accuracy of both, their difference, what changed, and p.

    Args:
        paired: the same samples under both.
        untested: what `no_test` says of these samples: it replaces interval and p-value.
    """
    before, after = (
        labels.percent(correct / paired.samples)
        for correct in (paired.reference_correct, paired.compared_correct)
    )
    return " · ".join(
        [
            f"Accuracy {before} → {after} of {labels.count(paired.samples, 'sample')}",
            f"difference {difference_words(paired, untested=untested)}",
            f"{paired.fixed:,} fixed (wrong → right), {paired.broken:,} broken (right → wrong)",
            untested or f"exact McNemar {p_words(paired.p_value)}",
        ]
    )


def difference_words(paired: PairedAccuracy, *, untested: str | None = None) -> str:
    """The difference of accuracy in percentage points, with its interval where there is one."""
    interval = "" if untested else f" (95 % interval {interval_points(paired)})"
    return f"{signed(100 * paired.difference)} points{interval}"


def interval_points(paired: PairedAccuracy) -> str:
    """The 95 % interval of the difference in percentage points, such as `−6.1 to −3.4`."""
    low, high = paired.interval
    return f"{signed(100 * low)} to {signed(100 * high)}"


def signed(number: float, *, digits: int = 1) -> str:
    """A number with its sign; zero has none."""
    text = f"{number:+.{digits}f}"
    return text[1:] if not float(text) else text.replace("-", "−")


def p_words(p_value: float) -> str:
    """A p-value in a sentence, such as `p = 0.031` or `p < 0.0001`."""
    words = p_value_words(p_value)
    return f"p {words}" if words.startswith("<") else f"p = {words}"


def p_value_words(p_value: float) -> str:
    """A p-value in a column, such as `0.031` or `< 0.0001`."""
    return "< 0.0001" if p_value < 1e-4 else f"{p_value:.2g}"


def mean_interval_words(found: MeanInterval, *, untested: str | None = None) -> str:
    """The 95 % interval of a mean, or why there is none.

    Args:
        found: the mean and its interval.
        untested: what `no_test` says of these samples: it replaces the interval.
    """
    if untested:
        return untested
    if found.interval is None:
        if found.samples < LEAST:
            return f"no interval: {labels.count(found.samples, 'sample')}"
        return f"no interval: the same for all {found.samples:,} samples"
    low, high = found.interval
    few = f", few samples: {found.samples}" if found.few else ""
    return f"95 % interval {low:+.2f} to {high:+.2f}{few}"
