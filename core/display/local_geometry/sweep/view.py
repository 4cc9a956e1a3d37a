"""Sparsity sweep: a row of small plots for each chosen method, from dense to sparse."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import labels
from core.display.components.chart import draw
from core.display.components.choices import several
from core.display.components.sample_images import with_addresses
from core.display.components.table import show_table
from core.display.local_geometry.sweep import frames
from core.display.local_geometry.sweep.chart import sweep_plots
from core.display.local_geometry.sweep.frames import Sweep, swept_series
from core.display.state.context import Context
from core.metrics import GEOMETRIC, METRICS

SHOWN_FIRST = 3


def sparsity_sweep(context: Context) -> None:
    """The chosen methods, each a row of plots of the same samples."""
    available = context.study.derive(swept_series)
    if not available:
        st.info(
            "No method of this study has more than one target sparsity.", icon=":material/info:"
        )
        return
    series = several("Methods", available, key="sweep", default=available[:SHOWN_FIRST])
    sweep = frames.sparsity_sweep(context, series)
    if not sweep.samples:
        st.info(
            "No model of these methods was tested on these samples under this condition.",
            icon=":material/info:",
        )
        return
    st.markdown(
        f"Each plot is about the same {labels.count(sweep.samples, 'sample')} under "
        f"{context.labels[context.reference.condition]} images, grey right and red wrong; the line "
        "is the path of their mean from the dense model, ending at the plot's sparsity. Above: "
        "accuracy with its 95 % interval. Rows that are wider than the window scroll."
    )
    with st.container(key="wide_chart"):
        draw(
            partial(sweep_plots, columns=sweep.columns),
            {
                "plots": sweep.plots,
                "axes": sweep.axes,
                "images": with_addresses(sweep.sample_ids, context.study),
            },
            width="content",
            key="sweep_plots",
            alt="Rows of scatter plots of angle against length, a method a row, a sparsity a plot.",
        )
    _notes(sweep)
    _table(sweep)


def _notes(sweep: Sweep) -> None:
    if sweep.drawn < sweep.samples:
        st.caption(
            f"Each plot draws the same {sweep.drawn:,} of {sweep.samples:,} samples, picked at "
            "random with a fixed seed; means and accuracies are over all."
        )
    if sweep.without_angle:
        without = labels.count(sweep.without_angle, "mark is", "marks are")
        st.caption(f"Over all plots, {without} missing: a zero feature has no angle.")
    if sweep.several_seeds:
        st.caption("Where a sparsity comes with several seeds, the first one is shown.")


def _table(sweep: Sweep) -> None:
    table = st.expander("Table", icon=":material/table_rows:", key="sweep_table", on_change="rerun")
    if table.open:
        formats = {frames.mean_title(name): f"%.{METRICS[name].digits}f" for name in GEOMETRIC}
        columns = {n: st.column_config.NumberColumn(format=f) for n, f in formats.items()}
        with table:
            show_table(sweep.means, column_config=columns)
