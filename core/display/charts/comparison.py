"""What changed between two combinations: densities, changes and paths (paper, figure 4)."""

from __future__ import annotations

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.local_geometry import AXIS_TITLES, SHORT_TITLES
from core.display.charts.margin_curves import Ranges, ticks

BRUSH = "kept"
REST = "#9aa1ab"
# Width and height are those of the plot itself: axes and titles come on top.
INSIDE = alt.AutoSizeParams(type="pad", contains="content")
_ROLES = alt.Scale(domain=["reference", "compared"], range=[theme.REFERENCE, theme.COMPARED])
_OUTCOMES = alt.Scale(
    domain=list(theme.OUTCOME_COLOURS), range=list(theme.OUTCOME_COLOURS.values())
)


def shifted_densities(
    densities: pl.DataFrame, ranges: Ranges, *, metric: str, title: alt.TitleParams
) -> alt.LayerChart:
    """The density of a metric, reference grey and compared yellow; all samples faintly.

    Args:
        densities: metric, curve (`reference`, `compared`, the same with `, all`), value,
            density, samples.
        ranges: low and high of each metric.
        metric: which to draw.
        title: of the chart.
    """
    rows = densities.filter(pl.col("metric") == metric)
    everything = pl.col("curve").str.ends_with(", all")
    x = alt.X(
        "value:Q",
        title=AXIS_TITLES[metric],
        scale=alt.Scale(domain=list(ranges[metric]), zero=False, nice=False),
        axis=alt.Axis(values=ticks(*ranges[metric]), grid=False),
    )
    y = alt.Y("density:Q", title=None, stack=None, axis=None)
    kept = alt.Chart(rows.filter(~everything)).encode(
        x=x,
        y=y,
        color=alt.Color("curve:N", scale=_ROLES, legend=None),
        tooltip=[
            alt.Tooltip("curve:N", title="under the"),
            alt.Tooltip("value:Q", title=metric, format=".2f"),
            alt.Tooltip("samples:Q", title="samples"),
        ],
    )
    layers = [
        kept.mark_area(fillOpacity=0.25),
        kept.mark_line(strokeWidth=1.6).encode(order=alt.Order("value:Q")),
    ]
    rest = rows.filter(everything)
    if rest.height:
        layers.append(
            alt.Chart(rest)
            .mark_line(strokeWidth=1.2, strokeDash=[4, 3], color=REST, opacity=0.8)
            .encode(x=x, y=y, detail="curve:N", order=alt.Order("value:Q"))
        )
    return theme.styled(alt.LayerChart(layer=layers).properties(height=190, title=title))


def change_histogram(
    changes: pl.DataFrame,
    ranges: Ranges,
    *,
    metric: str,
    kept: tuple[float | None, float | None] | None,
) -> alt.LayerChart:
    """How many samples change by how much; a drag along it keeps some (selection `kept`).

    Args:
        changes: metric, low, high, samples, kept.
        ranges: low and high of each metric's change.
        metric: which to draw.
        kept: the range to show as brushed, None for none.
    """
    rows = changes.filter(pl.col("metric") == metric)
    ends = ranges[metric]
    brush = alt.selection_interval(name=BRUSH, encodings=["x"])
    if kept is not None:
        brush = alt.selection_interval(
            name=BRUSH, encodings=["x"], value={"x": _closed(kept, ends)}
        )
    x = alt.X(
        "low:Q",
        title=f"change of {SHORT_TITLES[metric]}, compared − reference",
        scale=alt.Scale(domain=list(ends), nice=False, zero=False),
        axis=alt.Axis(values=ticks(*ends), grid=False),
    )
    base = alt.Chart(rows).encode(
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
        alt.Chart(pl.DataFrame({"zero": [0.0]}))
        .mark_rule(strokeDash=[3, 3], color=REST)
        .encode(x="zero:Q")
    )
    layers = [
        base.mark_bar(color=REST, opacity=0.3, binSpacing=0)
        .encode(y=alt.Y("samples:Q", axis=count))
        .add_params(brush),
        base.mark_bar(color=theme.COMPARED, opacity=0.85, binSpacing=0).encode(
            y=alt.Y("kept:Q", axis=count)
        ),
        zero,
    ]
    return theme.styled(alt.LayerChart(layer=layers).properties(height=170))


