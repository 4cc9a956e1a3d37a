"""True by predicted class, as difference of two combinations; a click picks a cell."""

from __future__ import annotations

import altair as alt

from core.display import theme

CELL = "cell"


def confusion_difference(names: tuple[str, ...], *, ink: str = theme.REFERENCE) -> alt.LayerChart:
    """How many more samples of a class are predicted as another: compared minus reference.

    Yellow where the compared has more, grey where the reference has; the stronger, the more.
    The diagonal holds the right answers. A click picks a cell (selection CELL, fields `class`
    and `predicted`).

    Rows of `cells`: class, predicted, reference, compared, difference (samples), strength
    (0 to 1). Of `own`: class, whose row and column stand on a band, or none. Of `frame`:
    class, predicted of the picked cell, or none.

    Args:
        names: classes in order, of rows and columns alike.
        ink: colour of the numbers, to be read on the page's background.
    """
    side = max(16, min(36, 560 // max(1, len(names))))
    size = side * len(names)
    scale = alt.Scale(domain=list(names), paddingInner=0.06)
    upright = alt.Axis(orient="top", labelAngle=-40, labelOverlap=False, ticks=False, labelLimit=90)
    x = alt.X("predicted:N", title="predicted as", scale=scale, axis=upright)
    y = alt.Y(
        "class:N",
        title="true class",
        scale=scale,
        axis=alt.Axis(labelOverlap=False, ticks=False, labelLimit=90),
    )
    pick = alt.selection_point(name=CELL, fields=["class", "predicted"], empty=True)
    tooltip = [
        alt.Tooltip("class:N", title="true class"),
        alt.Tooltip("predicted:N", title="predicted as"),
        alt.Tooltip("reference:Q", title="samples, reference"),
        alt.Tooltip("compared:Q", title="samples, compared"),
        alt.Tooltip("difference:Q", title="difference", format="+d"),
    ]
    band = alt.Chart(alt.NamedData("own")).mark_rect(
        color=theme.METHOD_COLOURS["magnitude"], opacity=0.12
    )
    cells = alt.Chart(alt.NamedData("cells"))
    squares = (
        cells.mark_rect(cursor="pointer", stroke=theme.REFERENCE, strokeOpacity=0.25)
        .encode(
            x=x,
            y=y,
            color=alt.condition(
                "datum.difference > 0", alt.value(theme.COMPARED), alt.value(theme.REFERENCE)
            ),
            fillOpacity=alt.FillOpacity(
                "strength:Q", scale=alt.Scale(domain=[0, 1], range=[0, 0.75]), legend=None
            ),
            tooltip=tooltip,
        )
        .add_params(pick)
    )
    numbers = (
        cells.transform_filter("datum.difference != 0")
        .mark_text(fontSize=11 if side > 24 else 9, color=ink, cursor="pointer")
        .encode(x=x, y=y, text=alt.Text("difference:Q", format="+d"), tooltip=tooltip)
    )
    frame = (
        alt.Chart(alt.NamedData("frame"))
        .mark_rect(filled=False, stroke=theme.METHOD_COLOURS["magnitude"], strokeWidth=2.5)
        .encode(x=x, y=y)
    )
    return theme.styled(
        alt.LayerChart(
            layer=[
                band.encode(y=y),
                band.encode(x=alt.X("class:N", title="predicted as", scale=scale, axis=upright)),
                squares,
                numbers,
                frame,
            ]
        ).properties(width=size, height=size)
    )
