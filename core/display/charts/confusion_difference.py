"""True by predicted class, as difference of two combinations; a click picks a cell."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from core.display import theme

CELL = "cell"


def confusion_difference(
    cells: pl.DataFrame,
    names: Sequence[str],
    *,
    own: str | None = None,
    picked: tuple[str, str] | None = None,
    ink: str = theme.REFERENCE,
) -> alt.LayerChart:
    """How many more samples of a class are predicted as another: compared minus reference.

    Yellow where the compared has more, grey where the reference has; size and colour by
    how many. The diagonal holds the right answers. A click picks a cell (selection CELL,
    fields `class` and `predicted`).

    Args:
        cells: class, predicted, reference, compared, difference (samples).
        names: classes in order, of rows and columns alike.
        own: the chosen class, whose name is bold.
        picked: true and predicted class of the cell to frame.
        ink: colour of the numbers, to be read on the page's background.
    """
    side = max(16, min(36, 560 // max(1, len(names))))
    size = side * len(names)
    index = list(names).index(own) if own is not None and own in names else -1
    weight = {"condition": {"test": f"datum.index == {index}", "value": "bold"}, "value": "normal"}
    scale = alt.Scale(domain=list(names), paddingInner=0.06)
    largest = max(1, int(cells["difference"].abs().max() or 0))  # type: ignore[arg-type]
    x = alt.X(
        "predicted:N",
        title="predicted as",
        scale=scale,
        axis=alt.Axis(orient="top", labelAngle=-40, labelOverlap=False, ticks=False, labelLimit=90,
                      labelFontWeight=weight),
    )  # fmt: skip
    y = alt.Y(
        "class:N",
        title="true class",
        scale=scale,
        axis=alt.Axis(labelOverlap=False, ticks=False, labelLimit=90, labelFontWeight=weight),
    )
    pick = alt.selection_point(name=CELL, fields=["class", "predicted"], empty=True)
    base = alt.Chart(cells)
    squares = (
        base.mark_rect(cursor="pointer", stroke=theme.REFERENCE, strokeOpacity=0.25)
        .encode(
            x=x,
            y=y,
            color=alt.condition(
                "datum.difference > 0", alt.value(theme.COMPARED), alt.value(theme.REFERENCE)
            ),
            fillOpacity=alt.FillOpacity(
                "size:Q", scale=alt.Scale(domain=[0, largest], range=[0, 0.75]), legend=None
            ),
            tooltip=[
                alt.Tooltip("class:N", title="true class"),
                alt.Tooltip("predicted:N", title="predicted as"),
                alt.Tooltip("reference:Q", title="samples, reference"),
                alt.Tooltip("compared:Q", title="samples, compared"),
                alt.Tooltip("difference:Q", title="difference", format="+d"),
            ],
        )
        .transform_calculate(size="abs(datum.difference)")
        .add_params(pick)
    )
    numbers = (
        alt.Chart(cells.filter(pl.col("difference") != 0), name="unhovered_numbers")
        .mark_text(fontSize=11 if side > 24 else 9, color=ink)
        .encode(x=x, y=y, text=alt.Text("difference:Q", format="+d"))
    )
    framed = cells.filter(
        (pl.col("class") == (picked or ("", ""))[0])
        & (pl.col("predicted") == (picked or ("", ""))[1])
    )
    frame = (
        alt.Chart(framed, name="unhovered_frame")
        .mark_rect(filled=False, stroke=theme.METHOD_COLOURS["magnitude"], strokeWidth=2.5)
        .encode(x=x, y=y)
    )
    return theme.styled(
        alt.LayerChart(layer=[squares, numbers, frame]).properties(width=size, height=size)
    )
