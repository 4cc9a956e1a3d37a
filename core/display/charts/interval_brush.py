"""A brush: a drag along one side of a plot or over both, as a selection of ranges."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

BRUSH = "brush"
Sides = Mapping[str, tuple[float, float] | None]


def interval_brush(sides: Sides) -> alt.Parameter:
    """The selection BRUSH along some channels.

    Args:
        sides: by channel (`x`, `y`) the range to show as brushed at first, None for none; it is
            shown where all have one.
    """
    value = dict(sides) if all(sides.values()) else alt.Undefined
    return alt.selection_interval(name=BRUSH, encodings=list(sides), value=value)  # type: ignore[arg-type]
