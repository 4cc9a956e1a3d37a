"""Compare: positions under the reference, and paths to the compared (paper, figure 4)."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts import moving_axes
from core.display.charts.interval_brush import Sides, interval_brush
from core.metrics import METRICS

WIDE, SMALL = (440, 320), (198, 144)
"""Width and height of a plot: one shape, so that a path has one direction in both."""
_OUTCOMES = list(theme.OUTCOME_COLOURS)
_COLOUR = alt.Color(
    "outcome:N",
    scale=alt.Scale(domain=_OUTCOMES, range=list(theme.OUTCOME_COLOURS.values())),
    legend=None,
)
_SHAPE = alt.Shape(
    "outcome:N",
    scale=alt.Scale(domain=_OUTCOMES, range=["circle", "diamond", "square", "cross"]),
    legend=None,
)
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
        .mark_point(filled=True, size=26, color=theme.REST, opacity=0.25)
        .add_params(interval_brush(brushed))
    )
    selected = (
        points.transform_filter("datum.selected")
        .mark_point(filled=True, size=34, opacity=0.8)
        .encode(color=_COLOUR, shape=_SHAPE, tooltip=[alt.Tooltip("image:N"), *_TOOLTIP])
    )
    return _plot([rest, selected], WIDE)


def trajectories(*, small: bool = False) -> alt.LayerChart:
    """A line per sample from its position under the reference to an arrow head at the compared's.

    Rows as `reference_scatter`, without image; samples that are not selected are light grey.

    Args:
        small: one of several plots.
    """
    lines = _at("reference").encode(x2="compared_angle:Q", y2="compared_length:Q")
    rest = lines.transform_filter("!datum.selected").mark_rule(color=theme.REST, opacity=0.2)
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
    )
    return _plot([rest, paths, heads], SMALL if small else WIDE)


def _at(role: str) -> alt.Chart:
    return alt.Chart(alt.NamedData("points")).encode(
        x=moving_axes.x_of(f"{role}_angle", "angle", title=METRICS["angle"].short_title),
        y=moving_axes.y_of(f"{role}_length", "length", title=METRICS["length"].short_title),
    )


def _plot(layers: list[alt.Chart], size: tuple[int, int]) -> alt.LayerChart:
    chart = alt.LayerChart(layer=[*layers, moving_axes.note_of("axes")]).properties(
        width=size[0],
        height=size[1],
        # width and height are those of the plot itself: axes and titles come on top
        autosize=alt.AutoSizeParams(type="pad", contains="content"),
    )
    return theme.for_many_marks(chart.add_params(moving_axes.read_from("axes")))
