"""Rows of models: pinning them, and one under the other on the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.components.chart import draw, text_colour
from core.display.global_geometry.parallel.chart import parallel_coordinates
from core.display.global_geometry.parallel.plot import ParallelPlot, Shown
from core.display.global_geometry.small_multiples.frames import LINES, model_rows
from core.display.global_geometry.values import AxisSamples
from core.display.paired_words import no_test
from core.display.state.context import Context
from core.display.state.pins import pin, unpin, unpin_all
from core.store.combination import Combination

MOST_ROWS = 12
_BADGES = {"reference": ":gray-badge[reference] ", "compared": ":orange-badge[compared] "}


def small_multiples(context: Context, samples: AxisSamples) -> None:
    """Reference, compared and every pinned combination, one under the other on the same axes."""
    roles = {combination: role for role, combination in reversed(context.roles.items())}
    listed = list(dict.fromkeys([context.reference, context.compared, *context.pins]))
    shown = [Shown.of(context, roles.get(one, "reference"), one) for one in listed[:MOST_ROWS]]
    st.caption(
        "Reference, compared and pinned combinations, on the axes above: densities, means and "
        f"spread over all of the samples, {LINES} of them as lines, wrong ones red. Pins stand in "
        "the link."
    )
    _pinning(context)
    untested = [no_test(context.subset, {one.model}) for one in listed]
    rows = context.study.derive(model_rows, samples, shown, untested)
    for combination, one, (plot, accuracy) in zip(listed, shown, rows, strict=False):
        badge = _BADGES[one.role] if combination in roles else ""
        _row(context, combination, f"{badge}**{labels.escaped(one.words)}** · {accuracy}", plot)
    if len(listed) > MOST_ROWS:
        st.caption(f"{MOST_ROWS} of {len(listed)} combinations are shown: unpin some.")


def _pinning(context: Context) -> None:
    models = context.study.models
    series = models.filter(pl.col("method") != "dense")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=layout.WIDE_CHOICE):
            name = st.selectbox(
                "Pin a model",
                models["name"].to_list(),
                format_func=context.labels.__getitem__,
                key="strip_model",
            )
        if st.button("Pin", key="add_strip", icon=":material/keep:"):
            _pin(context, [name])
        if not series.is_empty():
            with st.container(width=layout.WIDE_CHOICE):
                sweep = st.selectbox(
                    "Or a sparsity sweep", sorted(set(series["series"])), key="strip_series"
                )
            if st.button("Pin all", key="add_strips", icon=":material/keep:"):
                swept = series.filter(pl.col("series") == sweep).sort("ratio", "seed", "model_id")
                _pin(context, swept["name"].to_list())
        if context.pins and st.button("Unpin all", key="drop_strips", icon=":material/keep_off:"):
            unpin_all()
            st.rerun()


def _pin(context: Context, models: Sequence[str]) -> None:
    pin(*(Combination(model, context.reference.condition) for model in models))
    st.rerun()


def _row(context: Context, combination: Combination, heading: str, plot: ParallelPlot) -> None:
    key = "{}_{}".format(*context.study.key(combination))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(heading, width="stretch")
        if combination in context.pins and st.button(
            "Unpin", key=f"drop_strip_{key}", icon=":material/close:"
        ):
            unpin(combination)
            st.rerun()
    draw(
        partial(parallel_coordinates, plot.plot_area, brush=False, text_colour=text_colour()),
        plot.tables,
        key=f"strip_{key}",
        alt="Angles, length, margin and true-class probability of the samples under "
        f"{context.short(combination)}.",
    )
