"""Class directions: matrices of cosines, and norms and biases by class."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt

from core.display import theme

Shown = Literal["reference", "compared", "difference"]
_NUMBERED = 12


def cosine_matrix(classes: int, *, shown: Shown, text: str) -> alt.LayerChart:
    """Cosine between the directions of each two classes, or its change.

    Rows of `cells`: row, column, row_id, column_id, reference, compared, difference.

    Args:
        classes: how many there are.
        shown: which number.
        text: colour of the numbers, on the page's background.
    """
    side = max(5, min(31, 330 // max(1, classes)))
    numbered = classes <= _NUMBERED
    axis: dict[str, Any] = {
        "labels": classes <= 40,
        "ticks": False,
        "domain": False,
        "labelLimit": 70,
    }
    x = alt.X(
        "column:N", sort=alt.EncodingSortField("column_id", op="min"), title=None,
        axis=alt.Axis(orient="top", labelAngle=0 if numbered else -60, **axis),
    )  # fmt: skip
    y = alt.Y(
        "row:N", sort=alt.EncodingSortField("row_id", op="min"), title=None, axis=alt.Axis(**axis)
    )
    title = "change of the cosine" if shown == "difference" else "cosine"
    colours = alt.Scale(
        domain=[-1, 0, 1],
        range=["rgba(209, 52, 59, 0.85)", "rgba(125, 134, 148, 0.05)", "rgba(47, 108, 206, 0.85)"],
        clamp=True,
    )
    base = alt.Chart(alt.NamedData("cells")).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("row:N", title="class"),
            alt.Tooltip("column:N", title="and class"),
            *(
                alt.Tooltip(f"{one}:Q", format="+.3f")
                for one in ("reference", "compared", "difference")
            ),
        ],
    )
    legend = alt.Legend(
        title=title, orient="bottom", direction="horizontal", gradientLength=200,
        gradientThickness=10, values=[-1, 0, 1], format="d",
    )  # fmt: skip
    squares = base.mark_rect(stroke=theme.REFERENCE, strokeOpacity=0.2).encode(
        color=alt.Color(f"{shown}:Q", scale=colours, legend=legend)
    )
    layers = [squares]
    if numbered:
        numbers = base.mark_text(fontSize=9.5, color=text).encode(
            text=alt.Text(f"{shown}:Q", format="+.2f" if shown == "difference" else ".2f")
        )
        layers.append(numbers)
    chart = alt.LayerChart(
        layer=layers, width=side * classes, height=side * classes, autosize="pad"
    )
    return theme.for_many_marks(chart)


def by_class(*, shown: Literal["norm", "bias"]) -> alt.LayerChart:
    """Norm of each class direction, or bias of each class: reference grey, compared yellow.

    Rows of `classes`: class, class_id, role, norm, bias.

    Args:
        shown: which number.
    """
    titles = {"norm": "norm of the class direction", "bias": "bias"}
    scale = alt.Scale(domain=["reference", "compared"], range=[theme.REFERENCE, theme.COMPARED])
    base = alt.Chart(alt.NamedData("classes")).encode(
        y=alt.Y(
            "class:N",
            sort=alt.EncodingSortField("class_id", op="min"),
            title=None,
            axis=alt.Axis(grid=True, gridOpacity=0.4, labelLimit=120),
        )
    )
    links = base.mark_line(color=theme.REFERENCE, opacity=0.6).encode(
        x=f"{shown}:Q", detail="class:N"
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X(f"{shown}:Q", title=titles[shown], scale=alt.Scale(zero=True)),
        color=alt.Color("role:N", scale=scale, legend=None),
        tooltip=[
            alt.Tooltip("class:N"),
            alt.Tooltip("role:N", title="model"),
            alt.Tooltip(f"{shown}:Q", format=".4~g", title=titles[shown]),
        ],
    )
    return theme.styled(alt.LayerChart(layer=[links, dots], height=alt.Step(22)))
