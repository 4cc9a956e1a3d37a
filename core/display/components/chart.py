"""Charts whose data change while the charts themselves stay.

To build a chart costs the server some 40 ms, and the browser as much again. What a chart is
(axes, layers, colours) is therefore built once for the same arguments and kept; its rows come
by name, so that the browser, too, replaces the rows only. Nothing of Altair's is set for the whole
process: charts take named tables, which no data transformer touches.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import BytesIO
from typing import Literal

import polars as pl
import streamlit as st

from core.display import labels, theme
from core.display.components.per_frame import PerFrame
from core.display.components.take_away import export_chart
from core.display.query_cache import query_cache
from core.display.terms import explanation
from core.store.study import frozen

_packed: PerFrame[bytes] = PerFrame()


def draw(
    chart: partial[theme.AnyChart],
    rows: Mapping[str, pl.DataFrame],
    *,
    key: str,
    alt: str,
    width: Literal["stretch", "content"] = "stretch",
    on_select: Literal["ignore"] | Callable[[], None] = "ignore",
    selections: Sequence[str] = (),
    title: str | None = None,
    numbers: str | None = None,
) -> None:
    """Draw a chart with its rows.

    Args:
        chart: a function of a `chart*.py` with its arguments, all of them values that can be
            compared. It names the tables that its marks take rows from.
        rows: the rows of each named table.
        key: of the element, the same while the chart stays.
        alt: what the picture shows, for those who don't see it.
        width: as `streamlit.vega_lite_chart` takes it.
        on_select: called when one of the selections changes.
        selections: names of the selections that the page listens to.
        title: of the exported picture; `alt` by default.
        numbers: how many of what the picture rests on; the filtered samples by default.
    """
    spec = json.loads(specification(chart))
    tables = {name: _packed(table, _as_arrow) for name, table in rows.items()}
    spec["datasets"] = {**spec.get("datasets", {}), **tables}  # the chart's own constants
    st.vega_lite_chart(
        spec=spec,
        width=width,
        key=key,
        on_select=on_select,
        selection_mode=list(selections) or None,
        alt=alt,
    )
    export_chart(chart, rows, key=key, title=title or alt.removesuffix("."), numbers=numbers)


def specification(chart: partial[theme.AnyChart]) -> str:
    """The chart as Vega-Lite JSON, without rows, built once for equal arguments."""
    function = chart.func
    name = f"{function.__module__}.{function.__qualname__}"
    key = (name, frozen(chart.args), frozen(chart.keywords))
    # whether a chart is valid Vega-Lite follows from its code alone: the tests check it
    return query_cache()(key, lambda: json.dumps(chart().to_dict(validate=False)))


def _as_arrow(table: pl.DataFrame) -> bytes:
    """The bytes that Streamlit sends for a table."""
    stream = BytesIO()
    # Polars locks a frame while it writes it into a Python object: threads that share the frame
    # would wait for each other for good. A clone shares the rows, but not the lock.
    table.clone().write_ipc_stream(stream, compat_level=pl.CompatLevel.oldest())
    return stream.getvalue()


def chart_title(title: str, numbers: str) -> None:
    """The title of a chart with a line of numbers, which may change while the chart stays.

    Args:
        title: in words; a term gets its explanation as a tooltip.
        numbers: the line below.
    """
    st.markdown(
        f"**{labels.escaped(title)}**  \n:gray[:small[{labels.escaped(numbers)}]]",
        help=explanation(title),
    )


def text_colour() -> str:
    """The colour of text in a chart that the theme leaves alone, on the page's background."""
    return theme.TEXT["dark" if st.context.theme.type == "dark" else "light"]
