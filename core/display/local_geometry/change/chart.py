"""Compare: positions under the reference, paths to the compared, and changes (paper, figure 4)."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts import moving_axes
from core.display.charts.moving_axes import Sides, interval_brush
from core.display.charts.sample_click import sample_click
from core.metrics import METRICS

WIDE, SMALL = (319, 232), (132, 96)
"""Width and height of a plot: one shape, so that a path has one direction in both."""
_METRIC_WIDTH, _DENSITY, _HISTOGRAM = 138, 84, 72
METRIC, CHANGE = "metric", "change"
"""Names of the two axes of `metric_changes`."""
ROLES = ["reference", "compared"]
_ROLE_COLOURS = alt.Scale(domain=ROLES, range=[theme.REFERENCE, theme.COMPARED])
_OUTCOMES = list(theme.OUTCOME_COLOURS)
_COLOURS = alt.Scale(domain=_OUTCOMES, range=list(theme.OUTCOME_COLOURS.values()))
_SHAPES = alt.Scale(domain=_OUTCOMES, range=["circle", "diamond", "square", "cross"])
_COLOUR = alt.Color("outcome:N", scale=_COLOURS, legend=None)
_SHAPE = alt.Shape("outcome:N", scale=_SHAPES, legend=None)
_SAME = "datum.outcome === 'both right'"
_TOOLTIP = [
    alt.Tooltip("sample:N"),
    alt.Tooltip("answers:N", title="predicted"),
    alt.Tooltip("position:N", title="angle, length"),
    alt.Tooltip("margin:N"),
]


def reference_scatter(*, brushed: Sides) -> alt.LayerChart:
    """Angle and length under the reference, coloured by outcome; a drag selects some samples.

    Rows of `points`: as `frames.marks` returns, with image. Row of `axes`: the ends of angle and
    length, and note.

    Args:
        brushed: the ranges by channel to show as brushed at first, None for none.
    """
    points = _at("reference")
    rest = (
        points.transform_filter("!datum.selected")
        .mark_point(filled=True, size=14, color=theme.REST, opacity=0.15)
        .add_params(interval_brush(brushed))
    )
    selected = points.transform_filter("datum.selected").encode(
        color=_COLOUR, shape=_SHAPE, tooltip=["image:N", "picture:N", *_TOOLTIP]
    )
    # pale, so that changed answers among them are seen
    same = selected.transform_filter(_SAME).mark_point(filled=True, size=26)
    changed = selected.transform_filter(f"!({_SAME})").mark_point(filled=True, size=40)
    layers = [
        rest,
        same.encode(opacity=moving_axes.lit(0.4, 0.05)),
        changed.encode(opacity=moving_axes.lit(0.95, 0.12)).add_params(sample_click()),
    ]
    return _plot(layers, WIDE)


def trajectories(*, small: bool = False) -> alt.LayerChart:
    """A line per sample from its position under the reference to an arrow head at the compared's.

    Rows as `reference_scatter`, without image; samples that are not selected are light grey. Rows
    of `flow`: as `flow_frames.flow_rows` returns: mean paths, the wider, the more samples.

    Args:
        small: one of several plots.
    """
    lines = _at("reference").encode(x2="compared_angle:Q", y2="compared_length:Q")
    rest = lines.transform_filter("!datum.selected").mark_rule(
        color=theme.REST, opacity=0.12, strokeWidth=0.6
    )
    paths = (
        lines.transform_filter("datum.selected")
        .mark_rule(opacity=0.55, strokeWidth=1.2)
        .encode(color=_COLOUR)
    )
    heads = (
        _at("compared")
        .transform_filter("datum.selected")
        .mark_point(shape="triangle", filled=True, size=38, opacity=0.9)
        .encode(color=_COLOUR, angle=alt.Angle("heading:Q", scale=None), tooltip=_TOOLTIP)
        .add_params(sample_click())
    )
    flow = _flow(0.5 if small else 1.0)
    return _plot([rest, *flow, paths, heads], SMALL if small else WIDE)


def _flow(scale: float) -> list[alt.Chart]:
    """Arrows of many samples together."""
    cells = alt.Chart(alt.NamedData("flow")).encode(
        color=_COLOUR,
        tooltip=[
            alt.Tooltip("samples:Q", title="samples together", format=","),
            alt.Tooltip("words:N", title="mean position"),
        ],
    )
    widths = alt.Scale(type="sqrt", range=[0.8 * scale, 5 * scale])
    sizes = alt.Scale(type="sqrt", range=[24 * scale, 150 * scale])
    lines = cells.mark_rule(opacity=0.65, strokeCap="round").encode(
        **moving_axes.position("reference_", short=True),
        x2="compared_angle:Q",
        y2="compared_length:Q",
        strokeWidth=alt.StrokeWidth("samples:Q", scale=widths, legend=None),
    )
    heads = cells.mark_point(shape="triangle", filled=True, opacity=0.9).encode(
        **moving_axes.position("compared_", short=True),
        angle=alt.Angle("heading:Q", scale=None),
        size=alt.Size("samples:Q", scale=sizes, legend=None),
    )
    return [lines, heads]


def metric_changes(*, metric: str, brushed: Sides) -> alt.VConcatChart:
    """A metric under both combinations, and how much it changes; a drag selects samples.

    Above, the density under the reference (grey) and the compared (yellow), of all samples
    dashed where not all are selected; below, the histogram of compared minus reference, which
    takes drags as the selection BRUSH. Rows of `curves`: role (`reference`, `compared`), selected
    (false where the curve is of all), value, density, samples. Rows of `changes`: low, high,
    samples, selected. Row of `axes`: the ends of METRIC and CHANGE.

    Args:
        metric: which one it is; all rows are of it.
        brushed: the range of x to show as brushed at first, None for none.
    """
    chart = alt.VConcatChart(
        vconcat=[
            _densities(metric).properties(width=_METRIC_WIDTH, height=_DENSITY),
            _change_histogram(metric, brushed).properties(width=_METRIC_WIDTH, height=_HISTOGRAM),
        ],
        params=[moving_axes.read_ends((METRIC, CHANGE)).param],  # type: ignore[list-item]
        bounds="flush",
        spacing=42,
    )
    return theme.for_many_marks(chart)


def _at(role: str) -> alt.Chart:
    points = alt.Chart(alt.NamedData("points"))
    return points.encode(**moving_axes.position(f"{role}_", short=True))


def _plot(layers: list[alt.Chart], size: tuple[int, int]) -> alt.LayerChart:
    chart = alt.LayerChart(layer=[*layers, moving_axes.note()]).properties(
        width=size[0],
        height=size[1],
        # width and height are those of the plot itself: axes and titles come on top
        autosize=alt.AutoSizeParams(type="pad", contains="content"),
    )
    return theme.for_many_marks(chart.add_params(moving_axes.read_ends()))


def _densities(metric: str) -> alt.LayerChart:
    curves = alt.Chart(alt.NamedData("curves")).encode(
        x=moving_axes.x_of("value", METRIC, title=METRICS[metric].short_title, grid=False),
        y=alt.Y("density:Q", title=None, stack=None, axis=None),
        color=alt.Color("role:N", scale=_ROLE_COLOURS, legend=None),
    )
    selected = curves.transform_filter("datum.selected").encode(
        tooltip=[
            alt.Tooltip("role:N", title="under the"),
            alt.Tooltip("value:Q", title=METRICS[metric].label.lower(), format=".2f"),
            alt.Tooltip("samples:Q", title="samples", format=","),
        ]
    )
    area = selected.mark_area(fillOpacity=0.25)
    line = selected.mark_line(strokeWidth=1.6).encode(order="value:Q")
    everything = (
        curves.transform_filter("!datum.selected")
        .mark_line(strokeWidth=1.2, strokeDash=[4, 3], opacity=0.7)
        .encode(order="value:Q")
    )
    return alt.LayerChart(layer=[area, line, everything])


def _change_histogram(metric: str, brushed: Sides) -> alt.LayerChart:
    title = [f"change of {METRICS[metric].short_title}", "compared − reference"]
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
    bars = base.mark_bar(color=theme.REST, opacity=0.3, binSpacing=0).encode(
        y=alt.Y("samples:Q", axis=count)
    )
    selected = base.mark_bar(color=theme.COMPARED, binSpacing=0).encode(
        y=alt.Y("selected:Q", axis=count), opacity=moving_axes.lit(0.85, 0.25)
    )
    # one row, so one line; it is also the mark that reads the axes' ends
    zero = alt.Chart(alt.NamedData("axes")).mark_rule(strokeDash=[3, 3], color=theme.REST)
    return alt.LayerChart(
        layer=[bars.add_params(interval_brush(brushed)), selected, zero.encode(x=alt.XDatum(0))]
    )
