"""Accuracy over corruptions, methods and sparsities in one look (paper 6.1, figure 4 part 1)."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display import theme
from core.display.evaluation.chart_axes import chart_height, corruption_axis, ratio_offset

PICK = "picked"


def evaluation_histograms(
    colours: Mapping[str, str], *, selected: str | None = None
) -> alt.LayerChart:
    """One column per corruption, in it a histogram of accuracy by target sparsity per method.

    The histograms of a column stand by rank: the method with the best accuracy on that
    corruption is on top. The pale frame behind each is 0 to 100 %, the line across it the
    dense model. A click picks a bar's model in every column (selection `picked`, field
    `name`). Rows come from the tables that `histogram_tables` returns.

    Args:
        colours: of each series.
        selected: name of the model to highlight from the start; None lights all bars.
    """
    value = alt.Undefined if selected is None else [{"name": selected}]
    picked = alt.selection_point(name=PICK, fields=["name"], empty=True, value=value)
    x, offset = corruption_axis(), ratio_offset()
    scale = alt.Scale(domain=[-0.08, len(colours)], nice=False)
    bars = alt.Chart(alt.NamedData("bars"))

    def height(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=None)

    background = (
        alt.Chart(alt.NamedData("frames"))
        .mark_bar(color=theme.REFERENCE, opacity=0.10)
        .encode(x=x, y=height("base"), y2="top:Q")
    )
    histogram = (
        bars.mark_bar(cursor="pointer")
        .encode(
            x=x,
            xOffset=offset,
            y=height("base"),
            y2="top:Q",
            color=theme.series_channel(colours, columns=5, offset=4),
            opacity=alt.condition(picked, alt.value(1.0), alt.value(0.28)),
            tooltip=[
                alt.Tooltip("series:N", title="method"),
                alt.Tooltip("ratio_label:N", title="target sparsity"),
                alt.Tooltip("column:N", title="corruption"),
                alt.Tooltip("accuracy:Q", title="accuracy", format=".1%"),
                alt.Tooltip("dense:Q", title="dense accuracy", format=".1%"),
                alt.Tooltip("rank:O", title="rank of the method here"),
                alt.Tooltip("samples:Q", title="images per severity", format=","),
                alt.Tooltip("seeds:Q", title="seeds"),
            ],
        )
        .add_params(picked)
    )
    spread = (
        bars.transform_filter("datum.seeds > 1")
        .mark_rule(opacity=0.8, strokeWidth=1)
        .encode(x=x, xOffset=offset, y=height("lowest_line"), y2="highest_line:Q")
    )
    line = (
        alt.Chart(alt.NamedData("dense"))
        .mark_bar(color=theme.DENSE, opacity=0.95)
        .encode(
            x=x,
            y=height("dense_line"),
            y2="line_top:Q",
            tooltip=[
                alt.Tooltip("column:N", title="corruption"),
                alt.Tooltip("dense:Q", title="dense accuracy", format=".1%"),
            ],
        )
    )
    chart = alt.LayerChart(layer=[background, histogram, spread, line])
    return theme.styled(chart.properties(height=chart_height(len(colours))))
