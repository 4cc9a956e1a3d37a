"""Samples by how many models get them right, and what each model says (paper, figure 6)."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.local_geometry import AXIS_TITLES
from core.display.charts.margin_curves import Ranges, ticks
from core.display.charts.titles import titled

ROW_HEIGHT = 17


def share_scatter(samples: pl.DataFrame, ranges: Ranges, *, groups: list[str]) -> alt.LayerChart:
    """Samples at their place under the reference, coloured by the share of models right.

    Args:
        samples: sample_id, class, angle, length, right, models, share, group.
        ranges: low and high of angle and length.
        groups: the groups that are picked out, by shape: triangle, square.
    """
    base = alt.Chart(samples).encode(
        x=alt.X("angle:Q", **_place("angle", ranges)),
        y=alt.Y("length:Q", **_place("length", ranges)),
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(scheme="viridis", domain=[0, 1]),
            legend=alt.Legend(title="models right", format="%", gradientLength=140),
        ),
        tooltip=[
            alt.Tooltip("sample_id:Q", title="sample"),
            alt.Tooltip("class:N", title="class"),
            alt.Tooltip("right:Q", title="models right"),
            alt.Tooltip("models:Q", title="of"),
            alt.Tooltip("group:N", title="group"),
            alt.Tooltip("angle:Q", title="angle (degrees)", format=".1f"),
            alt.Tooltip("length:Q", title="length", format=".2f"),
        ],
    )
    picked = alt.FieldOneOfPredicate(field="group", oneOf=groups)
    others = base.transform_filter(~picked).mark_circle(size=30, opacity=0.75)
    marked = (
        base.transform_filter(picked)
        .mark_point(filled=True, size=90, opacity=1, stroke=theme.REFERENCE, strokeWidth=1)
        .encode(
            shape=alt.Shape(
                "group:N",
                scale=alt.Scale(domain=groups, range=["triangle-up", "square"]),
                legend=alt.Legend(
                    title=None, orient="bottom", symbolFillColor=theme.REFERENCE, symbolOpacity=1
                ),
            )
        )
    )
    chart = alt.LayerChart(layer=[others, marked]).properties(
        height=360, title=titled("Places under the reference", "colour: share of models right")
    )
    return theme.styled(chart)


def answer_grid(answers: pl.DataFrame) -> alt.Chart:
    """A row a sample, a column a model: right grey, wrong red.

    Args:
        answers: sample, place, group, model, order, answer, predicted.
    """
    rows = answers.select("sample", "place").unique().sort("place")["sample"].to_list()
    columns = answers.select("model", "order").unique().sort("order")["model"].to_list()
    chart: alt.Chart = (
        alt.Chart(answers)
        .mark_rect(stroke=None)
        .encode(
            x=alt.X(
                "model:N",
                sort=columns,
                title=None,
                scale=alt.Scale(paddingInner=0.12),
                axis=alt.Axis(labelAngle=-60, labelLimit=120, labelOverlap=False, labelFontSize=10),
            ),
            y=alt.Y(
                "sample:N",
                sort=rows,
                title=None,
                scale=alt.Scale(paddingInner=0.15),
                axis=alt.Axis(labelLimit=110),
            ),
            color=alt.Color(
                "answer:N",
                scale=alt.Scale(domain=["right", "wrong"], range=[theme.CORRECT, theme.INCORRECT]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            opacity=alt.when("datum.answer === 'right'")
            .then(alt.value(0.35))
            .otherwise(alt.value(1)),
            tooltip=[
                alt.Tooltip("sample:N"),
                alt.Tooltip("group:N"),
                alt.Tooltip("model:N"),
                alt.Tooltip("predicted:N", title="says"),
                alt.Tooltip("answer:N"),
            ],
        )
        .properties(height=ROW_HEIGHT * len(rows) + 150)
    )
    return theme.styled(chart)


def _place(metric: str, ranges: Ranges) -> dict[str, Any]:
    return {
        "title": AXIS_TITLES[metric],
        "scale": alt.Scale(domain=list(ranges[metric]), zero=False, nice=False),
        "axis": alt.Axis(values=ticks(*ranges[metric]), gridOpacity=0.5),
    }
