"""One sample in pictures: models by conditions, angles to classes, ways, and a waterfall."""

from __future__ import annotations

import json
from typing import Any

import altair as alt

from core.display import theme
from core.display.charts import moving_axes

CELL = "cell"
COLOURS = {"answer": "Right or wrong", "probability": "True-class probability"}
_ROLES = alt.Scale(domain=["reference", "compared"], range=[theme.REFERENCE, theme.COMPARED])
_PALE_CORRECT = f"{theme.CORRECT}59"
_WIDEST, _HIGHEST = 940, 620


def condition_map(
    models: tuple[str, ...], heads: tuple[str, ...], *, shown: str, text: str
) -> alt.LayerChart:
    """A row a model, a column a condition; a click on a cell selects CELL by row and column.

    Rows of `cells`: row, column, answer, probability, words, as `map_frames.map_cells` returns.
    Rows of `shown`: row and column of reference and compared, with role. Places are numbers and
    a cell has one text: as names, with four texts a cell, 4,000 cells took twice as long.

    Args:
        models: in words, a row each.
        heads: what stands above each column, nothing above most.
        shown: what the colour of a cell says, one of COLOURS.
        text: colour of the outlines of reference and compared on the page's background.
    """
    cell = max(7, min(26, _WIDEST // max(1, len(heads))))
    height = max(11, min(20, _HIGHEST // max(1, len(models))))
    looks: dict[str, Any] = {"ticks": False, "labelOverlap": False, "labelFlush": False}
    across = alt.X(
        "column:O",
        scale=alt.Scale(domain=list(range(len(heads)))),
        title=None,
        axis=alt.Axis(
            orient="top",
            values=[place for place, head in enumerate(heads) if head],
            labelExpr=f"{json.dumps(heads)}[datum.value]",
            labelAngle=-45,
            labelAlign="left",
            **looks,
        ),
    )
    down = alt.Y(
        "row:O",
        scale=alt.Scale(domain=list(range(len(models)))),
        title=None,
        axis=alt.Axis(
            labelExpr=f"{json.dumps(models)}[datum.value]",
            labelLimit=170,
            labelFontSize=10,
            **looks,
        ),
    )
    colour = (
        alt.Color(
            "answer:N",
            scale=alt.Scale(domain=["right", "wrong"], range=[_PALE_CORRECT, theme.INCORRECT]),
            legend=alt.Legend(title=None, orient="bottom"),
        )
        if shown == "answer"
        else alt.Color(
            "probability:Q",
            scale=alt.Scale(scheme="viridis", domain=[0, 1]),
            legend=alt.Legend(
                title="true-class probability", orient="bottom", gradientLength=180, format="%"
            ),
        )
    )
    cells = (
        alt.Chart(alt.NamedData("cells"))
        .mark_rect(stroke=None)
        .encode(x=across, y=down, color=colour, tooltip=alt.Tooltip("words:N", title="sample"))
        .add_params(
            alt.selection_point(name=CELL, fields=["row", "column"], toggle=False, clear=False)
        )
    )
    outline = alt.Chart(alt.NamedData("shown")).encode(x=across, y=down)
    halo = outline.mark_rect(filled=False, stroke=text, strokeWidth=5, opacity=1)
    roles = outline.mark_rect(filled=False, strokeWidth=3, opacity=1).encode(
        stroke=alt.Stroke("role:N", scale=_ROLES, legend=alt.Legend(title=None, orient="bottom"))
    )
    chart = alt.LayerChart(layer=[cells, halo, roles]).properties(
        width=alt.Step(cell), height=alt.Step(height)
    )
    return theme.for_many_marks(chart)


def class_angle_plot(*, classes: int) -> alt.LayerChart:
    """A column a class, the sample's angle to it under reference and compared.

    Rows of `angles`: as `frames.class_angles` returns.

    Args:
        classes: columns.
    """
    base = alt.Chart(alt.NamedData("angles")).encode(
        x=alt.X(
            "class:N",
            sort=alt.EncodingSortField("place", op="min"),
            title=None,
            axis=alt.Axis(labelAngle=-45, labelLimit=110, grid=True, gridOpacity=0.4),
        ),
        y=alt.Y("angle:Q", title="angle to the class's direction (degrees)", scale=_near_zero()),
    )
    paths = base.mark_line(color=theme.REST, strokeWidth=1.5, opacity=0.8).encode(detail="class:N")
    dots = base.mark_point(filled=True, opacity=1).encode(
        color=alt.Color("role:N", scale=_ROLES, legend=alt.Legend(title=None, orient="top")),
        shape=alt.Shape(
            "role:N",
            scale=alt.Scale(domain=["reference", "compared"], range=["circle", "diamond"]),
            legend=None,
        ),
        size=alt.condition("datum.own !== ''", alt.value(130), alt.value(55)),
        tooltip=alt.Tooltip("words:N", title="angle"),
    )
    truth = (
        base.transform_filter("datum.own !== ''")
        .transform_filter("datum.role === 'reference'")
        .mark_rule(strokeDash=[3, 3], color=theme.ACCENT, opacity=0.7)
        .encode(y=alt.value(0), y2=alt.value(alt.ExprRef("height")))
    )
    chart = alt.LayerChart(layer=[truth, paths, dots]).properties(
        width=alt.Step(max(12, min(46, _WIDEST // max(1, classes)))), height=260
    )
    return theme.styled(chart)


def way(table: str, colours: tuple[tuple[str, str], ...]) -> alt.LayerChart:
    """The way of one sample through angle and length, a line for each of several.

    Rows of the table: as `path_frames.Paths` says. Row of `axes`: as `moving_axes.ends` returns.

    Args:
        table: name of the rows.
        colours: of each line.
    """
    lines = dict(colours)
    scale = alt.Scale(domain=list(lines), range=list(lines.values()))
    legend = alt.Legend(title=None, orient="top", columns=4, labelLimit=180)
    base = alt.Chart(alt.NamedData(table)).encode(
        **moving_axes.position(), color=alt.Color("line:N", scale=scale, legend=legend)
    )
    drawn = base.mark_line(strokeWidth=1.6, opacity=0.75).encode(order="step:Q")
    answers: dict[str, Any] = {
        "domain": ["right", "wrong"],
        "range": ["circle", "cross"],
    }
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(
        shape=alt.Shape(
            "answer:N",
            scale=alt.Scale(**answers),
            legend=alt.Legend(title=None, orient="bottom", symbolFillColor=theme.REFERENCE),
        ),
        tooltip=alt.Tooltip("words:N", title="sample"),
    )
    words = base.mark_text(align="left", dx=6, dy=-5, fontSize=10).encode(text="label:N")
    chart = alt.LayerChart(layer=[drawn, dots, words, moving_axes.note()]).properties(height=420)
    return theme.styled(chart.add_params(moving_axes.read_ends()))


def gap_waterfall(*, text: str) -> alt.LayerChart:
    """From the logit gap under the reference to that under the compared, step by step.

    Rows of `steps`: as `anatomy_frames.waterfall` returns.

    Args:
        text: colour of the numbers on the page's background.
    """
    kinds = alt.Scale(
        domain=["reference", "compared", "rises", "falls"],
        range=[theme.REFERENCE, theme.COMPARED, theme.HIGHER, theme.LOWER],
    )
    base = alt.Chart(alt.NamedData("steps")).encode(
        y=alt.Y(
            "step:N",
            sort=alt.EncodingSortField("place", op="min"),
            title=None,
            axis=alt.Axis(labelLimit=200),
        )
    )
    title = "logit gap: true class minus the best other class"
    bars = base.mark_bar(height={"band": 0.62}).encode(
        x=alt.X("low:Q", title=title, scale=alt.Scale(nice=True)),
        x2="high:Q",
        color=alt.Color("kind:N", scale=kinds, legend=None),
        tooltip=[alt.Tooltip("step:N", title="step"), alt.Tooltip("label:N", title="value")],
    )
    numbers = base.mark_text(align="left", dx=5, color=text).encode(x="high:Q", text="label:N")
    zero = (
        alt.Chart(alt.NamedData("steps"))
        .mark_rule(strokeDash=[4, 3], color=theme.REFERENCE)
        .encode(x=alt.datum(0))
    )
    chart = alt.LayerChart(layer=[bars, zero, numbers]).properties(height=alt.Step(30))
    return theme.styled(chart)


def _near_zero() -> alt.Scale:
    return alt.Scale(zero=False, nice=True)
