"""The parts of the global geometry page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from core.display import cached_queries, labels, subset_state, url_state
from core.display import global_geometry_intervals as on_axes
from core.display.charts.axis_shifts import axis_shifts
from core.display.charts.parallel_axes import BRUSH
from core.display.charts.parallel_coordinates import (
    UNDER_POINTER,
    Strip,
    parallel_coordinates,
)
from core.display.global_geometry import kept_samples, notes, strip_of
from core.display.global_geometry_axes import (
    MOST_CLASSES,
    ORDERS,
    RULES,
    Axis,
    axes_of,
    in_order,
    own_class,
    ranked_classes,
)
from core.display.global_geometry_models import rows_of_models
from core.display.global_geometry_shift import shifts_of
from core.display.state import Combination, View

LINES_LIMIT = 1000
SHOWN = {
    "reference": "Reference",
    "compared": "Compared",
    "both": "Both on one",
    "beside": "One above the other",
}
COLOURS = {"outcome": "right or wrong", "predicted": "predicted class", "role": "combination"}
_CHART = "parallel_coordinates"
_DRAGS = "parallel_coordinates_drags"
_STYLE = f'<style>g[class*="{UNDER_POINTER}"] * {{ pointer-events: none !important; }}</style>'


@dataclass(frozen=True)
class Drawing:
    """How lines are drawn."""

    lines: int
    strength: float
    bent: bool
    spread: bool


@st.fragment
def directions(view: View) -> None:
    """Parallel coordinates of the chosen samples, with intervals and shifts of the means."""
    st.html(_STYLE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = _buttons("Lines", "axes_of", SHOWN, default="both")
        with st.container(width=170):
            order = _choice("Order of axes", "axes_order", ORDERS)
        colour, drag_role = "role", "compared"
        if shown == "both":
            roles_of_drag = {role: role for role in on_axes.ROLES}
            drag_role = _buttons("A drag takes lines of", "axes_drag", roles_of_drag,
                                 default="compared")  # fmt: skip
        else:
            with st.container(width=170):
                colour = _choice("Colour of lines", "axes_colour", COLOURS)
        drawing = _drawing()
    axes, rule = _axes(view, order)
    if rule:
        st.caption(rule)
    intervals = on_axes.current(view)
    kept = kept_samples(view, intervals) if intervals else None
    roles = {"reference": view.reference, "compared": view.compared}
    panels: list[dict[str, Combination]] = (
        [roles]
        if shown == "both"
        else [{name: roles[name]} for name in (roles if shown == "beside" else [shown])]
    )
    strips = []
    for panel in panels:
        strip = strip_of(
            view,
            panel,
            axes,
            limit=drawing.lines // sum(map(len, panels)),
            colour=colour,
            intervals=[one for one in intervals if one.role in panel],
            kept=kept,
        )
        strips.append(strip)
        if len(panel) == 1:
            (drag_role,) = panel
            described = labels.escaped(view.describe(panel[drag_role]))
            st.markdown(f"**{drag_role.capitalize()}** · {described}")
        _chart(strip, drag_role, drawing, height=300 if len(panels) > 1 else 420)
    if shown in {"both", "beside"}:
        _shifts(view, axes)
    _intervals(view, intervals, kept)
    total = cached_queries.sample_count(view.resolved, view.chosen)
    for note in notes(strips, total):
        st.caption(note)
    rows = {"hide": "Hide", "show": "Show a row for each"}
    if _buttons("The same samples under many models", "axes_rows", rows, default="hide") == "show":
        rows_of_models(view, axes)
    url_state.write_choices()


def _choice(label: str, key: str, options: dict[str, str]) -> str:
    default = next(iter(options))
    url_state.settle(key, list(options), default=default, notices=[], implicit=True)
    return url_state.select(
        label, list(options), key=key, default=default, format_func=lambda one: options[one]
    )


def _buttons(label: str, key: str, options: dict[str, str], *, default: str) -> str:
    url_state.settle(key, list(options), default=default, notices=[], implicit=True)
    return url_state.segments(
        label, list(options), key=key, default=default, format_func=lambda one: options[one]
    )


def _drawing() -> Drawing:
    with st.popover("Drawing", icon=":material/tune:"):
        lines = st.select_slider(
            "Lines at most", [50, 100, 200, 500, LINES_LIMIT], value=LINES_LIMIT, key="axes_lines"
        )
        strength = st.slider("Strength of lines", 0.25, 4.0, 1.0, 0.25, key="axes_strength")
        bent = st.toggle("Bent lines", value=True, key="axes_bent")
        spread = st.toggle("Mean and spread", value=True, key="axes_spread")
    return Drawing(int(lines), float(strength), bent, spread)


def _axes(view: View, order: str) -> tuple[tuple[Axis, ...], str]:
    """The axes, and the rule that chose them in words where not every class has one."""
    ids = view.classes["class_id"].to_list()
    if len(ids) <= MOST_CLASSES:
        return axes_of(view, in_order(view, ids, order)), ""
    own = own_class(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=220):
            rule = _choice("Classes on the axes", "axes_rule", RULES)
        if rule == "picked":
            names = dict(zip(view.classes["name"], ids, strict=True))
            picked = url_state.several(
                f"Classes, {MOST_CLASSES} at most", list(names), key="axes_classes"
            )[:MOST_CLASSES]
            ranked = [names[name] for name in picked if names[name] != own]
            sentence = "picked by hand"
            if not ranked:
                ranked, sentence = ranked_classes(view, "confused")
                sentence += "; pick classes to replace them"
        else:
            ranked, sentence = ranked_classes(view, rule)
    front = [] if own is None else [own]
    shown = [*front, *ranked][:MOST_CLASSES]
    ordered = shown if order == "given" and rule != "picked" else in_order(view, shown, order)
    others = f"{view.class_name} and " if own is not None else ""
    return (
        axes_of(view, ordered),
        f"{len(shown)} of {len(ids):,} class directions: {labels.escaped(others)}those "
        f"{labels.escaped(sentence)}.",
    )


def _chart(strip: Strip, role: str, drawing: Drawing, *, height: int) -> None:
    # A new key after each drag: what it drew is then shown as an interval on the axis.
    key = f"{_CHART}_{role}_{st.session_state.get(_DRAGS, 0)}"
    st.altair_chart(
        parallel_coordinates(
            strip,
            height=height,
            strength=drawing.strength,
            bent=drawing.bent,
            spread=drawing.spread,
        ),
        width="stretch",
        key=key,
        on_select=partial(_dragged, key, strip.axes, role),
        selection_mode=[BRUSH],
        alt="Angles of samples to class directions, their length and margin, a line a sample.",
    )


def _dragged(key: str, axes: Sequence[Axis], role: str) -> None:
    event: dict[str, Any] = st.session_state[key]["selection"]
    found = on_axes.of_drag(event.get(BRUSH) or {}, axes, role)
    if found:
        on_axes.add(*found)
        st.session_state[_DRAGS] = st.session_state.get(_DRAGS, 0) + 1


def _shifts(view: View, axes: tuple[Axis, ...]) -> None:
    shifts, limit = shifts_of(view, axes)
    if shifts.is_empty():
        return
    st.altair_chart(
        axis_shifts(shifts, axes, limit=limit),
        width="stretch",
        key="axis_shifts",
        alt="How far the mean on each axis moves from reference to compared.",
    )
    st.caption(
        "Shift of each axis's mean from reference to compared over the same samples, with its "
        "95 % paired bootstrap interval; yellow where the interval leaves out 0. Length and "
        "margin have scales of their own."
    )


def _intervals(
    view: View, intervals: tuple[on_axes.Interval, ...], kept: tuple[int, ...] | None
) -> None:
    if kept is None:
        st.caption(
            "Drag up or down on an axis to keep the lines that pass; drag on further axes to "
            "narrow them."
        )
        return
    total = cached_queries.sample_count(view.resolved, view.chosen)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{len(kept):,}** of {labels.count(total, 'sample')} kept", width="content")
        for one in intervals:
            st.button(
                one.words(),
                key=f"interval_{one.text()}",
                icon=":material/close:",
                help="Take this interval away",
                on_click=on_axes.remove,
                args=(one,),
            )
        if st.button("Make them the subset", key="keep_intervals", type="primary",
                     disabled=not kept):  # fmt: skip
            subset_state.narrow(view.subset, on_axes.subset_of(intervals, view))
            on_axes.remove(*intervals)
            st.rerun()
