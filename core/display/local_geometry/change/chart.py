"""What changed between two combinations: densities, changes and paths (paper, figure 4)."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.edge_curves import Ranges, ticks
from core.display.local_geometry.scatter.chart import SHORT_TITLES

BRUSH = "kept"
REST = "#9aa1ab"
# Width and height are those of the plot itself: axes and titles come on top.
INSIDE = alt.AutoSizeParams(type="pad", contains="content")
ROLES = ["reference", "compared"]
_OUTCOMES = alt.Scale(
    domain=list(theme.OUTCOME_COLOURS), range=list(theme.OUTCOME_COLOURS.values())
)


def place_scatter(
    ranges: Ranges,
    *,
    brushed: tuple[tuple[float, float] | None, tuple[float, float] | None],
    size: tuple[int, int],
) -> alt.LayerChart:
    """Where samples lie under the reference, coloured by outcome; a drag keeps some.

    Rows of `points`: as `marks` returns, with image.

    Args:
        ranges: low and high of each metric.
        brushed: the ranges of angle and length to show as brushed at first, None for none.
        size: width and height of the plot in pixels.
    """
    place = {
        "x": _place("reference_angle", ranges, "angle"),
        "y": _place("reference_length", ranges, "length"),
    }
    points = alt.Chart(alt.NamedData("points"))
    rest = (
        points.transform_filter("!datum.kept")
        .mark_point(filled=True, size=26, color=REST, opacity=0.25)
        .encode(**place)
        .add_params(brush_of(dict(zip("xy", brushed, strict=True))))
    )
    chosen = (
        points.transform_filter("datum.kept")
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
    return theme.for_many_marks(_sized([rest, chosen], size))


def trajectories(ranges: Ranges, *, size: tuple[int, int]) -> alt.LayerChart:
    """A line per sample from its place under the reference to an arrow head at the compared's.

    Rows of `points`: as `headed` returns; samples that are not kept are light grey.

    Args:
        ranges: low and high of each metric.
        size: width and height of the chart in pixels.
    """
    line = {
        "x": _place("reference_angle", ranges, "angle"),
        "x2": alt.X2("compared_angle:Q"),
        "y": _place("reference_length", ranges, "length"),
        "y2": alt.Y2("compared_length:Q"),
    }
    colour = alt.Color("outcome:N", scale=_OUTCOMES, legend=None)
    points = alt.Chart(alt.NamedData("points"))
    rest = points.transform_filter("!datum.kept").mark_rule(color=REST, opacity=0.2).encode(**line)
    chosen = points.transform_filter("datum.kept")
    paths = chosen.mark_rule(opacity=0.55, strokeWidth=1.2).encode(**line, color=colour)
    heads = chosen.mark_point(shape="triangle", filled=True, size=38, opacity=0.9).encode(
        x=_place("compared_angle", ranges, "angle"),
        y=_place("compared_length", ranges, "length"),
        angle=alt.Angle("heading:Q", scale=None),
        color=colour,
        tooltip=_TOOLTIP,
    )
    return theme.for_many_marks(_sized([rest, paths, heads], size))


def marks(points: pl.DataFrame) -> pl.DataFrame:
    """What the charts of places and paths draw, changed outcomes above unchanged ones.

    The words of the tooltips come ready: browsers take longer to make them than to draw.

    Args:
        points: as `comparison_points` returns.

    Returns:
        sample_id, outcome, kept, reference_ and compared_ angle and length, and in words:
        sample, answers, place, margin.
    """
    order = {"both right": 0, "both wrong": 1, "fixed": 2, "broken": 3}
    return points.sort(
        pl.col("outcome").replace_strict(order, return_dtype=pl.Int8), "sample_id"
    ).select(
        "sample_id",
        "outcome",
        "kept",
        *(f"{role}_{metric}" for role in ROLES for metric in ("angle", "length")),
        sample=pl.format("{} ({})", "sample_id", "class"),
        answers=pl.format("{} → {} ({})", "predicted_before", "predicted_after", "outcome"),
        place=pl.format("{}°, {} → {}°, {}", *_numbers("reference"), *_numbers("compared")),
        margin=pl.format("{} → {}", _number("reference_margin"), _number("compared_margin")),
    )


def headed(rows: pl.DataFrame, ranges: Ranges, *, size: tuple[int, int]) -> pl.DataFrame:
    """The rows with `heading`: degrees, clockwise from up, in which each line runs.

    Args:
        rows: as `marks` returns.
        ranges: low and high of each metric.
        size: width and height of the chart in pixels, on which the direction depends.
    """
    across, up = (
        (pl.col(f"compared_{metric}") - pl.col(f"reference_{metric}"))
        / (ranges[metric][1] - ranges[metric][0])
        * pixels
        for metric, pixels in zip(("angle", "length"), size, strict=True)
    )
    return rows.with_columns(heading=pl.arctan2(across, up).degrees())


def _numbers(role: str) -> list[pl.Expr]:
    return [_number(f"{role}_{metric}") for metric in ("angle", "length")]


def _number(name: str) -> pl.Expr:
    return pl.col(name).round(2).cast(pl.String).fill_null("undefined")


_TOOLTIP = [
    alt.Tooltip("sample:N"),
    alt.Tooltip("answers:N"),
    alt.Tooltip("place:N", title="angle, length"),
    alt.Tooltip("margin:N"),
]


def brush_of(sides: Mapping[str, tuple[float, float] | None]) -> alt.Parameter:
    """A drag along the sides, shown at first where all of them have a range."""
    value = dict(sides) if all(sides.values()) else alt.Undefined
    return alt.selection_interval(name=BRUSH, encodings=list(sides), value=value)  # type: ignore[arg-type]


def _sized(layers: list[alt.Chart], size: tuple[int, int]) -> alt.LayerChart:
    width, height = size
    return alt.LayerChart(layer=layers).properties(
        width=width,
        height=height,
        autosize=INSIDE,
    )


def _place(field: str, ranges: Ranges, metric: str) -> alt.X | alt.Y:
    channel = alt.X if metric == "angle" else alt.Y
    return channel(
        f"{field}:Q",
        title=SHORT_TITLES[metric],
        scale=alt.Scale(domain=list(ranges[metric]), zero=False, nice=False),
        axis=alt.Axis(values=ticks(*ranges[metric], about=4), gridOpacity=0.5),
    )
