"""What the pictures of the relative change show and leave out, in words."""

from __future__ import annotations

import polars as pl

from core.display import labels
from core.display.robustness.relative_change.frames import RelativeChanges
from core.stats.relative_change import TRIMMED


def words(found: RelativeChanges, metric: str) -> str:
    """What a curve is, and what was removed.

    Args:
        found: the picture.
        metric: which one changes, in words.
    """
    shares = " · ".join(
        f"{labels.escaped(row['model'])}: {row['removed']:,} of {row['values']:,}, mean size of "
        f"the rest {row['mean']:.2g}"
        for row in found.counts.filter(pl.col("values") > 0).iter_rows(named=True)
    )
    return (
        f"Relative change of {metric}: (clean − corrupted) / clean, of each of "
        f"{labels.count(found.images, 'image')} and each of its corrupted versions under the same "
        f"model. As in the paper, the lowest and the highest {labels.percent(TRIMMED)} of each "
        f"model's values are removed: {shares}."
    )


def difference_words(first: str, untested: str | None) -> str:
    """What the picture of the differences shows.

    Args:
        first: the model that the others differ from, in words.
        untested: why there are no intervals; None: there are.
    """
    interval = (
        f"no intervals ({untested})"
        if untested
        else "lines are 95 % paired bootstrap intervals over images"
    )
    return (
        f"Mean size of the relative change minus that under {labels.escaped(first)}, on the same "
        "corrupted images where both values are left; right of 0 it changes more. An image counts "
        f"once, as the mean over its versions; {interval}."
    )


def notes(found: RelativeChanges) -> list[str]:
    """How many values are undefined."""
    undefined = found.counts.filter(pl.col("undefined") > 0)
    return [
        f"{labels.escaped(row['model'])}: {labels.count(row['undefined'], 'value')} undefined (the "
        "metric is undefined, or 0 on the clean image), left out."
        for row in undefined.iter_rows(named=True)
    ]
