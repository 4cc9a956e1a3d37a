"""Sparsity sweep: rows of small plots, one method a row, from dense to sparse (paper, figure 7)."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts import moving_axes
from core.display.charts.sample_click import sample_click

_ROW_WIDTH = 1000
_SPACING = 8
_PLOT_HEIGHT = 118


def sweep_plots(*, columns: int) -> alt.FacetChart:
    """A plot per method and sparsity: samples, and the path of their mean up to this sparsity.

    Rows of `plots`: as `frames.plot_rows` returns. Rows of `images`: sample_id, image (an address,
    shown on hover). Row of `axes`: as `moving_axes.ends` returns for angle and length.

    Args:
        columns: plots in the widest row.
    """
    width = max(90, min(180, _ROW_WIDTH // max(1, columns) - _SPACING))
    base = alt.Chart().encode(**moving_axes.position(short=True))
    answers = alt.Scale(domain=["right", "wrong"], range=[theme.CORRECT, theme.INCORRECT])
    samples = (
        base.transform_filter("isValid(datum.answer)")
        .mark_circle(size=13, opacity=0.6)
        .encode(
            fill=alt.Fill("answer:N", scale=answers, legend=None),
            tooltip=["image:N", "picture:N", alt.Tooltip("words:N", title="sample")],
        )
        .add_params(sample_click())
    )
    colour = alt.Color("colour:N", scale=None)
    path = (
        base.transform_filter("datum.kind === 'path'")
        .mark_line(strokeWidth=2)
        .encode(color=colour, order="step:Q")
    )
    mean = base.transform_filter("datum.kind === 'mean'")
    dot = mean.mark_point(filled=True, size=70, opacity=1, stroke="white", strokeWidth=1).encode(
        color=colour,
        tooltip=[
            alt.Tooltip("words:N", title="accuracy (95 % interval)"),
            alt.Tooltip("change:N", title="difference"),
        ],
    )
    words = mean.mark_text(
        align="right", baseline="top", fontSize=10, color=theme.REFERENCE
    ).encode(x=alt.value(width - 2), y=alt.value(2), text="words:N")
    header = alt.Header(
        labelFontSize=12,
        labelColor=theme.REFERENCE,
        labelPadding=4,
        titleFontSize=12,
        titleColor=theme.REFERENCE,
        titleFontWeight="normal",
        titleAnchor="start",
    )
    chart = (
        alt.layer(samples, path, dot, words, moving_axes.note())
        .properties(width=width, height=_PLOT_HEIGHT)
        .facet(
            data=alt.NamedData("plots"),
            row=alt.Row("series:N", sort=_by("row"), title=None, header=header),
            column=alt.Column("panel:N", sort=_by("ratio"), title="target sparsity", header=header),
            spacing=_SPACING,
        )
        .add_params(moving_axes.read_ends())
    )
    # an address for each sample, not for each of its marks
    images = alt.LookupData(
        data=alt.NamedData("images"), key="sample_id", fields=["image", "picture"]
    )
    chart.transform = [alt.LookupTransform(lookup="sample_id", **{"from": images})]
    return theme.for_many_marks(chart)


def _by(field: str) -> alt.EncodingSortField:
    return alt.EncodingSortField(field, op="min")
