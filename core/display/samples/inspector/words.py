"""Sentences about one sample: what made its logit gap change, what its pictures leave out."""

from __future__ import annotations

from core.display import labels
from core.display.samples.inspector.anatomy_frames import Anatomy, gap_number
from core.display.samples.inspector.path_frames import Paths


def anatomy_words(found: Anatomy, nearest_only: bool) -> str:
    """What the waterfall shows, as Markdown.

    Args:
        found: the anatomy, or why there is none.
        nearest_only: the study stores the nearest class directions only.
    """
    if found.missing is not None:
        return f"No anatomy of the change: {found.missing}"
    before, after = map(labels.escaped, found.rivals)
    against = f"against {before}" if before == after else f"against {before}, then {after}"
    gaps = f"from **{gap_number(found.before)}** to **{gap_number(found.after)}**"
    words = (
        f"The logit gap of the true class {against} goes {gaps} (below zero the answer is wrong). "
        "Each step is the exact Shapley share of what logits follow from, over all orders in which "
        "the two networks' parts can be exchanged; the steps sum to the change."
    )
    if nearest_only:
        words += (
            f" Beyond 100 classes only the nearest directions are stored: the gap is over the "
            f"{found.classes:,} classes that are known under both, and the best other class may "
            "not be one of them."
        )
    return words


def path_notes(paths: Paths) -> list[str]:
    """What the pictures of the ways leave out."""
    found = []
    if paths.several_seeds:
        found.append("Sparsities with several seeds: the first is drawn.")
    if paths.without_angle:
        found.append(
            f"{labels.count(paths.without_angle, 'point')} without an angle (a zero feature) can't "
            "be drawn."
        )
    return found
