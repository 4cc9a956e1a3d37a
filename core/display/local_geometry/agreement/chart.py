"""Samples by how many models get them right, and what each model says (paper, figure 6)."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.edge_curves import Ranges, ticks
from core.display.local_geometry.scatter.chart import AXIS_TITLES

ROW_HEIGHT = 17


def share_scatter(ranges: Ranges, *, groups: Sequence[str]) -> alt.LayerChart:
    """Samples at their place under the reference, coloured by the share of models right.

    Rows of `points`: as `share_marks` returns.

    Args:
        ranges: low and high of angle and length.
        groups: the groups that are picked out, by shape: triangle, square.
    """
    (left, right), (low, high) = ranges["angle"], ranges["length"]
    base = alt.Chart(alt.NamedData("points")).encode(
        x=alt.X(
            "angle:Q",
            title=AXIS_TITLES["angle"],
            scale=alt.Scale(domain=[left, right], zero=False, nice=False),
            axis=alt.Axis(values=ticks(left, right), gridOpacity=0.5),
        ),
        y=alt.Y(
            "length:Q",
            title=AXIS_TITLES["length"],
            scale=alt.Scale(domain=[low, high], zero=False, nice=False),
            axis=alt.Axis(values=ticks(low, high), gridOpacity=0.5),
        ),
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(scheme="viridis", domain=[0, 1]),
            legend=alt.Legend(title="models right", format="%", gradientLength=140),
        ),
        tooltip=[
            alt.Tooltip("image:N"),
            alt.Tooltip("sample:N"),
            alt.Tooltip("place:N"),
            alt.Tooltip("group:N"),
        ],
    )
    picked = alt.FieldOneOfPredicate(field="group", oneOf=list(groups))
    others = base.transform_filter(~picked).mark_circle(size=30, opacity=0.75)
    marked = (
        base.transform_filter(picked)
        .mark_point(filled=True, size=90, opacity=1, stroke=theme.REFERENCE, strokeWidth=1)
        .encode(
            shape=alt.Shape(
                "group:N",
                scale=alt.Scale(domain=list(groups), range=["triangle-up", "square"]),
                legend=alt.Legend(
                    title=None, orient="bottom", symbolFillColor=theme.REFERENCE, symbolOpacity=1
                ),
            )
        )
    )
    return theme.for_many_marks(alt.LayerChart(layer=[others, marked]).properties(height=360))


def share_marks(samples: pl.DataFrame) -> pl.DataFrame:
    """What the scatter draws: angle, length, share, group, image, and in words sample, place.

    Args:
        samples: sample_id, class, angle, length, right, models, share, group, image.
    """
    return samples.select(
        "angle",
        "length",
        "share",
        "group",
        "image",
        sample=pl.format(
            "{} ({}), right under {} of {} models", "sample_id", "class", "right", "models"
        ),
        place=pl.format(
            "angle {}°, length {}",
            pl.col("angle").cast(pl.Float64).round(1),
            pl.col("length").cast(pl.Float64).round(2),
        ),
    )


def answer_grid(*, models: Sequence[str]) -> alt.Chart:
    """A row a sample, a column a model: right grey, wrong red.

    Rows of `answers`: as `answer_cells` returns.

    Args:
        models: the columns in order.
    """
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("answers"))
        .mark_rect(stroke=None)
        .encode(
            x=alt.X(
                "model:N",
                sort=list(models),
                title=None,
                scale=alt.Scale(paddingInner=0.12, domain=list(models)),
                axis=alt.Axis(
                    labelAngle=-90, labelLimit=130, labelOverlap="greedy", labelFontSize=10
                ),
            ),
            y=alt.Y(
                "sample:N",
                sort=alt.EncodingSortField("place", op="min"),
                title=None,
                scale=alt.Scale(paddingInner=0.15),
                axis=alt.Axis(labelLimit=130),
            ),
            color=alt.Color(
                "answer:N",
                scale=alt.Scale(domain=["right", "wrong"], range=[theme.CORRECT, theme.INCORRECT]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            opacity=alt.Opacity(
                "answer:N",
                scale=alt.Scale(domain=["right", "wrong"], range=[0.35, 1]),
                legend=None,
            ),
            tooltip=[alt.Tooltip("model:N"), alt.Tooltip("words:N", title="sample")],
        )
        .properties(height=alt.Step(ROW_HEIGHT))
    )
    return theme.for_many_marks(chart)


def answer_cells(answers: pl.DataFrame) -> pl.DataFrame:
    """The cells of the grid: sample, place (order of the rows), model, answer, words.

    Args:
        answers: sample, place, group, model, answer, predicted.
    """
    return answers.select(
        "sample",
        "place",
        "model",
        "answer",
        words=pl.format("{} ({}), predicted {}", "sample", "group", "predicted"),
    )
