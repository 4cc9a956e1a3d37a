"""Accuracy over corruptions, methods and sparsities in one look (paper 6.1, figure 4 part 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import altair as alt

from core.display import theme
from core.display.evaluation.histogram_frames import HEADER

PICK = "picked"
_ROW = 84
_ROW_OF_MANY = 58
# What the axis title and a row of the legend count in the height that Streamlit fits a chart into.
_OUTSIDE, _LEGEND_ROW = 38, 18
_TITLE, _SCALE = 30, 18
"""Heights of a column's title and of its sparsity scale, in pixels."""


def evaluation_histograms(
    colours: Mapping[str, str],
    *,
    rows: int,
    text: str,
    panels: int = 1,
    measure: str = "accuracy",
    selected: tuple[str, ...] = (),
) -> alt.LayerChart:
    """One column per corruption, in it a histogram of accuracy by target sparsity per series.

    The histograms of a column stand by rank, the best on top; a bracket on the left joins those
    that share a rank. The pale frame behind each bar is 0 to 100 %, so that a sparsity without a
    model has none; the line across is the dense model, the dark one on a bar its interval or
    range. A hatched bar is of a degenerate model. A click picks a bar's model in every column
    (selection `picked`, field `name`). Rows come from the tables that `histogram_tables` returns.

    Args:
        colours: of each series.
        rows: series in each column.
        text: colour of words and lines.
        panels: 2 where the columns stand in two panels, one above the other.
        measure: what a bar is: accuracy, or the recall of a class, with precision beside it.
        selected: names of the models to highlight from the start; none lights all bars.
    """
    value = [{"name": name} for name in selected] or alt.Undefined
    picked = alt.selection_point(name=PICK, fields=["name"], empty=True, value=value)
    per_row = _ROW if rows * panels <= 4 else _ROW_OF_MANY
    height = panels * rows + (panels - 1) * HEADER
    low, high = -_SCALE / per_row, height + _TITLE / per_row
    scale = alt.Scale(domain=[low, high], nice=False)
    x, left = _column(alt.Undefined), _column(0)
    offset = alt.XOffset(
        "ratio_label:N",
        # the rows say the order, so that other rows need no other chart; only `min` works where
        # several layers with tables of their own share an axis
        sort=alt.EncodingSortField("ratio", op="min"),
        scale=alt.Scale(paddingInner=0.1, paddingOuter=0.05),
    )
    colour = theme.series_channel(colours, offset=4)
    opacity = alt.condition(picked, alt.value(1.0), alt.value(0.28))
    bars = alt.Chart(alt.NamedData("bars"))

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=None)

    frames = bars.mark_bar(color=theme.REFERENCE, opacity=0.10).encode(
        x=x, xOffset=offset, y=y("base"), y2="full:Q"
    )
    histogram = (
        bars.mark_bar(cursor="pointer")
        .encode(
            x=x,
            xOffset=offset,
            y=y("base"),
            y2="top:Q",
            color=colour,
            fillOpacity=alt.FillOpacity("fill:Q", scale=None, legend=None),
            opacity=opacity,
            tooltip=_tooltip(measure),
        )
        .add_params(picked)
    )
    stripes = (
        alt.Chart(alt.NamedData("stripes"))
        .mark_bar(tooltip=None)
        .encode(x=x, xOffset=offset, y=y("base"), y2="top:Q", color=colour, opacity=opacity)
    )
    spread = bars.mark_rule(color=text).encode(
        x=x,
        xOffset=offset,
        y=y("range_low"),
        y2="range_high:Q",
        strokeWidth=alt.condition("datum.best == 1", alt.value(2.2), alt.value(1)),
    )
    dense = (
        alt.Chart(alt.NamedData("dense"))
        .mark_bar(color=theme.DENSE, opacity=0.95)
        .encode(
            x=x,
            y=y("dense_line"),
            y2="line_top:Q",
            tooltip=[
                alt.Tooltip("column:N", title="corruption"),
                alt.Tooltip("dense:Q", title=f"dense {measure}", format=".1%"),
            ],
        )
    )
    layers = [frames, histogram, stripes, spread, dense]
    if measure != "accuracy":
        layers.append(
            bars.mark_point(shape="diamond", filled=True, size=22, opacity=1, color=text).encode(
                x=x, xOffset=offset, y=y("precision_line")
            )
        )
    layers += [*_brackets(left, y, text), *_words(x, offset, y, text)]
    outside = _OUTSIDE + _LEGEND_ROW * -(-len(colours) // theme.legend_columns(colours))
    chart = alt.LayerChart(layer=layers)
    return theme.styled(chart.properties(height=round((high - low) * per_row) + outside))


def _tooltip(measure: str) -> list[alt.Tooltip]:
    class_only = [
        alt.Tooltip("precision:Q", title="precision of the class", format=".1%"),
    ]
    return [
        alt.Tooltip("series:N", title="method"),
        alt.Tooltip("ratio_label:N", title="target sparsity"),
        alt.Tooltip("column:N", title="corruption"),
        alt.Tooltip("accuracy:Q", title=measure, format=".1%"),
        *(class_only if measure != "accuracy" else []),
        alt.Tooltip("range:N", title="interval or range"),
        alt.Tooltip("dense:Q", title=f"dense {measure}", format=".1%"),
        alt.Tooltip("rank_words:N", title="rank of the method here"),
        alt.Tooltip("state:N", title="degenerate"),
        alt.Tooltip("samples:Q", title="images per severity", format=","),
        alt.Tooltip("seeds:Q", title="seeds"),
    ]


def _column(position: float | alt.UndefinedType) -> alt.X:
    """The column that a mark is in, and where in it: 0 is the left edge."""
    return alt.X(
        "slot:O",
        title="target sparsity (%), low to high under each corruption",
        axis=alt.Axis(labels=False, ticks=False, titlePadding=2),
        scale=alt.Scale(paddingInner=0.14, paddingOuter=0.05),
        bandPosition=position,
    )


def _brackets(left: alt.X, y: Callable[[str], alt.Y], text: str) -> list[alt.Chart]:
    """A line on the left of the histograms that share a rank, with an end at the top and below."""
    ties = alt.Chart(alt.NamedData("ties"))
    tooltip = [
        alt.Tooltip("column:N", title="corruption"),
        alt.Tooltip("rank:O", title="shared rank"),
        alt.Tooltip("series:Q", title="methods that do not differ significantly", format="d"),
    ]
    line = ties.mark_rule(strokeWidth=1.6, xOffset=-3, color=text).encode(
        x=left, y=y("base"), y2="top:Q", tooltip=tooltip
    )
    ends = [
        ties.mark_point(
            shape="stroke", size=26, strokeWidth=1.6, xOffset=-1, color=text, opacity=1
        ).encode(x=left, y=y(end))
        for end in ("base", "top")
    ]
    return [line, *ends]


def _words(x: alt.X, offset: alt.XOffset, y: Callable[[str], alt.Y], text: str) -> list[alt.Chart]:
    """Titles above the columns, target sparsities under them."""
    titles = (
        alt.Chart(alt.NamedData("titles"))
        .mark_text(
            baseline="bottom", dy=-15, fontSize=11, lineBreak="\n", lineHeight=12, color=text
        )
        .encode(x=x, y=y("full"), text="title:N")
    )
    scale = (
        alt.Chart(alt.NamedData("scale"))
        .mark_text(baseline="top", dy=4, fontSize=9, opacity=0.8, color=text)
        .encode(x=x, xOffset=offset, y=y("base"), text="words:N")
    )
    return [titles, scale]
