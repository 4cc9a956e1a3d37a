"""A comparison as one sentence to take away: n, difference, interval, test, study and link."""

from __future__ import annotations

from core.display import labels
from core.display.paired_words import interval_points, p_words, signed
from core.display.provenance import Provenance
from core.stats.paired import PairedAccuracy


def accuracy_finding(
    paired: PairedAccuracy,
    *,
    reference: str,
    compared: str,
    samples: str,
    provenance: Provenance,
    untested: str | None = None,
) -> str:
    """Two combinations on the same images.

    Args:
        paired: the same samples under both.
        reference: the first, in words.
        compared: the second, in words.
        samples: which these are, in words.
        provenance: of the numbers.
        untested: what `no_test` says of these samples: it replaces interval and p-value.
    """
    before, after = (
        labels.percent(correct / paired.samples)
        for correct in (paired.reference_correct, paired.compared_correct)
    )
    test = untested or f"exact McNemar test, {p_words(paired.p_value)}"
    interval = (
        "" if untested else f" (95 % interval {interval_points(paired)}, Tango's score method)"
    )
    return (
        f"On the same {labels.count(paired.samples, 'image')} ({samples}), accuracy is {before} "
        f"under {reference} and {after} under {compared}: difference "
        f"{signed(100 * paired.difference)} points{interval}, {paired.fixed:,} fixed and "
        f"{paired.broken:,} broken, {test}{source(provenance)}"
    )


def shift_finding(
    what: str,
    shift: str,
    interval: str,
    samples: str,
    *,
    reference: str,
    compared: str,
    provenance: Provenance,
    test: str | None = None,
) -> str:
    """The mean change of a metric on the same images.

    Args:
        what: changes, in words.
        shift: its mean, with sign and unit.
        interval: of the mean, or why there is none, in words.
        samples: how many and which, in words.
        reference: from what, in words.
        compared: to what, in words.
        provenance: of the numbers.
        test: what a test says; None where none is made.
    """
    tested = f", {test}" if test else ""
    return (
        f"Over the same {samples}, the mean of {what} changes by {shift} ({interval}) from "
        f"{reference} to {compared}{tested}{source(provenance)}"
    )


def source(provenance: Provenance) -> str:
    """How a finding ends: study, version and link."""
    link = f", {provenance.link}" if provenance.link else ""
    return f" [{provenance.study}, version {provenance.version}{link}]."
