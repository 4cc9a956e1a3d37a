"""The classes that suffer, at a glance: the worst one in words, all of them behind a click."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from core.display import labels
from core.display.charts import class_strip as chart
from core.display.components.chart import draw
from core.display.components.chart_brush import brushed_chart, report
from core.display.components.class_strip_frames import ClassDrops, class_drops
from core.display.paired_words import no_test
from core.display.state import url
from core.display.state.context import Context

_CHART = "class_strip"


def class_strip(context: Context) -> None:
    """The filtered samples class by class, the largest drop first; a click chooses a class.

    Nothing for a study of one class, and where reference and compared are the same.
    """
    if context.compares_with_itself or context.study.classes.height < 2:
        return
    untested = no_test(context.subset, context.models)
    every_class = replace(
        context.paired, sample_filter=replace(context.sample_filter, class_id=None)
    )
    found = context.study.derive(class_drops, every_class, untested)
    if found.headline is None:
        return
    with st.popover(
        labels.escaped(found.headline),
        key="class_strip_open",
        icon=":material/category:",
        width="content",
        on_change="rerun",
    ) as shown:
        # a chart costs time on every run: it is made for who looks at it
        if shown.open:
            _strip(context, found, untested)


def _strip(context: Context, found: ClassDrops, untested: str | None) -> None:
    chosen = found.rows.filter(pl.col("class") == (context.class_name or ""))
    key, _ = brushed_chart(_CHART, {chart.CLASS: context.class_name})
    with st.container(key="wide_class_strip"):
        draw(
            partial(chart.class_strip, classes=found.rows.height),
            {"classes": found.rows, "chosen": chosen.select("class", "place")},
            key=key,
            width="content",
            on_select=partial(_choose, key),
            selections=[chart.CLASS],
            alt="Recall of each class under reference and compared, the largest drop first.",
        )
    which = (
        f"{found.rows.height} of {found.classes:,} classes, those with the largest drops. "
        if found.rows.height < found.classes
        else ""
    )
    intervals = untested or (
        "bars: 95 % interval of the difference (Tango), from the reference's recall on, cut at 0 "
        "and 100 %"
    )
    st.caption(
        f"{which}Recall of the filtered samples of each class under reference (grey) and compared "
        f"(yellow); {intervals}. A click chooses a class, as the sidebar does."
    )
    if context.class_name is not None:
        st.button("All classes", key="class_strip_all", on_click=url.set_choice, args=("class",))


def _choose(key: str) -> None:
    event: dict[str, Any] = st.session_state[key]["selection"]
    rows = [row for row in event.get(chart.CLASS) or [] if "class" in row]
    if rows:
        name = str(rows[0]["class"])
        url.set_choice("class", name)
        report(_CHART, {chart.CLASS: name})
