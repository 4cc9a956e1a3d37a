"""How angle and length act on the prediction, drawn for one model (paper, figure 2)."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts import moving_axes
from core.metrics import METRICS

TITLES = {"right": "Share predicted right", "confidence": "Mean confidence of the prediction"}


def prediction_map(*, shown: str) -> alt.LayerChart:
    """A grid over angle and length, each cell coloured by what its samples do.

    Rows of `cells`: x, x2, y, y2 (edges), samples, right, confidence. Row of `axes`: the ends of
    angle and length, and note.

    Args:
        shown: `right` or `confidence`.
    """
    x, y = (
        channel(field, metric, title=METRICS[metric].axis_title, grid=False)
        for channel, field, metric in (
            (moving_axes.x_of, "x", "angle"),
            (moving_axes.y_of, "y", "length"),
        )
    )
    grid = (
        alt.Chart(alt.NamedData("cells"))
        .mark_rect(stroke=None)
        .encode(
            x=x,
            x2="x2:Q",
            y=y,
            y2="y2:Q",
            color=alt.Color(
                f"{shown}:Q",
                scale=alt.Scale(scheme="viridis", domain=[0, 1], clamp=True),
                legend=alt.Legend(title=None, format="%", orient="right", gradientLength=180),
            ),
            tooltip=[
                alt.Tooltip("samples:Q", title="samples here", format=","),
                alt.Tooltip("right:Q", title="predicted right", format=".1%"),
                alt.Tooltip("confidence:Q", title="mean confidence", format=".1%"),
            ],
        )
    )
    chart = alt.LayerChart(layer=[grid, moving_axes.note_of("axes")]).properties(height=310)
    return theme.styled(chart.add_params(moving_axes.read_from("axes")))
