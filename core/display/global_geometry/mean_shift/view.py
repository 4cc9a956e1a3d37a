"""The chart of mean shifts under the axes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import polars as pl
import streamlit as st

from core.display.components.chart import draw, text_colour
from core.display.global_geometry.mean_shift.chart import axis_shift_chart
from core.display.global_geometry.plot_area import PlotArea


def mean_shift(shifts: Mapping[str, pl.DataFrame], plot_area: PlotArea) -> None:
    """How far each axis's mean moves, under the axes of the plane."""
    if shifts["shifts"].is_empty():
        return
    draw(
        partial(axis_shift_chart, plot_area, text_colour=text_colour()),
        shifts,
        key="axis_shifts",
        alt="How far the mean on each axis moves from reference to compared.",
    )
    st.caption(
        "Shift of each axis's mean from reference to compared over the same samples, with its "
        "95 % paired bootstrap interval; yellow where the interval leaves out 0. Length and "
        "margin have scales of their own."
    )
