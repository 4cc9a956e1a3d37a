"""A click on one sample's mark, on charts of many samples, as the selection CLICKED."""

from __future__ import annotations

import altair as alt

CLICKED = "clicked"
_FIELD = "sample_id"


def sample_click() -> alt.Parameter:
    """The parameter for charts whose marks have rows with sample_id.

    A brush on the same plot keeps its drags: Vega gives a click only where the mouse goes down
    and up on one mark, and none on the brush itself.
    """
    return alt.selection_point(name=CLICKED, fields=[_FIELD], on="click", toggle=False, clear=False)
