"""What charts of rows and panels share: the two axes, lines across, titles and tick labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from core.display import theme
from core.display.robustness.panels import FULL, TICK_ROW, TITLE_ROW

_ROW = 17
# what margins take of the height that Streamlit fits a chart into
_OUTSIDE = 60
_LEGEND_ROW = 22
_SHAPES = ("circle", "diamond")
_SHIFT = 3


def panel_dots(
    colours: Mapping[str, str],
    *,
    rows: tuple[str, ...],
    panels: int,
    measures: tuple[str, ...],
    text: str,
    tooltip: Mapping[str, str],
) -> alt.LayerChart:
    """A dot with the line of its interval in each row and panel; without an interval it is hollow.

    Rows of `dots`: row, series, measure, x, x_low, x_high, fill (0 for a hollow dot), and what the
    tooltip shows; `ticks` and `titles`: as `panels.panel_tables` returns.

    Args:
        colours: of each series.
        rows: names, from the top.
        panels: how many.
        measures: one, or two of which the first stands above the second: circle and diamond.
        text: colour of words.
        tooltip: title of each column that it shows.
    """
    colour = theme.series_channel(colours, offset=4)
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    layers: list[alt.Chart] = panel_frame(rows, panels, text)
    for i, measure in enumerate(measures):
        offset = (2 * i - 1) * _SHIFT if len(measures) > 1 else 0
        found = (
            alt.Chart(alt.NamedData("dots"))
            .transform_filter(alt.datum.measure == measure)
            .encode(y=row_y("row", rows), color=colour)
        )
        layers.append(
            found.mark_rule(strokeWidth=1.4, yOffset=offset, y2Offset=offset).encode(
                x=panel_x("x_low", panels), x2="x_high:Q"
            )
        )
        dots = found.mark_point(
            shape=_SHAPES[i], size=30, opacity=1, strokeWidth=1.2, yOffset=offset
        )
        layers.append(
            dots.encode(
                x=panel_x("x", panels),
                fill=alt.Fill("series:N", scale=scale, legend=None),
                fillOpacity=alt.FillOpacity("fill:Q", scale=None, legend=None),
                tooltip=[alt.Tooltip(f"{name}:N", title=title) for name, title in tooltip.items()],
            )
        )
    legend = _LEGEND_ROW * -(-len(colours) // theme.legend_columns(colours))
    height = _ROW * (len(rows) + 2) + legend + _OUTSIDE
    return theme.styled(alt.LayerChart(layer=layers).properties(height=height))


def panel_x(field: str, panels: int) -> alt.X:
    """A field along the axis of all panels, which has no ticks of its own."""
    scale = alt.Scale(domain=[-0.02, panels - 1 + FULL + 0.02], nice=False, zero=False)
    return alt.X(f"{field}:Q", scale=scale, axis=None)


def row_y(field: str, rows: Sequence[str]) -> alt.Y:
    """A field with names of rows, which stand below each other in the given order."""
    scale = alt.Scale(domain=[TITLE_ROW, TICK_ROW, *rows])
    axis = alt.Axis(labelLimit=220, ticks=False, labelOverlap=False, labelPadding=6)
    return alt.Y(f"{field}:N", scale=scale, title=None, axis=axis)


def panel_frame(rows: Sequence[str], panels: int, text: str) -> list[alt.Chart]:
    """Lines across all rows, tick labels and titles, from `panels.panel_tables`.

    Args:
        rows: names, from the top.
        panels: how many.
        text: colour of words.
    """
    ticks = alt.Chart(alt.NamedData("ticks")).encode(x=panel_x("x", panels))
    last = rows[-1] if rows else TICK_ROW
    lines = ticks.mark_rule(color=theme.REST, opacity=0.35).encode(
        y=alt.YDatum(TICK_ROW, bandPosition=1), y2=alt.Y2Datum(last, bandPosition=1)
    )
    labels = ticks.mark_text(fontSize=10, opacity=0.85, color=text).encode(
        y=alt.YDatum(TICK_ROW), text="label:N"
    )
    titles = (
        alt.Chart(alt.NamedData("titles"))
        .mark_text(align="left", fontWeight="bold", fontSize=12, color=text)
        .encode(x=panel_x("x", panels), y=alt.YDatum(TITLE_ROW), text="title:N")
    )
    return [lines, labels, titles]
