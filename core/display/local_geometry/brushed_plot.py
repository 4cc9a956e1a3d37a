"""Plots on which a drag sets ranges, and the ranges that are set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal

import polars as pl

from core.display import theme
from core.display.charts.moving_axes import BRUSH
from core.display.charts.sample_click import CLICKED
from core.display.components.chart import draw
from core.display.components.chart_brush import brushed_chart, store_drag
from core.display.components.sample_clicks import go_to_clicked, on_click_or
from core.display.shell.page import show_notices
from core.display.state import brush_filters, url
from core.display.state.brush_filters import Ranges
from core.store.subsets.ranges import Range


def set_ranges(names: Iterable[str]) -> Ranges:
    """The ranges that are set, by name, with a notice of each text that is none."""
    notices: list[str] = []
    ranges = brush_filters.read(names, notices)
    url.write_choices()
    show_notices(notices)
    return ranges


def draw_brushed(
    chart: Callable[..., theme.AnyChart],
    tables: Mapping[str, pl.DataFrame],
    sides: Mapping[str, tuple[str, tuple[float, float]]],
    ranges: Ranges,
    *,
    name: str,
    alt: str,
    width: Literal["stretch", "content"] = "content",
    of_samples: bool = False,
    numbers: str | None = None,
) -> None:
    """Draw a chart that shows ranges as brushed, and set those that are dragged over it.

    Args:
        chart: takes `brushed`, as `moving_axes.interval_brush` does.
        tables: its rows.
        sides: by field along x, and along y if drags go there, too: the name of the range that
            a drag sets, and the ends of the axis.
        ranges: those that are set, by name.
        name: of the chart; the key of its element starts with it.
        alt: what the picture shows, for those who don't see it.
        width: as `draw` takes it.
        of_samples: its marks are samples, and a click on one opens it (`sample_click`).
        numbers: as `draw` takes them.
    """
    shown = {one: ranges[one] for one, _ in sides.values() if one in ranges}
    key, drawn = brushed_chart(name, shown)
    brushed = {
        channel: drawn.get(one, Range()).closed(ends) if drawn else None
        for channel, (one, ends) in zip("xy", sides.values(), strict=False)
    }
    dragged = {field: one for field, (one, _) in sides.items()}
    store = partial(store_drag, name, key, dragged, BRUSH)
    draw(
        partial(chart, brushed=brushed),
        tables,
        key=key,
        on_select=on_click_or(key, store, brush=BRUSH) if of_samples else store,
        selections=[BRUSH, CLICKED] if of_samples else [BRUSH],
        alt=alt,
        width=width,
        numbers=numbers,
    )
    go_to_clicked()
