"""Sparsity sweep: a row of small plots for each chosen method, from dense to sparse."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.display import labels
from core.display.charts.sample_click import CLICKED
from core.display.components.chart import chart_title, draw
from core.display.components.choices import segments, several
from core.display.components.sample_clicks import go_to_clicked, on_click_or
from core.display.components.sample_images import with_addresses
from core.display.components.table import show_table
from core.display.local_geometry import words
from core.display.local_geometry.sweep import frames
from core.display.local_geometry.sweep.chart import sweep_plots
from core.display.local_geometry.sweep.chart_densities import density_ridges
from core.display.local_geometry.sweep.dense_frames import DIFFERENCES, difference_note
from core.display.local_geometry.sweep.density_frames import sweep_densities
from core.display.local_geometry.sweep.frames import Sweep
from core.display.local_geometry.sweep.row_frames import first_series, swept_series
from core.display.state.context import Context
from core.metrics import GEOMETRIC, METRICS

_SHOWS = {"ways": "Ways of samples", "densities": "Densities"}
_RIDGES = 340


def sparsity_sweep(context: Context, row: DeltaGenerator) -> None:
    """The chosen methods, each a row of plots of the same samples.

    Args:
        context: the open study.
        row: takes the choices.
    """
    available = context.study.derive(swept_series)
    if not available:
        st.info(
            "No method of this study has more than one target sparsity.", icon=":material/info:"
        )
        return
    first = first_series(context.study.models, available)
    with row:
        shown = segments("Sweep shows", _SHOWS, key="sweep_shows", labelled=False)
        with st.popover("Methods", icon=":material/grid_view:", width="content"):
            series = several("Methods", available, key="sweep", default=first)
    condition = context.reference.condition
    sweep = context.study.derive(
        frames.sparsity_sweep, series, condition, context.sample_filter, context.subset
    )
    if not sweep.samples:
        st.info(
            "No model of these methods was tested on these samples under this condition.",
            icon=":material/info:",
        )
        return
    if shown == "densities":
        _densities(context, series, condition)
    else:
        _ways(context, sweep, condition)
    go_to_clicked()
    order, over = "the same in each plot, picked", "means and accuracies"
    for note in words.notes(sweep.drawn, sweep.samples, {}, order=order, over=over):
        st.caption(note)
    if sweep.without_angle:
        without = labels.count(sweep.without_angle, "mark is", "marks are")
        st.caption(f"Over all plots, {without} missing: a zero feature has no angle.")
    if sweep.several_seeds:
        st.caption("Where a sparsity comes with several seeds, the first one is shown.")
    _table(sweep)


def _ways(context: Context, sweep: Sweep, condition: str) -> None:
    """A plot per method and sparsity; rows that the others' axes would not suit have their own."""
    images = with_addresses(sweep.sample_ids, context.study, condition)
    together = sweep.plots.filter(~pl.col("series").is_in(list(sweep.own_axes)))
    parts = {"sweep_plots": (together, sweep.axes)}
    for number, (name, axes) in enumerate(sweep.own_axes.items()):
        own = sweep.plots.filter(pl.col("series") == name)
        parts[f"sweep_plots_own_{number}"] = (own, axes)
    for key, (plots, axes) in parts.items():
        with st.container(key=f"wide_{key}"):
            draw(
                partial(sweep_plots, columns=sweep.columns),
                {"plots": plots, "axes": axes, "images": images},
                width="content",
                key=key,
                on_select=on_click_or(key),
                selections=[CLICKED],
                alt="Rows of scatter plots of angle against length, a method a row, a sparsity a "
                "plot.",
            )
    accuracy = f"({sweep.untested})" if sweep.untested else "with its 95 % interval"
    apart = f" {', '.join(sweep.own_axes)}: on axes of its own." if sweep.own_axes else ""
    st.caption(
        f"Each plot is about the same {labels.count(sweep.samples, 'sample')} under "
        f"{labels.escaped(context.labels[condition])} images, grey right and red wrong; the line "
        "is the path of their mean from the dense model that a row was made from, ending at the "
        "plot's sparsity. "
        f"Above: accuracy {accuracy}.{labels.escaped(apart)} Rows that are wider than the window "
        "scroll. A click on a sample opens it."
    )


def _densities(context: Context, series: list[str], condition: str) -> None:
    """Angle, length and margin side by side, a plot a method, a curve a sparsity."""
    found = context.study.derive(sweep_densities, series, condition, context.sample_filter)
    with st.container(horizontal=True, gap="xsmall"):
        for metric in GEOMETRIC:
            with st.container(width=_RIDGES, gap="xxsmall"):
                chart_title(METRICS[metric].label, "a curve for each target sparsity")
                draw(
                    partial(density_ridges, metric=metric, steps=found.steps),
                    {"curves": found.curves[metric], "axes": found.axes[metric]},
                    width="content",
                    key=f"sweep_density_{metric}",
                    alt=f"Density of {metric} at each target sparsity, a plot for each method.",
                )


def _table(sweep: Sweep) -> None:
    table = st.expander("Table", icon=":material/table_rows:", key="sweep_table", on_change="rerun")
    if table.open:
        columns = {
            frames.mean_title(name): st.column_config.NumberColumn(format=f"%.{metric.digits}f")
            for name, metric in METRICS.items()
            if metric.geometric
        }
        columns[DIFFERENCES[0]] = st.column_config.NumberColumn(format="%+.1f")
        with table:
            show_table(sweep.means, title="Sparsity sweep", column_config=columns)
            st.caption(difference_note(sweep.comparisons, sweep.untested))
