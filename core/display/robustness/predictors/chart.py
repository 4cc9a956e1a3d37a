"""What foretells robustness: a dot with its interval for each model, and the scatter behind it."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display import theme
from core.display.robustness.chart_panels import panel_frame, panel_x, row_y
from core.metrics import METRICS

_ROW = 17
# what legend and margins take of the height that Streamlit fits a chart into
_OUTSIDE = 60
_SHAPES = {"Pearson": "circle", "Spearman": "diamond"}
_SCATTER_HEIGHT = 250


def prediction_dots(
    colours: Mapping[str, str],
    *,
    models: tuple[str, ...],
    panels: int,
    measures: int,
    text: str,
) -> alt.LayerChart:
    """A row a model, a panel a predictor; a dot is a number, the line its 95 % interval.

    A dot without an interval is hollow.

    Rows of `dots`: as `frames.dot_rows` returns; `ticks` and `titles`: as `panels.panel_tables`.

    Args:
        colours: of each series.
        models: labels, from the top.
        panels: how many.
        measures: numbers in each row and panel: Pearson and Spearman, or one.
        text: colour of words.
    """
    columns = 4
    colour = theme.series_channel(colours, columns=columns, offset=4)
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    layers: list[alt.Chart] = panel_frame(models, panels, text)
    shift = 3 if measures > 1 else 0
    for measure, offset in {"Pearson": -shift, "Spearman": shift, "AUROC": 0}.items():
        if (measure == "AUROC") != (measures == 1):
            continue
        rows = alt.Chart(alt.NamedData("dots")).transform_filter(f"datum.measure == '{measure}'")
        y = row_y("model", models)
        layers.append(
            rows.mark_rule(strokeWidth=1.4, yOffset=offset, y2Offset=offset).encode(
                x=panel_x("x_low", panels), x2="x_high:Q", y=y, color=colour
            )
        )
        dots = rows.mark_point(
            shape=_SHAPES.get(measure, "circle"),
            size=30,
            opacity=1,
            strokeWidth=1.2,
            yOffset=offset,
        )
        layers.append(
            dots.encode(
                x=panel_x("x", panels),
                y=y,
                color=colour,
                fill=alt.Fill("series:N", scale=scale, legend=None),
                fillOpacity=alt.FillOpacity("fill:Q", scale=None, legend=None),
                tooltip=[
                    alt.Tooltip("model:N"),
                    alt.Tooltip("predictor:N"),
                    alt.Tooltip("measure:N"),
                    alt.Tooltip("words:N", title="value (95 %)"),
                    alt.Tooltip("over:N", title="over"),
                ],
            )
        )
    legend = 22 * -(-len(colours) // columns)
    chart = alt.LayerChart(layer=layers).properties(
        height=_ROW * (len(models) + 2) + legend + _OUTSIDE
    )
    return theme.styled(chart)


def robustness_scatter(*, metric: str) -> alt.LayerChart:
    """Images by a metric and robustness; colour is how many, the line their mean robustness.

    Rows of `cells` and `means`: as `frames.scatter` returns.

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
