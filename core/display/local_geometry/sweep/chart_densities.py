"""Sparsity sweep: curves of a metric one above the other, dense on top (paper, figure 7)."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts import moving_axes
from core.metrics import METRICS

_STEP, _WIDTH = 19, 250


def density_ridges(*, metric: str, steps: int) -> alt.FacetChart:
    """A plot per series, in it the density of a metric at each sparsity.

    Rows of `curves`: as `density_frames.SweepDensities` has them. Row of `axes`: the ends of the
    metric.

    Args:
        metric: which one it is.
        steps: curves in the fullest plot.
    """
    x = moving_axes.x_of("value", metric, title=METRICS[metric].axis_title)
    heights = alt.Scale(domain=[0.9 - steps, 1.8], nice=False, zero=False)
    y = alt.Y("foot:Q", axis=None, scale=heights)
    curves = alt.Chart().transform_filter("isValid(datum.top)")
    areas = curves.mark_area(fillOpacity=0.35, strokeWidth=1.2, line=True).encode(
        x=x,
        y=y,
        y2="top:Q",
        fill=alt.Fill("colour:N", scale=None),
        stroke=alt.Stroke("colour:N", scale=None),
        detail="step:O",
        tooltip=[
            alt.Tooltip("series:N", title="method"),
            alt.Tooltip("panel:N", title="target sparsity"),
            alt.Tooltip("value:Q", title=METRICS[metric].label.lower(), format=".2f"),
            alt.Tooltip("samples:Q", title="samples", format=","),
        ],
    )
    words = (
        alt.Chart()
        .transform_filter("!isValid(datum.top)")
        .mark_text(align="right", baseline="middle", fontSize=10, color=theme.REFERENCE, dx=-4)
        .encode(x=x, y=y, text="panel:N")
    )
    header = alt.Header(
        labelFontSize=12, labelColor=theme.REFERENCE, labelAnchor="start", labelOrient="top",
        labelAngle=0, labelPadding=2,
    )  # fmt: skip
    zero = (
        alt.Chart(alt.NamedData("axes"))
        .mark_rule(strokeDash=[3, 3], color=theme.REFERENCE)
        .encode(x=alt.X(datum=0))
    )
    layers = [areas, words, moving_axes.note()]
    if metric == "margin":
        layers.insert(0, zero)
    chart = (
        alt.layer(*layers)
        .properties(width=_WIDTH, height=_STEP * (steps + 1))
        .facet(
            data=alt.NamedData("curves"),
            row=alt.Row(
                "series:N", sort=alt.EncodingSortField("row", op="min"), title=None, header=header
            ),
            spacing=6,
        )
        .add_params(moving_axes.read_ends((metric,)))
    )
    return theme.for_many_marks(chart)
