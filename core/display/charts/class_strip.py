"""A strip of classes: recall under reference and compared, the largest drop first."""

from __future__ import annotations

import altair as alt

from core.display import theme

CLASS = "class"
_WIDTH, _FEW = 960, 30


def class_strip(*, classes: int) -> alt.LayerChart:
    """A column a class; a click selects CLASS.

    Rows of `classes`: class, place, reference, compared, low, high, words. Rows of `chosen`: class
    and place of the class that the page is about, or none.

    Args:
        classes: columns.
    """
    across = alt.X(
        "class:N",
        sort=alt.EncodingSortField("place", op="min"),
        title=None,
        axis=alt.Axis(
            labelAngle=-45,
            labelLimit=90,
            # each class is named: Vega would leave out most names of 60
            labelOverlap=False,
            labelFontSize=11 if classes <= _FEW else 9,
            ticks=False,
            grid=False,
        ),
    )
    recall = alt.Scale(domain=[0, 1], nice=False)
    up = {
        name: alt.Y(
            f"{name}:Q",
            title="recall",
            scale=recall,
            axis=alt.Axis(format="%", values=[0, 0.5, 1], gridOpacity=0.5),
        )
        for name in ("reference", "compared", "low")
    }
    base = alt.Chart(alt.NamedData("classes")).encode(
        x=across, tooltip=[alt.Tooltip("class:N"), alt.Tooltip("words:N", title="recall")]
    )
    step = max(13, min(44, _WIDTH // max(1, classes)))
    # bars over the whole height take the clicks
    columns = (
        base.mark_bar(opacity=0.001, width=step - 1)
        .encode(y=alt.value(0), y2=alt.value(alt.ExprRef("height")))
        .add_params(alt.selection_point(name=CLASS, fields=["class"], toggle=False, clear=False))
    )
    chosen = (
        alt.Chart(alt.NamedData("chosen"))
        .mark_bar(color=theme.ACCENT, opacity=0.18, width=step - 1)
        .encode(x=across, y=alt.value(0), y2=alt.value(alt.ExprRef("height")))
    )
    spans = base.mark_rule(strokeWidth=5, color=theme.COMPARED, opacity=0.35).encode(
        y=up["low"], y2="high:Q"
    )
    falls = base.mark_rule(strokeWidth=1.2, color=theme.REST).encode(
        y=up["reference"], y2="compared:Q"
    )
    dots = [
        base.mark_point(filled=True, opacity=1, size=46, color=colour, shape=shape).encode(
            y=up[role]
        )
        for role, colour, shape in (
            ("reference", theme.REFERENCE, "circle"),
            ("compared", theme.COMPARED, "diamond"),
        )
    ]
    chart = alt.LayerChart(layer=[chosen, spans, falls, *dots, columns])
    return theme.styled(chart.properties(width=alt.Step(step), height=170))
