"""Features of two dimensions over the pruned versions of a network, drawn with a slider."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import polars as pl
import streamlit as st

from core.display.charts.feature_plane import PICK, plane_plot
from core.display.components.chart import draw, text_colour
from core.display.components.feature_plane_frames import Plane
from core.display.components.play_button import play_button
from core.display.components.sample_images import with_addresses
from core.display.state.context import Context


def feature_plane(
    context: Context,
    found: Plane,
    lines: pl.DataFrame,
    words: pl.DataFrame,
    *,
    condition: str,
    key: str,
    on_select: Literal["ignore"] | Callable[[], None] = "ignore",
) -> None:
    """One picture with a slider over the versions, and a button that plays it.

    Args:
        context: the open study.
        found: what is drawn.
        lines: of the sample that is measured, as `chosen_sample` returns them.
        words: likewise.
        condition: whose images the samples are.
        key: of the chart.
        on_select: called when a point is clicked.
    """
    versions = found.titles.height
    place = f"wide_{key}"
    with st.container(key=place):
        draw(
            partial(
                plane_plot,
                list(context.study.class_names.values()),
                found.box,
                versions=versions,
                text=text_colour(),
            ),
            {
                "points": with_addresses(found.points, context.study, condition),
                "arrows": found.arrows,
                "regions": found.regions,
                "titles": found.titles,
                "lines": lines,
                "words": words,
            },
            key=key,
            width="content",
            on_select=on_select,
            selections=[] if on_select == "ignore" else [PICK],
            alt="Features of samples in the plane, coloured by class, over decision regions, with "
            "class directions as arrows; a slider goes over the pruned versions of the network.",
        )
    if versions > 1:
        play_button(place, key=f"{key}_play")
