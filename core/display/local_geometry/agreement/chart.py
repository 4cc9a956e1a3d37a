"""Across models: samples by how many models get them right, and each model's answers (figure 6)."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts.moving_axes import read_from, x_of, y_of
from core.metrics import METRICS

ROBUST, FRAGILE = "predicted robust", "predicted fragile"
_ROW_HEIGHT = 17
# Most cells are right: they stand back.
_PALE_CORRECT = f"{theme.CORRECT}59"


def share_scatter() -> alt.LayerChart:
    """Samples at their position under the reference, coloured by the share of models right.

    Rows of `points`: as `frames.scatter_points` returns, with image (an address, shown on hover).
    Row of `axes`: as `moving_axes.ends` returns for angle and length.
    """
    base = alt.Chart(alt.NamedData("points")).encode(
        x=x_of("angle", "angle", title=METRICS["angle"].axis_title),
        y=y_of("length", "length", title=METRICS["length"].axis_title),
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(scheme="viridis", domain=[0, 1]),
            legend=alt.Legend(title="models right", format="%", gradientLength=140),
        ),
    )
    told = [alt.Tooltip("image:N"), alt.Tooltip("sample:N"), alt.Tooltip("position:N")]
    picked = "isValid(datum.group)"
    others = (
        base.transform_filter(f"!{picked}").mark_circle(size=30, opacity=0.75).encode(tooltip=told)
    )
    marked = (
        base.transform_filter(picked)
        .mark_point(filled=True, size=90, opacity=1, stroke=theme.REFERENCE, strokeWidth=1)
        .encode(
            shape=alt.Shape(
                "group:N",
                scale=alt.Scale(domain=[ROBUST, FRAGILE], range=["triangle-up", "square"]),
                legend=alt.Legend(
                    title=None, orient="bottom", symbolFillColor=theme.REFERENCE, symbolOpacity=1
                ),
            ),
            tooltip=[*told, alt.Tooltip("group:N", title="by angle and length")],
        )
    )
    # draws nothing: the axes are read from its table
    axes = alt.Chart(alt.NamedData("axes")).mark_text(text="")
    chart = alt.LayerChart(layer=[others, marked, axes]).properties(height=360)
    return theme.for_many_marks(chart.add_params(read_from("axes")))


def answer_grid() -> alt.Chart:
    """A row a sample, a column a model: right grey, wrong red.

    Rows of `cells`: as `frames.grid_cells` returns.
    """
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("cells"))
        .mark_rect(stroke=None)
        .encode(
            x=alt.X(
                "model:N",
                sort=alt.EncodingSortField("column", op="min"),
                title=None,
                scale=alt.Scale(paddingInner=0.12),
                axis=alt.Axis(
                    labelAngle=-90, labelLimit=130, labelOverlap="greedy", labelFontSize=10
                ),
            ),
            y=alt.Y(
                "sample:N",
                sort=alt.EncodingSortField("row", op="min"),
                title=None,
                scale=alt.Scale(paddingInner=0.15),
                axis=alt.Axis(labelLimit=130),
            ),
            color=alt.Color(
                "answer:N",
                scale=alt.Scale(domain=["right", "wrong"], range=[_PALE_CORRECT, theme.INCORRECT]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[alt.Tooltip("model:N"), alt.Tooltip("words:N", title="sample")],
        )
        .properties(height=alt.Step(_ROW_HEIGHT))
    )
    return theme.for_many_marks(chart)
