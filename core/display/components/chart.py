"""Charts whose data change while the charts themselves stay.

To build a chart costs the server some 40 ms, and the browser as much again. What a chart is
(axes, layers, colours) is therefore built once for the same arguments and kept; its rows come
by name, so that the browser, too, replaces the rows only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import polars as pl
import streamlit as st

from core.display import theme


def draw(
    chart: partial[theme.AnyChart],
    rows: Mapping[str, pl.DataFrame],
    *,
    key: str,
    alt: str,
    width: Literal["stretch", "content"] = "stretch",
    on_select: Literal["ignore"] | Callable[[], None] = "ignore",
    selections: Sequence[str] = (),
) -> None:
    """Draw a chart with its rows.

    Args:
        chart: a function of `core.display.charts` with its arguments, all of them values that
            can be compared. It names the tables that its marks take rows from.
        rows: the rows of each named table.
        key: of the element, the same while the chart stays.
        alt: what the picture shows, for those who don't see it.
        width: as `streamlit.altair_chart` takes it.
        on_select: called when one of the selections changes.
        selections: names of the selections that the page listens to.
    """
    function = chart.func
    name = f"{function.__module__}.{function.__qualname__}"
    spec = json.loads(_specification(name, chart.args, chart.keywords, _build=chart))
    spec["datasets"] = dict(rows)
    st.vega_lite_chart(
        spec=spec,
        width=width,
        key=key,
        on_select=on_select,
        selection_mode=list(selections) or None,
        alt=alt,
    )


def ink() -> str:
    """The colour of text in a chart that the theme leaves alone, on the page's background."""
    return "#e4e8ee" if st.context.theme.type == "dark" else "#1d2430"


@st.cache_data(max_entries=1024, show_spinner=False)
def _specification(
    name: str,
    args: tuple[Any, ...],
    values: dict[str, Any],
    *,
    _build: Callable[[], theme.AnyChart],
) -> str:
    del name, args, values  # they stand in the key for the function
    # Rows come by name alone: none of Altair's process-wide settings is needed. That charts are
    # valid is for the tests to say.
    return json.dumps(_build().to_dict(validate=False))
