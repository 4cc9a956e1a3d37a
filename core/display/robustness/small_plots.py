"""A small plot for each corruption, in rows of five, with the models' colours above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from core.display import theme

_WIDTH, _HEIGHT, _COLUMNS = 172, 114, 5


def model_channel(colours: Mapping[str, str]) -> alt.Color:
    """Colour by `model`, with a legend above the plots."""
    legend = alt.Legend(
        title=None,
        orient="top",
        direction="horizontal",
        columns=theme.legend_columns(colours),
        labelLimit=theme.LEGEND_ROOM,
        symbolOpacity=1,
    )
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color("model:N", scale=scale, legend=legend)


def by_corruption(layers: Sequence[alt.Chart], rows: str) -> alt.FacetChart:
    """The layers once for each `corruption` of the named rows, in the order of `position`."""
    header = alt.Header(labelFontSize=12, labelColor=theme.REFERENCE, labelPadding=3)
    order = alt.EncodingSortField("position", op="min")
    return alt.FacetChart(
        spec=alt.LayerChart(layer=list(layers), width=_WIDTH, height=_HEIGHT),
        data=alt.NamedData(rows),
        facet=alt.Facet("corruption:N", sort=order, title=None, header=header),
        columns=_COLUMNS,
        spacing=14,
    )
