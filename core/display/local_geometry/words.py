"""Sentences about samples: accuracy, selected ones, mean shifts, what a picture leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.display import labels
from core.display.finding_words import shift_finding
from core.display.local_geometry.agreement.frames import Agreement
from core.display.local_geometry.change.frames import Comparison
from core.display.local_geometry.scatter.frames import Scatter
from core.display.paired_words import CHOSEN, mean_interval_words, no_test
from core.display.provenance import Provenance
from core.display.state.context import Context
from core.metrics import METRICS
from core.store.combination import Combination

_ORDER = {False: "picked", True: "the selected ones first, the rest"}
"""How drawn samples are picked, by whether some are selected."""


def accuracy_words(correct: int, samples: int, *, untested: str | None = None) -> str:
    """Accuracy with its 95 % interval (Wilson), or what stands in place of it."""
    if not samples:
        return "undefined"
    interval = untested or labels.interval_words(correct, samples)
    return f"{labels.percent(correct / samples)} ({interval})"


def class_words(row: dict[str, Any], *, narrowed: bool, untested: str | None = None) -> str:
    """The accuracy above one class's plot, or how many samples of it are selected.

    Args:
        row: of `Scatter.counts`.
        narrowed: whether ranges are set.
        untested: why there is no interval, which is said above all plots; None: there is one.
    """
    if not narrowed and untested and row["samples"]:
        return f"{labels.percent(row['correct'] / row['samples'])} of {row['samples']:,}"
    if not narrowed:
        return f"{accuracy_words(row['correct'], row['samples'])} of {row['samples']:,}"
    words = f"selected {row['selected']:,} of {row['samples']:,}"
    if not row["selected"]:
        return words
    return f"{words}, {labels.percent(row['selected_correct'] / row['selected'])} right"


def summary(context: Context, combination: Combination, found: Scatter) -> str:
    """The combination, the filter and the accuracy, as Markdown."""
    samples, correct = found.total("samples"), found.total("correct")
    untested = no_test(context.subset, {combination.model})
    return (
        f"**{labels.escaped(context.sentence)}** · accuracy "
        f"**{labels.percent(correct / samples)}** "
        f"({untested or f'95 % interval {labels.interval_words(correct, samples)}'}) · "
        f"{labels.count(samples, 'sample')}, {samples - correct:,} incorrect  \n"
        f"{labels.escaped(context.describe(combination))}"
    )


def prediction_words(found: Agreement) -> str:
    """How many models get samples right that the rule predicts robust and fragile."""
    if not found.shares:
        return "Too few samples to pick robust and fragile ones."
    parts = [
        f"**{group.capitalize()}**: right under {labels.percent(share)} of the models"
        for group, share in found.shares.items()
    ]
    return " · ".join([*parts, f"all samples {labels.percent(found.mean_share)}"])


def shift_words(found: Comparison, metric: str, *, untested: str | None = None) -> str:
    """The mean change of a metric over the selected samples, with its interval.

    Args:
        found: the comparison; a selection in it is chosen by what it shows.
        metric: whose change.
        untested: what stands in place of the interval for the filtered samples; None: test them.
    """
    if metric not in found.shifts:
        return "no selected sample with a value under both"
    shift = found.shifts[metric]
    words = f"{shift.mean:+.{max(2, METRICS[metric].digits)}f}{METRICS[metric].unit}"
    if shift.samples == 1:
        return f"changes by {words} (one sample)"
    untested = CHOSEN if found.narrowed else untested
    return f"mean shift {words}  ({mean_interval_words(shift, untested=untested)})"


def shift_findings(
    context: Context, found: Comparison, provenance: Provenance, *, untested: str | None
) -> list[str]:
    """A sentence for each metric that has a mean shift.

    Args:
        context: the open study.
        found: the comparison; a selection in it is chosen by what it shows.
        provenance: of the numbers.
        untested: as `shift_words` takes it.
    """
    which = f"selected samples of {context.sentence}" if found.narrowed else context.sentence
    return [
        shift_finding(
            METRICS[metric].label.lower(),
            f"{shift.mean:+.{max(2, METRICS[metric].digits)}f}{METRICS[metric].unit}",
            mean_interval_words(shift, untested=CHOSEN if found.narrowed else untested),
            f"{labels.count(shift.samples, 'sample')} ({which})",
            reference=context.short(context.reference),
            compared=context.short(context.compared),
            provenance=provenance,
        )
        for metric, shift in found.shifts.items()
    ]


def share_words(count: int, total: int) -> str:
    """A count, how many there are in all, and its share."""
    return f"{count:,} of {total:,}" + (f", {labels.percent(count / total)}" if total else "")


def scatter_notes(found: Scatter) -> list[str]:
    """What the picture of one combination leaves out, and why."""
    no_angle, no_margin = (
        found.total("samples") - found.total(column) for column in ("with_angle", "with_margin")
    )
    missing = {
        "without an angle (the network gives a zero feature) can't be drawn.": no_angle,
        "without a margin (all class directions are equal) left out of its density.": no_margin,
    }
    over, order = "densities and counts", _ORDER[found.narrowed]
    return notes(found.drawn, found.drawable, missing, over=over, order=order)


def change_notes(found: Comparison) -> list[str]:
    """What the picture of a comparison leaves out, and why."""
    no_angle, no_margin = map(found.total, ("without_position", "without_margin"))
    missing = {
        "without an angle under one of the two (a zero feature) can't be drawn.": no_angle,
        "without a margin under one of the two left out of its densities and changes.": no_margin,
    }
    drawn, drawable = found.points.height, found.total("samples") - no_angle
    over, order = "densities, histograms, shifts and counts", _ORDER[found.narrowed]
    return notes(drawn, drawable, missing, over=over, order=order)


def agreement_notes(found: Agreement) -> list[str]:
    """What the pictures of the same samples across models leave out, and why."""
    without = "without an angle under the reference (a zero feature) left out."
    drawn, missing = found.points.height, {without: found.without_angle}
    order = "the picked ones among them, the rest"
    return notes(drawn, found.samples, missing, over="shares", order=order)


def notes(
    drawn: int, drawable: int, missing: Mapping[str, int], *, over: str, order: str = "picked"
) -> list[str]:
    """What a picture leaves out, and why.

    Args:
        drawn: samples in the picture.
        drawable: samples that could be.
        missing: how many samples are left out, by why.
        over: what is about all samples that could be drawn.
        order: in which order they are drawn, before the words "at random".
    """
    drawn_words = (
        f"{drawn:,} of {drawable:,} samples are drawn, {order} at random with a fixed seed; {over} "
        "are over all."
    )
    without = [f"{labels.count(count, 'sample')} {why}" for why, count in missing.items() if count]
    return [drawn_words, *without] if drawn < drawable else without
