"""A metric under two combinations and how much it changes (paper, figure 4 parts 3 and 4)."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts.edge_curves import Ranges, ticks
from core.display.local_geometry.change.chart import REST, ROLES, brush_of
from core.display.local_geometry.scatter.chart import AXIS_TITLES, SHORT_TITLES

WIDTH = 270
_ROLES = alt.Scale(domain=ROLES, range=[theme.REFERENCE, theme.COMPARED])


def metric_changes(
    ranges: Ranges,
    change_ranges: Ranges,
    *,
    metric: str,
    brushed: tuple[float, float] | None,
) -> alt.VConcatChart:
    """A metric under both combinations, and how much it changes; a drag keeps some samples.

    Above, the density under the reference (grey) and the compared (yellow), of all samples
    faintly where not all are kept; below, the histogram of compared minus reference, which
    takes drags as the selection BRUSH. Rows of `curves`: curve (`reference`, `compared`, the
    same with `, all`), value, density, samples. Rows of `changes`: low, high, samples, kept.

    Args:
        ranges: low and high of each metric.
        change_ranges: low and high of each metric's change.
        metric: which one it is; all rows are of it.
        brushed: the range to show as brushed at first, None for none.
    """
    chart = alt.VConcatChart(
        vconcat=[
            _densities(ranges, metric).properties(width=WIDTH, height=125),
            _change_histogram(change_ranges, metric, brushed).properties(width=WIDTH, height=100),
        ],
        bounds="flush",
        spacing=48,
    )
    return theme.for_many_marks(chart)


def _densities(ranges: Ranges, metric: str) -> alt.LayerChart:
    x = alt.X(
        "value:Q",
        title=AXIS_TITLES[metric],
        scale=alt.Scale(domain=list(ranges[metric]), zero=False, nice=False),
        axis=alt.Axis(values=ticks(*ranges[metric]), grid=False),
    )
    y = alt.Y("density:Q", title=None, stack=None, axis=None)
    curves = alt.Chart(alt.NamedData("curves"))
    of_kept = alt.FieldOneOfPredicate("curve", ROLES)
    kept = curves.transform_filter(of_kept).encode(
        x=x,
        y=y,
        color=alt.Color("curve:N", scale=_ROLES, legend=None),
        tooltip=[
            alt.Tooltip("curve:N", title="under the"),
            alt.Tooltip("value:Q", title=metric, format=".2f"),
            alt.Tooltip("samples:Q", title="samples"),
        ],
    )
    everything = (
        curves.transform_filter(~of_kept)
        .mark_line(strokeWidth=1.2, strokeDash=[4, 3], color=REST, opacity=0.8)
        .encode(x=x, y=y, detail="curve:N", order=alt.Order("value:Q"))
    )
    return alt.LayerChart(
        layer=[
            kept.mark_area(fillOpacity=0.25),
            kept.mark_line(strokeWidth=1.6).encode(order=alt.Order("value:Q")),
            everything,
        ]
    )


def _change_histogram(
    ranges: Ranges, metric: str, brushed: tuple[float, float] | None
) -> alt.LayerChart:
    ends = ranges[metric]
    x = alt.X(
        "low:Q",
        title=f"change of {SHORT_TITLES[metric]}, compared − reference",
        scale=alt.Scale(domain=list(ends), nice=False, zero=False),
        axis=alt.Axis(values=ticks(*ends), grid=False),
    )
    base = alt.Chart(alt.NamedData("changes")).encode(
        x=x,
        x2="high:Q",
        y2=alt.Y2(datum=0),
        tooltip=[
            alt.Tooltip("low:Q", title="from", format=".2f"),
            alt.Tooltip("high:Q", title="to", format=".2f"),
            alt.Tooltip("samples:Q", title="samples"),
            alt.Tooltip("kept:Q", title="kept"),
        ],
    )
    count = alt.Axis(title="samples", tickCount=3, format="~s", gridOpacity=0.5)
    zero = (
        alt.Chart(alt.sequence(0, 1, as_="zero"))
        .mark_rule(strokeDash=[3, 3], color=REST)
        .encode(x="zero:Q")
    )
    return alt.LayerChart(
        layer=[
            base.mark_bar(color=REST, opacity=0.3, binSpacing=0)
            .encode(y=alt.Y("samples:Q", axis=count))
            .add_params(brush_of({"x": brushed})),
            base.mark_bar(color=theme.COMPARED, opacity=0.85, binSpacing=0).encode(
                y=alt.Y("kept:Q", axis=count)
            ),
            zero,
        ]
    )
