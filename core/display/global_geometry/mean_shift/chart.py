"""How far each axis's mean moves between two combinations, with its interval."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.global_geometry.parallel.chart import AXIS_WIDTH, position_channel
from core.display.global_geometry.plot_area import PlotArea

_HEIGHT = 112
_END = 1.7


def axis_shift_chart(plot_area: PlotArea, *, text_colour: str = theme.REFERENCE) -> alt.LayerChart:
    """Compared minus reference, a dot with its interval under each axis.

    All angles share one scale; length and margin have one each. Rows of `shifts`: position,
    clear (it differs from 0 by the test that the page names), heights between -1 and 1 (middle,
    foot, top, label), and ready words: text, axis, shift, interval, samples. Of `scale`: height,
    text (numbers at the left).

    Args:
        plot_area: the plane of the chart above.
        text_colour: colour of the numbers at the left.
    """
    scale = alt.Scale(domain=[-_END, _END], nice=False)
    axis = alt.Axis(labels=False, values=[0], grid=False, ticks=False,
                    minExtent=AXIS_WIDTH, maxExtent=AXIS_WIDTH)  # fmt: skip
    y = {
        field: alt.Y(f"{field}:Q", title="shift", scale=scale, axis=axis)
        for field in ("height", "foot", "middle", "label")
    }
    base = alt.Chart(alt.NamedData("shifts")).encode(
        x=position_channel(plot_area),
        color=alt.condition("datum.clear", alt.value(theme.COMPARED), alt.value(theme.REFERENCE)),
        tooltip=[
            alt.Tooltip("axis:N", title="axis"),
            alt.Tooltip("shift:N", title="mean shift"),
            alt.Tooltip("interval:N", title="uncertainty"),
            alt.Tooltip("samples:N", title="samples"),
        ],
    )
    ends = alt.Chart(alt.NamedData("scale")).encode(y=y["height"])
    layers = [
        ends.transform_filter("datum.height == 0").mark_rule(color=theme.REFERENCE, opacity=0.6),
        ends.mark_text(align="right", fontSize=11, dx=-4, color=text_colour).encode(
            x=alt.value(0), text="text:N"
        ),
        base.mark_rule(strokeWidth=2.5).encode(y=y["foot"], y2="top:Q"),
        base.mark_point(filled=True, size=52, opacity=1).encode(y=y["middle"]),
        base.mark_text(fontSize=11, fontWeight=600).encode(y=y["label"], text="text:N"),
    ]
    return theme.for_many_marks(alt.LayerChart(layer=layers).properties(height=_HEIGHT))
