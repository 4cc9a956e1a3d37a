"""What is said about a comparison: mean shifts, counts of outcomes, what the picture lacks."""

from __future__ import annotations

from core.display import labels
from core.display.local_geometry.change.frames import Comparison
from core.metrics import METRICS

SAME = "Reference and compared are the same combination: nothing differs."


def shift_words(found: Comparison, metric: str) -> str:
    """The mean change of a metric over the selected samples, with its interval."""
    shift = found.shifts.get(metric)
    unit = METRICS[metric].unit
    if shift is None:
        return "no selected sample with a value under both"
    if shift.samples == 1:
        return f"changes by {shift.mean:+.2f}{unit} (one sample)"
    return (
        f"mean shift {shift.mean:+.2f}{unit}  (95 % interval {shift.low:+.2f} to {shift.high:+.2f})"
    )


def share_words(count: int, total: int) -> str:
    """A count, how many there are in all, and its share."""
    return f"{count:,} of {total:,}" + (f", {labels.percent(count / total)}" if total else "")


def notes(found: Comparison) -> list[str]:
    """What the picture leaves out, and why."""
    lines = []
    without_position, without_margin = map(found.total, ("without_position", "without_margin"))
    drawable, drawn = found.total("samples") - without_position, found.points.height
    if drawn < drawable:
        first = "the selected ones first, the rest" if found.narrowed else "picked"
        lines.append(
            f"{drawn:,} of {drawable:,} samples are drawn, {first} at random with a fixed seed; "
            "densities, histograms, shifts and counts are over all."
        )
    if without_position:
        lines.append(
            f"{labels.count(without_position, 'sample')} without an angle under one of the two "
            "(a zero feature) can't be drawn."
        )
    if without_margin:
        lines.append(
            f"{labels.count(without_margin, 'sample')} without a margin under one of the two "
            "left out of its densities and changes."
        )
    return lines
