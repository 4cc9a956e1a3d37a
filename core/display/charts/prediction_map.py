"""What a model does to samples, over a grid of angle and length (paper, figure 2)."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts import moving_axes

MAPS = {"right": "Share predicted right", "confidence": "Mean confidence of the prediction"}


def prediction_map(*, shown: str) -> alt.LayerChart:
    """A grid over angle and length, each cell coloured by what its samples do (paper, figure 2).

    Rows of `cells`: angle, angle_to, length, length_to (edges), samples, right, confidence. Row of
    `axes`: the ends of angle and length, and note.

    Args:
        shown: one of MAPS.
    """
    colours = alt.Scale(scheme="viridis", domain=[0, 1], clamp=True)
    legend = alt.Legend(title=None, format="%", orient="right", gradientLength=180)
    grid = (
        alt.Chart(alt.NamedData("cells"))
        .mark_rect(stroke=None)
        .encode(
            **moving_axes.position(grid=False),
            x2="angle_to:Q",
            y2="length_to:Q",
            color=alt.Color(f"{shown}:Q", scale=colours, legend=legend),
            tooltip=[
                alt.Tooltip("samples:Q", title="samples here", format=","),
                alt.Tooltip("right:Q", title="predicted right", format=".1%"),
                alt.Tooltip("confidence:Q", title="mean confidence", format=".1%"),
            ],
        )
    )
    chart = alt.LayerChart(layer=[grid, moving_axes.note()]).properties(height=310)
    return theme.styled(chart.add_params(moving_axes.read_ends()))
