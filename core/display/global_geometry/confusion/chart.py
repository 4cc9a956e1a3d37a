"""True by predicted class, as difference of two combinations; a click picks a cell."""

from __future__ import annotations

from typing import Any

import altair as alt

from core.display import theme

CELL = "cell"
_NAME_ROOM = 90
# for those who don't see the picture
_WORDS = (
    "'true ' + datum.class + ', predicted ' + datum.predicted + '; samples, reference: ' "
    "+ datum.reference + ', compared: ' + datum.compared"
)


def confusion_change(count: int, *, text_colour: str = theme.REFERENCE) -> alt.LayerChart:
    """How many more samples of a class are predicted as another: compared minus reference.

    Yellow where the compared has more, grey where the reference has; the stronger, the more.
    The diagonal holds the right answers. A click picks a cell (selection CELL, fields `class`
    and `predicted`).

    Rows of `cells`: class, predicted (names), row, column (positions), reference, compared,
    difference (samples), strength (0 to 1). Of `classes`: position, name, own (its row and
    column stand on a band). Of `frame`: row, column of the picked cell, or none.

    Args:
        count: classes.
        text_colour: of the numbers, to be read on the page's background.
    """
    side = max(16, min(36, 560 // max(1, count)))
    placed: dict[str, Any] = {
        "labelExpr": "(data('classes')[datum.value] || {name: ''}).name",
        "labelOverlap": False,
        "labelFlush": False,
        "labelLimit": _NAME_ROOM,
        "ticks": False,
        "tickBand": "extent",
        "grid": True,
        "gridOpacity": 0.6,
    }
    scale = alt.Scale(domain=list(range(count)), paddingInner=0.06)
    across: dict[str, Any] = {
        "scale": scale,
        "axis": alt.Axis(orient="top", labelAngle=-40, **placed),
    }
    down: dict[str, Any] = {"scale": scale, "axis": alt.Axis(**placed)}

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:O", title="predicted", **across)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:O", title="true class", **down)

    band = (
        alt.Chart(alt.NamedData("classes"))
        .transform_filter("datum.own")
        .mark_rect(color=theme.ACCENT, opacity=0.12)
    )
    cells = (
        alt.Chart(alt.NamedData("cells"))
        .transform_calculate(words=_WORDS)
        .encode(
            x=x("column"),
            y=y("row"),
            tooltip=[
                alt.Tooltip("class:N", title="true class"),
                alt.Tooltip("predicted:N", title="predicted"),
                alt.Tooltip("reference:Q", title="samples, reference", format=",d"),
                alt.Tooltip("compared:Q", title="samples, compared", format=",d"),
                alt.Tooltip("difference:Q", title="difference", format="+,d"),
            ],
            description="words:N",
        )
    )
    colour = alt.condition(
        "datum.difference > 0", alt.value(theme.COMPARED), alt.value(theme.REFERENCE)
    )
    strength = alt.Scale(domain=[0, 1], range=[0, 0.75])
    squares = (
        cells.mark_rect(cursor="pointer", stroke=theme.REFERENCE, strokeOpacity=0.25)
        .encode(
            color=colour, fillOpacity=alt.FillOpacity("strength:Q", scale=strength, legend=None)
        )
        .add_params(alt.selection_point(name=CELL, fields=["class", "predicted"], empty=True))
    )
    numbers = (
        cells.transform_filter("datum.difference != 0")
        .mark_text(fontSize=11 if side > 24 else 9, color=text_colour, cursor="pointer")
        .encode(text=alt.Text("difference:Q", format="+d"))
    )
    frame = (
        alt.Chart(alt.NamedData("frame"))
        .mark_rect(filled=False, stroke=theme.ACCENT, strokeWidth=2.5)
        .encode(x=x("column"), y=y("row"))
    )
    bands = [band.encode(y=y("position")), band.encode(x=x("position"))]
    layers = alt.LayerChart(layer=[*bands, squares, numbers, frame])
    return theme.styled(layers.properties(width=side * count, height=side * count))
