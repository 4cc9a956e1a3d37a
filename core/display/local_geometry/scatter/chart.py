"""Where samples lie in the last layer: angle against length, with densities (paper 6.2)."""

from __future__ import annotations

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts import moving_axes
from core.display.charts.edge_curves import Ranges, captions

AXIS_TITLES = {
    "angle": "angle to the class's direction (degrees)",
    "length": "length of the feature vector",
    "margin": "margin: distance to the decision boundary",
}
SHORT_TITLES = {"angle": "angle (degrees)", "length": "length", "margin": "margin"}
CORRECTNESS = alt.Scale(domain=["correct", "incorrect"], range=[theme.CORRECT, theme.INCORRECT])
BRUSH = "kept"
SMALL_SIZE = (198, 250)
Side = tuple[float, float]


def geometry_plot(
    *, small: bool = False, drags: bool = False, brushed: tuple[Side, Side] | None = None
) -> alt.LayerChart:
    """Angle against length of samples, correct grey and incorrect red, the rest light grey.

    The density of angle stands above, of length to the right, of margin in the corner at
    the top right (the line in it is the decision boundary); each curve has area 1 within
    its colour, a dashed one is of all samples where not all are kept.

    Rows of `points`: as `marks` returns, with image (an address, shown on hover). Rows of
    `curves`: metric, outcome, x, y, as `margin_curves.edge_curves` returns; rows of
    `outlines`, of all samples where not all are kept, also order. Rows of `frame`: as the
    function of that name returns.

    Args:
        small: one of many plots: short titles, small marks, a size of its own.
        drags: whether a drag over the samples selects, as the selection BRUSH.
        brushed: the ranges of angle and length to show as brushed at first.
    """
    x, y = _axes(small=small)
    points = alt.Chart(alt.NamedData("points")).encode(x=x, y=y)
    scale = 0.45 if small else 1.0
    rest = points.transform_filter("datum.outcome === 'rest'").mark_point(
        filled=True, size=26 * scale, color=theme.REST, opacity=0.25
    )
    if drags:
        value = alt.Undefined if brushed is None else dict(zip("xy", brushed, strict=True))
        rest = rest.add_params(
            alt.selection_interval(name=BRUSH, encodings=["x", "y"], value=value)  # type: ignore[arg-type]
        )
    told = points.encode(
        tooltip=[alt.Tooltip("image:N"), alt.Tooltip("sample:N"), alt.Tooltip("place:N")]
    )
    # Layers with fixed looks: to work out a colour and a shape for each mark takes longer.
    correct = told.transform_filter("datum.outcome === 'correct'").mark_point(
        filled=True, size=36 * scale, color=theme.CORRECT, opacity=0.55
    )
    incorrect = told.transform_filter("datum.outcome === 'incorrect'").mark_point(
        filled=True, shape="diamond", size=64 * scale, color=theme.INCORRECT, opacity=0.9
    )
    chart = alt.LayerChart(layer=[rest, correct, incorrect, *_edges()]).add_params(
        moving_axes.read_from("frame")
    )
    if small:
        width, height = SMALL_SIZE
        chart = chart.properties(width=width, height=height)
    else:
        chart = chart.properties(height=500)
    return theme.for_many_marks(chart)


def marks(points: pl.DataFrame) -> pl.DataFrame:
    """What the plot draws: the rest first, then correct samples, incorrect ones on top.

    The words of the tooltips come ready: browsers take longer to make them than to draw.

    Args:
        points: as `place_queries.place_points` returns.

    Returns:
        sample_id, class, outcome (`correct`, `incorrect`, or `rest` where not kept), angle,
        length, and in words: sample, place.
    """
    outcome = (
        pl.when(~pl.col("kept"))
        .then(pl.lit("rest"))
        .otherwise(pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("incorrect")))
    )
    order = {"rest": 0, "correct": 1, "incorrect": 2}
    return (
        points.with_columns(outcome=outcome)
        .sort(pl.col("outcome").replace_strict(order, return_dtype=pl.Int8), "sample_id")
        .select(
            "sample_id",
            "class",
            "outcome",
            "angle",
            "length",
            sample=pl.format(
                "{} ({}), predicted {} ({} %)",
                "sample_id",
                "class",
                "predicted",
                _rounded(100 * pl.col("confidence"), 1),
            ),
            place=pl.format(
                "angle {}°, length {}, margin {}",
                _rounded(pl.col("angle"), 1),
                _rounded(pl.col("length"), 2),
                _rounded(pl.col("margin"), 2),
            ),
        )
    )


def frame(ranges: Ranges, *, small: bool = False) -> pl.DataFrame:
    """What stands around the samples: captions, decision boundary, and the axes' ends.

    Args:
        ranges: low and high of each metric.
        small: fewer ticks.
    """
    ends = moving_axes.ends(ranges, about=3 if small else 6, strips=True)
    return captions(ranges, below=0.11 if small else 0.045).join(ends, how="cross")


def _rounded(value: pl.Expr, digits: int) -> pl.Expr:
    return value.cast(pl.Float64).round(digits).cast(pl.String).fill_null("undefined")


def _axes(*, small: bool) -> tuple[alt.X, alt.Y]:
    titles = SHORT_TITLES if small else AXIS_TITLES
    return (
        alt.X(
            "angle:Q",
            title=titles["angle"],
            scale=moving_axes.scale("angle"),
            axis=moving_axes.axis("angle", title_anchor="start"),
        ),
        alt.Y(
            "length:Q",
            title=titles["length"],
            scale=moving_axes.scale("length"),
            axis=moving_axes.axis("length", title_anchor="start"),
        ),
    )


def _edges() -> list[alt.Chart]:
    curves = alt.Chart(alt.NamedData("curves")).encode(
        fill=alt.Fill("outcome:N", scale=CORRECTNESS, legend=None),
        stroke=alt.Stroke("outcome:N", scale=CORRECTNESS, legend=None),
    )
    above = (
        curves.transform_filter("datum.metric !== 'length'")
        .mark_area(fillOpacity=0.25, strokeWidth=1.3, strokeOpacity=1)
        .encode(
            x="x:Q",
            y=alt.Y("y:Q", stack=None),
            y2=alt.Y2Datum(moving_axes.foot("length")),
            detail="metric:N",
        )
    )
    beside = (
        curves.transform_filter("datum.metric === 'length'")
        .mark_area(orient="horizontal", fillOpacity=0.25, strokeWidth=1.3, strokeOpacity=1)
        .encode(y="y:Q", x=alt.X("x:Q", stack=None), x2=alt.X2Datum(moving_axes.foot("angle")))
    )
    everything = (
        alt.Chart(alt.NamedData("outlines"))
        .mark_line(strokeWidth=1.2, strokeDash=[4, 3], color=theme.REST, opacity=0.8)
        .encode(x="x:Q", y="y:Q", detail=["metric:N", "outcome:N"], order="order:Q")
    )
    around = alt.Chart(alt.NamedData("frame"))
    words = (
        around.transform_filter("isValid(datum.text)")
        .mark_text(align="left", baseline="bottom", fontSize=10, color=theme.REFERENCE, dx=2)
        .encode(x="x:Q", y="y:Q", text="text:N")
    )
    boundary = (
        around.transform_filter("isValid(datum.y2)")
        .mark_rule(strokeDash=[3, 3], color=theme.REFERENCE)
        .encode(x="x:Q", y="y:Q", y2="y2:Q")
    )
    return [above, beside, everything, words, boundary]