def place_scatter(
    points: pl.DataFrame,
    ranges: Ranges,
    *,
    kept: dict[str, tuple[float | None, float | None]],
    title: alt.TitleParams,
) -> alt.LayerChart:
    """Where samples lie under the reference, coloured by outcome; a drag keeps some.

    Args:
        points: as `comparison_points` returns, with image.
        ranges: low and high of each metric.
        kept: ranges by `place_angle` and `place_length` to show as brushed.
        title: of the chart.
    """
    brush = alt.selection_interval(name=BRUSH, encodings=["x", "y"])
    if kept:
        across, up = (
            _closed(kept.get(f"place_{metric}", (None, None)), ranges[metric])
            for metric in ("angle", "length")
        )
        brush = alt.selection_interval(
            name=BRUSH, encodings=["x", "y"], value={"x": across, "y": up}
        )
    place = {
        "x": _place("reference_angle", ranges, "angle"),
        "y": _place("reference_length", ranges, "length"),
    }
    rest = (
        alt.Chart(points.filter(~pl.col("kept")))
        .mark_point(filled=True, size=26, color=REST, opacity=0.25)
        .encode(**place)
        .add_params(brush)
    )
    chosen = (
        alt.Chart(_last_drawn(points.filter("kept")))
        .mark_point(filled=True, size=34, opacity=0.8)
        .encode(
            **place,
            color=alt.Color("outcome:N", scale=_OUTCOMES, legend=None),
            shape=alt.Shape(
                "outcome:N",
                scale=alt.Scale(
                    domain=list(theme.OUTCOME_COLOURS),
                    range=["circle", "diamond", "square", "cross"],
                ),
                legend=None,
            ),
            tooltip=[alt.Tooltip("image:N"), *_TOOLTIP],
        )
    )
    chart = alt.LayerChart(layer=[rest, chosen]).properties(
        width=462, height=320, title=title, autosize=INSIDE
    )
    return theme.styled(chart)


def trajectories(
    points: pl.DataFrame, ranges: Ranges, *, title: alt.TitleParams, size: tuple[int, int]
) -> alt.LayerChart:
    """A line per sample from its place under the reference to an arrow head at the compared's.

    Args:
        points: as `comparison_points` returns; samples that are not kept are light grey.
        ranges: low and high of each metric.
        title: of the chart.
        size: width and height of the chart in pixels, which the heads' direction needs.
    """
    width, height = size
    across, up = (
        (pl.col(f"compared_{metric}") - pl.col(f"reference_{metric}"))
        / (ranges[metric][1] - ranges[metric][0])
        * pixels
        for metric, pixels in (("angle", width), ("length", height))
    )
    rows = points.with_columns(heading=pl.arctan2(across, up).degrees())
    line = {
        "x": _place("reference_angle", ranges, "angle"),
        "x2": alt.X2("compared_angle:Q"),
        "y": _place("reference_length", ranges, "length"),
        "y2": alt.Y2("compared_length:Q"),
    }
    colour = alt.Color("outcome:N", scale=_OUTCOMES, legend=None)
    rest = alt.Chart(rows.filter(~pl.col("kept"))).mark_rule(color=REST, opacity=0.2).encode(**line)
    chosen = alt.Chart(_last_drawn(rows.filter("kept")))
    paths = chosen.mark_rule(opacity=0.55, strokeWidth=1.2).encode(
        **line, color=colour, tooltip=_TOOLTIP
    )
    heads = chosen.mark_point(shape="triangle", filled=True, size=38, opacity=0.9).encode(
        x=_place("compared_angle", ranges, "angle"),
        y=_place("compared_length", ranges, "length"),
        angle=alt.Angle("heading:Q", scale=None),
        color=colour,
        tooltip=_TOOLTIP,
    )
    chart = alt.LayerChart(layer=[rest, paths, heads]).properties(
        width=width, height=height, title=title, autosize=INSIDE
    )
    return theme.styled(chart)


_TOOLTIP = [
    alt.Tooltip("sample_id:Q", title="sample"),
    alt.Tooltip("class:N", title="class"),
    alt.Tooltip("outcome:N", title="outcome"),
    alt.Tooltip("predicted_before:N", title="reference says"),
    alt.Tooltip("predicted_after:N", title="compared says"),
    *(
        alt.Tooltip(f"{role}_{metric}:Q", title=f"{metric}, {role}", format=".2f")
        for metric in ("angle", "length", "margin")
        for role in ("reference", "compared")
    ),
]


def _closed(
    sides: tuple[float | None, float | None], ends: tuple[float, float]
) -> tuple[float, float]:
    """A range whose open sides reach to the ends."""
    low, high = (end if side is None else side for side, end in zip(sides, ends, strict=True))
    return low, high


def _last_drawn(points: pl.DataFrame) -> pl.DataFrame:
    """Changed outcomes above unchanged ones."""
    order = {"both right": 0, "both wrong": 1, "fixed": 2, "broken": 3}
    return points.sort(pl.col("outcome").replace_strict(order, return_dtype=pl.Int8), "sample_id")


def _place(field: str, ranges: Ranges, metric: str) -> alt.X | alt.Y:
    channel = alt.X if metric == "angle" else alt.Y
    return channel(
        f"{field}:Q",
        title=SHORT_TITLES[metric],
        scale=alt.Scale(domain=list(ranges[metric]), zero=False, nice=False),
        axis=alt.Axis(values=ticks(*ranges[metric], about=4), gridOpacity=0.5),
    )
