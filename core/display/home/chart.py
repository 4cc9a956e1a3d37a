"""The figures of Home: answers of two models by angle and length, accuracy, all models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from core.display import theme
from core.display.charts import moving_axes
from core.display.charts.sample_click import sample_click

MODEL = "model"
"""The selection of `all_models`: a click on a model."""
_OUTCOMES = list(theme.OUTCOME_COLOURS)
_COLOURS = alt.Scale(domain=_OUTCOMES, range=list(theme.OUTCOME_COLOURS.values()))
_SHAPES = alt.Scale(domain=_OUTCOMES, range=["circle", "diamond", "square", "cross"])
_HALF_HEIGHT = 330
# Fractions that remain, at which a sparsity is written.
_MARKS = (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0001)


def answers_plot(*, role: str) -> alt.LayerChart:
    """The same images by angle and length under one of two models, coloured by both answers.

    What both get right is pale. Rows of `points`: as `answers_frames.answer_marks` returns, with
    image (an address, shown on hover) and picture. Row of `axes`: the ends of angle and length.

    Args:
        role: `reference` for the first, `compared` for the second model.
    """
    base = alt.Chart(alt.NamedData("points")).encode(
        **moving_axes.position(f"{role}_"),
        tooltip=[
            alt.Tooltip("image:N"),
            alt.Tooltip("picture:N"),
            alt.Tooltip("sample:N"),
            alt.Tooltip("answers:N", title="answers of the two"),
            alt.Tooltip(f"{role}_words:N", title="here"),
        ],
    )
    same = base.transform_filter("datum.outcome === 'both right'").mark_point(
        filled=True, size=22, color=theme.CORRECT, opacity=0.3
    )
    other = (
        base.transform_filter("datum.outcome !== 'both right'")
        .mark_point(filled=True, size=34, opacity=0.85)
        .encode(
            color=alt.Color("outcome:N", scale=_COLOURS, legend=None),
            shape=alt.Shape("outcome:N", scale=_SHAPES, legend=None),
        )
        .add_params(sample_click())
    )
    chart = alt.LayerChart(layer=[same, other, moving_axes.note()], height=_HALF_HEIGHT)
    return theme.for_many_marks(chart.add_params(moving_axes.read_ends()))


def accuracy_by_sparsity(colours: Mapping[str, str], *, fewest: float = 0.01) -> alt.LayerChart:
    """Mean accuracy by target sparsity: clean solid, corrupted dashed; measured points joined.

    Rows come from the table `points`, as `accuracy_curves` returns it.

    Args:
        colours: of each series.
        fewest: the least fraction of weights that remains.
    """
    base = (
        alt.Chart(alt.NamedData("points"))
        .transform_calculate(remaining=f"max(1 - datum.ratio, {fewest})")
        .encode(
            x=sparsity_axis("target sparsity", fewest),
            y=alt.Y(
                "accuracy:Q",
                title="accuracy",
                axis=alt.Axis(format="%", tickCount=5),
                scale=alt.Scale(domain=[0, 1]),
            ),
            color=theme.series_channel(colours),
            tooltip=[
                alt.Tooltip("series:N", title="method"),
                alt.Tooltip("ratio:Q", title="target sparsity", format=".1%"),
                alt.Tooltip("images:N", title="images"),
                alt.Tooltip("accuracy:Q", title="accuracy", format=".1%"),
            ],
        )
    )
    dash = alt.StrokeDash(
        "images:N",
        scale=alt.Scale(domain=["clean", "corrupted"], range=[[1, 0], [4, 4]]),
        legend=alt.Legend(
            title=None,
            orient="bottom",
            direction="horizontal",
            symbolType="stroke",
            symbolStrokeColor=theme.REFERENCE,
            symbolStrokeWidth=2.2,
            symbolSize=300,
            labelExpr="datum.label == 'clean' ? 'clean images' : 'corrupted images (mean)'",
        ),
    )
    layers: list[Any] = [
        base.mark_line(strokeWidth=2, interpolate="linear").encode(strokeDash=dash),
        base.mark_point(filled=True, size=36, opacity=1),
    ]
    return theme.styled(alt.LayerChart(layer=layers).properties(height=420))


def all_models(colours: Mapping[str, str], *, across: str, fewest: float) -> alt.Chart:
    """Every model: mean accuracy on corrupted images by sparsity or size; a click picks one.

    Rows of `models`: as `model_rows` returns.

    Args:
        colours: of each series.
        across: `sparsity` or `parameters`.
        fewest: the least fraction of weights that remains.
    """
    x = (
        sparsity_axis("sparsity", fewest)
        if across == "sparsity"
        else alt.X(
            "parameters:Q",
            title="parameters that are not zero",
            scale=alt.Scale(type="log", nice=False, padding=12),
            axis=alt.Axis(format="~s", tickCount=5),
        )
    )
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("models"))
        .mark_point(filled=True, size=70, opacity=0.9, cursor="pointer")
        .encode(
            x=x,
            y=alt.Y(
                "accuracy:Q",
                title="mean accuracy, corrupted images",
                axis=alt.Axis(format="%", tickCount=5),
                scale=alt.Scale(zero=False, padding=10),
            ),
            color=theme.series_channel(colours),
            tooltip=[
                alt.Tooltip("model:N"),
                alt.Tooltip("sparsity:Q", title="sparsity", format=".1%"),
                alt.Tooltip("parameters:Q", title="parameters not zero", format=","),
                alt.Tooltip("clean:Q", title="accuracy, clean images", format=".1%"),
                alt.Tooltip("accuracy:Q", title="mean accuracy, corrupted", format=".1%"),
            ],
        )
        .add_params(
            alt.selection_point(name=MODEL, fields=["name"], on="click", toggle=False, clear=False)
        )
        .properties(height=380)
    )
    return theme.styled(chart)


def sparsity_axis(title: str, fewest: float) -> alt.X:
    """Sparsity by the fraction `remaining`, on a logarithmic scale: 90 to 99 % has room.

    Args:
        title: of the axis.
        fewest: the least fraction of weights that remains.
    """
    marks = [mark for mark in _MARKS if mark >= 0.95 * fewest]
    return alt.X(
        "remaining:Q",
        title=f"{title} (logarithmic in what remains)",
        scale=alt.Scale(type="log", domain=[1, fewest], nice=False, padding=12),
        axis=alt.Axis(values=marks, labelExpr="format(1 - datum.value, '.4~%')", grid=True),
    )
