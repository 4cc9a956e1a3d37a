"""The chart of mean shifts under the axes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import polars as pl
import streamlit as st

from core.display.components.chart import draw, text_colour
from core.display.components.copy_finding import copy_finding
from core.display.global_geometry.mean_shift.chart import axis_shift_chart
from core.display.global_geometry.mean_shift.frames import shift_findings, shift_note, without_test
from core.display.global_geometry.plot_area import PlotArea
from core.display.paired_words import no_test
from core.display.state.context import Context


def mean_shift(context: Context, shifts: Mapping[str, pl.DataFrame], plot_area: PlotArea) -> None:
    """How far each axis's mean moves, under the axes of the plane."""
    if shifts["shifts"].is_empty():
        return
    untested = no_test(context.subset, context.models)
    if untested:
        shifts = without_test(shifts, untested)
    draw(
        partial(axis_shift_chart, plot_area, text_colour=text_colour()),
        shifts,
        key="axis_shifts",
        alt="How far the mean on each axis moves from reference to compared.",
    )
    st.caption(shift_note(shifts["shifts"], untested))
    rows = shifts["shifts"]
    copy_finding(
        lambda provenance: shift_findings(
            rows,
            reference=context.short(context.reference),
            compared=context.short(context.compared),
            samples=context.sentence,
            provenance=provenance,
        ),
        key="mean_shift",
    )
