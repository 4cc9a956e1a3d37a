"""Rows of models: the same samples under many models, a strip of axes each (paper, figure 8)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import draw, ink
from core.display.evaluation.frames import with_series
from core.display.global_geometry.axes import DEGREES, Axis
from core.display.global_geometry.parallel.chart import parallel_coordinates
from core.display.global_geometry.parallel.chart_axes import NAMES_HEIGHT
from core.display.global_geometry.parallel.frames import paper_of, strip_of
from core.display.global_geometry.values import values_of
from core.display.query_cache import ask
from core.display.state import url as url_state
from core.display.state.context import Combination, View, drop, keep
from core.stats.intervals import wilson_interval
from core.store.queries import metric_ranges as geometry_queries

STRIP_LINES = 60
MOST_STRIPS = 12
HEIGHT = 165


def rows_of_models(view: View, axes: Sequence[Axis]) -> None:
    """Reference, compared and every kept combination, one under the other on the same axes."""
    st.caption(
        "Reference, compared and the combinations that you keep, on the axes above: densities, "
        f"means and spread over all of the samples, {STRIP_LINES} of them as lines, wrong ones "
        "red. Kept combinations stand in the link."
    )
    _adding(view)
    listed = list(dict.fromkeys([view.reference, view.compared, *view.kept]))
    for position, one in enumerate(listed[:MOST_STRIPS]):
        _strip(view, one, axes, labelled=position in {0, min(len(listed), MOST_STRIPS) - 1})
    if len(listed) > MOST_STRIPS:
        st.caption(f"{MOST_STRIPS} of {len(listed)} combinations are shown: remove some.")


def _adding(view: View) -> None:
    series = with_series(view.models).filter(pl.col("method") != "dense")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=300):
            name = st.selectbox(
                "Add a model",
                view.models["name"].to_list(),
                format_func=lambda one: view.labels[one],
                key="strip_model",
            )
        if st.button("Add", key="add_strip", icon=":material/add:"):
            keep(_under_reference(view, [name])[0])
            st.rerun()
        if not series.is_empty():
            with st.container(width=300):
                chosen = st.selectbox(
                    "Or a method over its ratios",
                    sorted(set(series["series"])),
                    key="strip_series",
                )
            if st.button("Add all", key="add_strips", icon=":material/add:"):
                found = series.filter(pl.col("series") == chosen).sort("ratio", "seed", "model_id")
                keep(*_under_reference(view, found["name"].to_list()))
                st.rerun()
        if view.kept and st.button("Remove all", key="drop_strips", icon=":material/delete:"):
            url_state.set_choice("keep")
            st.rerun()


def _under_reference(view: View, names: Sequence[str]) -> list[Combination]:
    ids = dict(zip(view.models["name"], view.models["model_id"], strict=True))
    condition = view.reference
    return [
        Combination(ids[name], name, condition.condition_id, condition.condition) for name in names
    ]


def _strip(view: View, one: Combination, axes: Sequence[Axis], *, labelled: bool) -> None:
    role = "compared" if one == view.compared and one != view.reference else "reference"
    badge = {view.reference: ":gray-badge[reference] ", view.compared: ":orange-badge[compared] "}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"{badge.get(one, '')}**{labels.escaped(view.short(one))}** · {_accuracy(view, one)}",
            width="stretch",
        )
        if one in view.kept and st.button(
            "Remove", key=f"drop_strip_{one.model_id}_{one.condition_id}", icon=":material/close:"
        ):
            drop(one)
            st.rerun()
    paper = paper_of(view, axes, pixels=HEIGHT + labelled * NAMES_HEIGHT, named=labelled)
    strip = strip_of(
        view,
        {role: (one, values_of(view, one, axes))},
        axes,
        paper,
        limit=STRIP_LINES,
        colour="outcome",
        hover=False,
    )
    draw(
        partial(parallel_coordinates, paper, DEGREES, brush=False, ink=ink()),
        strip.tables,
        key=f"strip_{one.model_id}_{one.condition_id}",
        alt=f"Angles, length and margin of the samples under {view.short(one)}.",
    )


def _accuracy(view: View, one: Combination) -> str:
    counts = ask(
        geometry_queries.combination_counts,
        view.resolved,
        model_id=one.model_id,
        condition_id=one.condition_id,
        chosen=view.chosen,
    ).row(0, named=True)
    if not counts["samples"]:
        return "no samples"
    low, high = wilson_interval(counts["correct"], counts["samples"])
    return (
        f"accuracy {labels.percent(counts['correct'] / counts['samples'])} "
        f"({labels.percent(low)} to {labels.percent(high)})"
    )
