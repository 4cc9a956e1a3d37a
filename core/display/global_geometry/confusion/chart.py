"""Samples by true and predicted class under one combination, or their change between two."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import altair as alt

from core.display import theme

CELL = "cell"
_NAME_ROOM = 90
_STRONGEST = 0.8
# for those who don't see the picture
_WORDS = (
    "'true ' + datum.class + ', predicted ' + datum.predicted + '; samples, reference: ' "
    "+ datum.reference + ', compared: ' + datum.compared"
)
_ROLE_COLOURS = {"reference": theme.REFERENCE, "compared": theme.COMPARED}


class MatrixShape(NamedTuple):
    """How many cells a matrix has, and how many characters its longest number."""

    rows: int
    columns: int
    characters: int = 3

    @property
    def side(self) -> int:
        """Of a cell, in pixels: three matrices of ten classes fit beside each other."""
        return max(20, min(25, 250 // max(1, self.columns)))

    @property
    def font_size(self) -> int:
        """Of the numbers: a digit is about six tenths as wide as it is high."""
        return max(7, min(11, int((self.side - 2) / (0.6 * max(1, self.characters)))))


def confusion_matrix(
    shape: MatrixShape,
    *,
    shown: Literal["difference", "reference", "compared"],
    text_colour: str = theme.REFERENCE,
) -> alt.LayerChart:
    """The samples of each true class (down) by predicted class (across).

    A plain matrix is coloured by the share of the true class; the difference by how many more
    (yellow) or fewer (grey) samples the compared has than the reference, as a part of the
    largest. The numbers are samples. The diagonal holds the right answers. A click picks a cell
    (selection CELL, fields `class` and `predicted`).

    Rows of `cells`: as `frames.matrices` returns. Of `rows` and `columns`: position, name, own (it
    stands on a band), and of `rows` largest (difference in samples). Of `frame`: row, column of
    the picked cell, or none.

    Args:
        shape: how large it is.
        shown: which numbers.
        text_colour: of the numbers, to be read on the page's background.
    """
    x, y = _channels(shape)
    bands = [
        alt.Chart(alt.NamedData(table))
        .transform_filter("datum.own")
        .mark_rect(color=theme.ACCENT, opacity=0.12)
        .encode(**place)
        for table, place in (("rows", {"y": y("position")}), ("columns", {"x": x("position")}))
    ]
    cells = (
        alt.Chart(alt.NamedData("cells"))
        .transform_calculate(words=_WORDS)
        .encode(x=x("column"), y=y("row"), tooltip=_tooltip(shape), description="words:N")
    )
    squares = (
        cells.mark_rect(cursor="pointer", stroke=theme.REFERENCE, strokeOpacity=0.25)
        .encode(color=_colour(shown))
        .add_params(alt.selection_point(name=CELL, fields=["class", "predicted"], empty=True))
    )
    numbers = (
        cells.transform_filter(f"datum.{shown} != 0")
        .mark_text(fontSize=shape.font_size, color=text_colour, cursor="pointer")
        .encode(text=alt.Text(f"{shown}:Q", format="+d" if shown == "difference" else "d"))
    )
    frame = (
        alt.Chart(alt.NamedData("frame"))
        .mark_rect(filled=False, stroke=theme.ACCENT, strokeWidth=2.5)
        .encode(x=x("column"), y=y("row"))
    )
    layers = alt.LayerChart(layer=[*bands, squares, numbers, frame])
    side = shape.side
    # the cells stay square whatever room names and legend take
    size: dict[str, Any] = {"width": side * shape.columns, "height": side * shape.rows}
    return theme.styled(layers.properties(**size, autosize="pad"))


def _channels(shape: MatrixShape) -> tuple[Any, Any]:
    """The channels of a column and of a row, by field."""

    def axis(table: str, **further: Any) -> alt.Axis:
        return alt.Axis(
            labelExpr=f"(data('{table}')[datum.value] || {{name: ''}}).name",
            labelOverlap=False,
            labelFlush=False,
            labelLimit=_NAME_ROOM,
            ticks=False,
            tickBand="extent",
            grid=True,
            gridOpacity=0.6,
            **further,
        )

    across = axis("columns", orient="top", labelAngle=-40)
    down = axis("rows")
    wide, high = (
        alt.Scale(domain=list(range(count)), paddingInner=0.06)
        for count in (shape.columns, shape.rows)
    )
    return (
        lambda field: alt.X(f"{field}:O", title="predicted class", scale=wide, axis=across),
        lambda field: alt.Y(f"{field}:O", title="true class", scale=high, axis=down),
    )


def _colour(shown: str) -> alt.Color:
    legend: dict[str, Any] = {
        "orient": "bottom", "direction": "horizontal", "titleLimit": 240, "gradientLength": 190,
        "gradientThickness": 10, "gradientStrokeColor": theme.REFERENCE, "gradientStrokeWidth": 0.5,
    }  # fmt: skip
    if shown == "difference":
        scale = alt.Scale(
            domain=[-1, 0, 1],
            range=[_with_opacity(theme.REFERENCE), _clear(), _with_opacity(theme.COMPARED)],
        )
        words = (
            "datum.value == 0 ? '0' : "
            "format(datum.value * (data('rows')[0] || {largest: 0}).largest, '+,.0f')"
        )
        return alt.Color(
            "strength:Q",
            title="samples, compared minus reference",
            scale=scale,
            legend=alt.Legend(values=[-1, 0, 1], labelExpr=words, **legend),
        )
    return alt.Color(
        f"{shown}_share:Q",
        title="share of the true class",
        scale=alt.Scale(domain=[0, 1], range=[_clear(), _with_opacity(_ROLE_COLOURS[shown])]),
        legend=alt.Legend(format=".0%", values=[0, 0.5, 1], **legend),
    )


def _tooltip(shape: MatrixShape) -> list[alt.Tooltip]:
    rows = {
        "class:N": "true class",
        "predicted:N": "predicted class",
        "reference_words:N": "samples, reference",
        "compared_words:N": "samples, compared",
    }
    found = [alt.Tooltip(field, title=title) for field, title in rows.items()]
    found.append(alt.Tooltip("difference:Q", title="difference", format="+,d"))
    if shape.rows > 1:
        found.append(alt.Tooltip("precision:N", title="precision"))
    return found


def _with_opacity(colour: str, opacity: float = _STRONGEST) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def _clear() -> str:
    return _with_opacity(theme.REFERENCE, 0)
