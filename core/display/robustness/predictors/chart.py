"""What foretells robustness: a dot with its interval for each model, and the scatter behind it."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display import theme
from core.display.robustness.chart_panels import panel_dots
from core.metrics import METRICS

_SCATTER_HEIGHT = 250


def prediction_dots(
    colours: Mapping[str, str],
    *,
    models: tuple[str, ...],
    panels: int,
    measures: tuple[str, ...],
    text: str,
) -> alt.LayerChart:
    """A row a model, a panel a predictor; a dot is a number, the line its 95 % interval.

    Rows of `dots`: as `frames.dot_rows` returns; `ticks` and `titles`: as `panels.panel_tables`.

    Args:
        colours: of each series.
        models: labels, from the top.
        panels: how many.
        measures: numbers in each row and panel: Pearson and Spearman, or one.
        text: colour of words.
    """
    tooltip = {
        "row": "model", "column": "predictor", "measure": "measure", "words": "value (95 %)",
        "over": "over",
    }  # fmt: skip
    return panel_dots(
        colours, rows=models, panels=panels, measures=measures, text=text, tooltip=tooltip
    )


def robustness_scatter(*, metric: str) -> alt.LayerChart:
    """Images by a metric and robustness; colour is how many, the line their mean robustness.

    Rows of `cells` and `means`: as `scatter_frames.scatter` returns.

    Args:
        metric: across.
    """
    share = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], gridOpacity=0.4)
    y = alt.Y("y:Q", title="robustness", scale=alt.Scale(domain=[0, 1]), axis=share)
    across = alt.Scale(zero=False, nice=False)
    title = METRICS[metric].short_title
    x = alt.X("x:Q", title=title, scale=across, axis=alt.Axis(grid=False, tickCount=5))
    cells = (
        alt.Chart(alt.NamedData("cells"))
        .mark_rect(strokeWidth=0)
        .encode(
            x=x,
            x2="x_end:Q",
            y=y,
            y2="y_end:Q",
            color=alt.Color(
                "samples:Q",
                scale=alt.Scale(scheme="viridis", type="log"),
                legend=alt.Legend(title="images", gradientLength=110, tickCount=4, format="~s"),
            ),
            tooltip=[
                alt.Tooltip("x:Q", title=f"{title} from", format=".2f"),
                alt.Tooltip("x_end:Q", title="to", format=".2f"),
                alt.Tooltip("y:Q", title="robustness from", format=".0%"),
                alt.Tooltip("y_end:Q", title="to", format=".0%"),
                alt.Tooltip("samples:Q", title="images", format=","),
            ],
        )
    )
    means = (
        alt.Chart(alt.NamedData("means"))
        .mark_line(color=theme.LOWER, strokeWidth=2)
        .encode(x=x, y=alt.Y("robustness:Q"))
    )
    chart = alt.LayerChart(layer=[cells, means])
    return theme.styled(chart.properties(height=_SCATTER_HEIGHT))
