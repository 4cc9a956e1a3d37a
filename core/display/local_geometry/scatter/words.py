"""What is said about one combination: accuracy, selected samples, what the picture lacks."""

from __future__ import annotations

from typing import Any

from core.display import labels
from core.display.local_geometry.scatter.frames import Scatter
from core.display.state.context import Context
from core.stats.intervals import wilson_interval
from core.store.combination import Combination


def accuracy_words(correct: int, samples: int) -> str:
    """Accuracy with its 95 % interval (Wilson)."""
    if not samples:
        return "undefined"
    low, high = wilson_interval(correct, samples)
    return f"{labels.percent(correct / samples)} ({100 * low:.1f} to {labels.percent(high)})"


def class_words(row: dict[str, Any], *, narrowed: bool) -> str:
    """The accuracy above one class's plot, or how many samples of it are selected.

    Args:
        row: of `Scatter.counts`.
        narrowed: whether ranges are set.
    """
    if not narrowed:
        return f"{accuracy_words(row['correct'], row['samples'])} of {row['samples']:,}"
    right = (
        f", {labels.percent(row['selected_correct'] / row['selected'])} right"
        if row["selected"]
        else ""
    )
    return f"selected {row['selected']:,} of {row['samples']:,}{right}"


def summary(context: Context, combination: Combination, found: Scatter) -> str:
    """The combination, the filter and the accuracy, as Markdown."""
    samples, correct = found.total("samples"), found.total("correct")
    low, high = wilson_interval(correct, samples)
    return (
        f"**{labels.escaped(context.sentence)}** · accuracy "
        f"**{labels.percent(correct / samples)}** "
        f"(95 % interval {labels.percent(low)} to {labels.percent(high)}) · "
        f"{labels.count(samples, 'sample')}, {samples - correct:,} incorrect  \n"
        f"{labels.escaped(context.describe(combination))}"
    )


def notes(found: Scatter) -> list[str]:
    """What the picture leaves out, and why."""
    lines = []
    without_angle = found.total("samples") - found.total("with_angle")
    without_margin = found.total("samples") - found.total("with_margin")
    if found.drawn < found.drawable:
        first = "the selected ones first, the rest" if found.narrowed else "picked"
        lines.append(
            f"{found.drawn:,} of {found.drawable:,} samples are drawn, {first} at random with a "
            "fixed seed; densities and counts are over all."
        )
    if without_angle:
        lines.append(
            f"{labels.count(without_angle, 'sample')} without an angle "
            "(the network gives a zero feature) can't be drawn."
        )
    if without_margin:
        lines.append(
            f"{labels.count(without_margin, 'sample')} without a margin (all class directions "
            "are equal) left out of its density."
        )
    return lines
