"""A metric under two combinations and how much it changes (paper, figure 4 parts 3 and 4)."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts import moving_axes
from core.display.charts.interval_brush import interval_brush
from core.metrics import METRICS

WIDTH = 270
METRIC, CHANGE = "metric", "change"
"""Names of the two axes."""
ROLES = ["reference", "compared"]
_COLOUR = alt.Color(
    "curve:N",
    scale=alt.Scale(
        domain=[*ROLES, *(f"{role}, all" for role in ROLES)],
        range=[theme.REFERENCE, theme.COMPARED] * 2,
    ),
    legend=None,
)


def metric_changes(metric: str, *, brushed: tuple[float, float] | None = None) -> alt.VConcatChart:
    """A metric under both combinations, and how much it changes; a drag selects samples.

    Above, the density under the reference (grey) and the compared (yellow), of all samples
    dashed where not all are selected; below, the histogram of compared minus reference, which
    takes drags as the selection BRUSH. Rows of `curves`: curve (`reference`, `compared`, the
    same with `, all`), value, density, samples. Rows of `changes`: low, high, samples, selected.
    Row of `axes`: the ends of METRIC and CHANGE.

    Args:
        metric: which one it is; all rows are of it.
        brushed: the range to show as brushed at first.
    """
    chart = alt.VConcatChart(
        vconcat=[
            _densities(metric).properties(width=WIDTH, height=125),
            _change_histogram(metric, brushed).properties(width=WIDTH, height=100),
        ],
        params=[moving_axes.read_from("axes", (METRIC, CHANGE)).param],  # type: ignore[list-item]
        bounds="flush",
        spacing=48,
    )
    return theme.for_many_marks(chart)


def _densities(metric: str) -> alt.LayerChart:
    curves = alt.Chart(alt.NamedData("curves")).encode(
        x=moving_axes.x_of("value", METRIC, title=METRICS[metric].axis_title, grid=False),
        y=alt.Y("density:Q", title=None, stack=None, axis=None),
        color=_COLOUR,
    )
    of_selected = alt.FieldOneOfPredicate("curve", ROLES)
    selected = curves.transform_filter(of_selected).encode(
        tooltip=[
            alt.Tooltip("curve:N", title="under the"),
            alt.Tooltip("value:Q", title=METRICS[metric].label.lower(), format=".2f"),
            alt.Tooltip("samples:Q", title="samples", format=","),
        ],
    )
    everything = (
        curves.transform_filter(~of_selected)
        .mark_line(strokeWidth=1.2, strokeDash=[4, 3], opacity=0.7)
        .encode(order=alt.Order("value:Q"))
    )
    return alt.LayerChart(
        layer=[
            selected.mark_area(fillOpacity=0.25),
            selected.mark_line(strokeWidth=1.6).encode(order=alt.Order("value:Q")),
            everything,
        ]
    )


def _change_histogram(metric: str, brushed: tuple[float, float] | None) -> alt.LayerChart:
    title = f"change of {METRICS[metric].short_title}, compared − reference"
    base = alt.Chart(alt.NamedData("changes")).encode(
        x=moving_axes.x_of("low", CHANGE, title=title, grid=False),
        x2="high:Q",
        y2=alt.Y2(datum=0),
        tooltip=[
            alt.Tooltip("low:Q", title="from", format=".2f"),
            alt.Tooltip("high:Q", title="to", format=".2f"),
            alt.Tooltip("samples:Q", title="samples", format=","),
            alt.Tooltip("selected:Q", title="selected", format=","),
        ],
    )
    count = alt.Axis(title="samples", tickCount=3, format="~s", gridOpacity=0.5)
    # one row, so one line; it is also the mark that reads the axes' ends
    zero = (
        alt.Chart(alt.NamedData("axes"))
        .mark_rule(strokeDash=[3, 3], color=theme.REST)
        .encode(x=alt.XDatum(0))
    )
    return alt.LayerChart(
        layer=[
            base.mark_bar(color=theme.REST, opacity=0.3, binSpacing=0)
            .encode(y=alt.Y("samples:Q", axis=count))
            .add_params(interval_brush({"x": brushed})),
            base.mark_bar(color=theme.COMPARED, opacity=0.85, binSpacing=0).encode(
                y=alt.Y("selected:Q", axis=count)
            ),
            zero,
        ]
    )
