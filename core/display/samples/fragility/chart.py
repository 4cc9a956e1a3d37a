"""How well each predictor tells fragile samples from others: areas with their intervals."""

from __future__ import annotations

import altair as alt

from core.display import theme


def area_plot(*, text: str) -> alt.FacetChart:
    """A row a predictor, a column a scope; dots with 95 % intervals, the line is chance.

    Rows of `areas`: as `frames.area_rows` returns.

    Args:
        text: colour of the numbers on the page's background.
    """
    base = alt.Chart().encode(
        y=alt.Y(
            "predictor:N",
            sort=alt.EncodingSortField("row", op="min"),
            title=None,
            axis=alt.Axis(grid=True, gridOpacity=0.4, labelLimit=140),
        ),
        tooltip=[
            alt.Tooltip("predictor:N", title="predictor"),
            alt.Tooltip("words:N", title="area"),
        ],
    )
    across = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2~f")
    chance = (
        alt.Chart()
        .mark_rule(strokeDash=[4, 3], color=theme.REFERENCE)
        .encode(x=alt.X(datum=0.5, type="quantitative", scale=across))
    )
    spans = base.mark_rule(strokeWidth=3, color=theme.ACCENT, opacity=0.55).encode(
        x=alt.X("low:Q", title="area under the ROC curve", scale=across, axis=axis), x2="high:Q"
    )
    dots = base.mark_point(filled=True, size=70, color=theme.ACCENT, opacity=1).encode(
        x=alt.X("value:Q", scale=across)
    )
    numbers = base.mark_text(align="left", dx=8, dy=-7, fontSize=11, color=text).encode(
        x=alt.X("value:Q", scale=across), text="label:N"
    )
    header = alt.Header(
        title=None, labelFontSize=12, labelFontWeight="bold", labelColor=text, labelAnchor="start"
    )
    chart = (
        alt.layer(chance, spans, dots, numbers)
        .properties(width=215, height=alt.Step(30))
        .facet(
            data=alt.NamedData("areas"),
            column=alt.Column(
                "scope:N", sort=alt.EncodingSortField("place", op="min"), header=header
            ),
            spacing=24,
        )
    )
    return theme.styled(chart)
