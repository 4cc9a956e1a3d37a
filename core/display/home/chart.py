"""Accuracy by target sparsity: the figure that Home opens with."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display import theme


def accuracy_by_sparsity(colours: Mapping[str, str]) -> alt.LayerChart:
    """Mean accuracy by target sparsity: clean solid, corrupted dashed.

    Rows come from the table `points`, as `accuracy_curves` returns it.

    Args:
        colours: of each series.
    """
    base = alt.Chart(alt.NamedData("points")).encode(
        x=alt.X(
            "ratio:Q",
            title="target sparsity",
            axis=alt.Axis(format="%", tickCount=6),
            scale=alt.Scale(domain=[0, 1], nice=False),
        ),
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
    chart = alt.LayerChart(
        layer=[
            base.mark_line(strokeWidth=2.2, interpolate="monotone").encode(strokeDash=dash),
            base.mark_point(filled=True, size=36, opacity=1),
        ]
    ).properties(height=380)
    return theme.styled(chart)
