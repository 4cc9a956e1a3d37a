"""Across models: samples by how many models get them right, and each model's answers (figure 6)."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts import moving_axes
from core.display.charts.sample_click import sample_click

ROBUST, FRAGILE = "predicted robust", "predicted fragile"
_ROW_HEIGHT = 17
# Most cells are right: they stand back.
_PALE_CORRECT = f"{theme.CORRECT}59"


def share_scatter() -> alt.LayerChart:
    """Samples at their position under the reference, coloured by the share of models right.

    Rows of `points`: as `frames.scatter_points` returns, with image (an address, shown on hover).
    Row of `axes`: as `moving_axes.ends` returns for angle and length.
    """
    legend = alt.Legend(title="models right", format="%", gradientLength=140)
    colours = alt.Scale(scheme="viridis", domain=[0, 1])
    base = alt.Chart(alt.NamedData("points")).encode(
        **moving_axes.position(), color=alt.Color("share:Q", scale=colours, legend=legend)
    )
    told = ["image:N", "picture:N", "sample:N", "position:N"]
    picked = "isValid(datum.group)"
    others = (
        base.transform_filter(f"!{picked}").mark_circle(size=30, opacity=0.75).encode(tooltip=told)
    )
    shapes = alt.Scale(domain=[ROBUST, FRAGILE], range=["triangle-up", "square"])
    signs = alt.Legend(
        title=None, orient="bottom", symbolFillColor=theme.REFERENCE, symbolOpacity=1
    )
    marked = (
        base.transform_filter(picked)
        .mark_point(filled=True, size=90, opacity=1, stroke=theme.REFERENCE, strokeWidth=1)
        .encode(
            shape=alt.Shape("group:N", scale=shapes, legend=signs),
            tooltip=[*told, alt.Tooltip("group:N", title="by angle and length")],
        )
        .add_params(sample_click())
    )
    chart = alt.LayerChart(layer=[others, marked, moving_axes.note()]).properties(height=360)
    return theme.for_many_marks(chart.add_params(moving_axes.read_ends()))


def answer_grid() -> alt.Chart:
    """A row a sample, a column a model: right grey, wrong red.

    Rows of `cells`: as `frames.grid_cells` returns.
    """
    answers = alt.Scale(domain=["right", "wrong"], range=[_PALE_CORRECT, theme.INCORRECT])
    labels = alt.Axis(labelAngle=-90, labelLimit=130, labelOverlap="greedy", labelFontSize=10)
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("cells"), height=alt.Step(_ROW_HEIGHT))
        .mark_rect(stroke=None)
        .encode(
            x=alt.X(
                "model:N",
                sort=alt.EncodingSortField("column", op="min"),
                title=None,
                scale=alt.Scale(paddingInner=0.12),
                axis=labels,
            ),
            y=alt.Y(
                "sample:N",
                sort=alt.EncodingSortField("row", op="min"),
                title=None,
                scale=alt.Scale(paddingInner=0.15),
                axis=alt.Axis(labelLimit=130),
            ),
            color=alt.Color("answer:N", scale=answers, legend=alt.Legend(title=None, orient="top")),
            tooltip=[alt.Tooltip("model:N"), alt.Tooltip("words:N", title="sample")],
        )
    )
    return theme.for_many_marks(chart)
