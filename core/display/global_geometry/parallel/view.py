"""The parts of the global geometry page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components import chart_brush as brushes
from core.display.components import sample_images
from core.display.components.chart import draw, ink
from core.display.global_geometry import brush as on_axes
from core.display.global_geometry.axes import (
    DEGREES,
    MOST_CLASSES,
    ORDERS,
    RULES,
    Axis,
    axes_of,
    in_order,
    own_class,
    ranked_classes,
)
from core.display.global_geometry.brush import Interval
from core.display.global_geometry.mean_shift.chart import axis_shifts
from core.display.global_geometry.mean_shift.frames import shift_tables
from core.display.global_geometry.parallel.brush_bar import limits
from core.display.global_geometry.parallel.chart import parallel_coordinates
from core.display.global_geometry.parallel.chart_axes import BRUSH
from core.display.global_geometry.parallel.frames import (
    Strip,
    kept_samples,
    missing,
    notes,
    paper_of,
    strip_of,
)
from core.display.global_geometry.parallel.line_colours import COLOURS
from core.display.global_geometry.parallel.svg_lines import Paper
from core.display.global_geometry.small_multiples import rows_of_models
from core.display.global_geometry.values import Values, values_of
from core.display.state import url as url_state
from core.display.state.context import View

LINES = (1000, 500, 200, 100, 50)
STRENGTHS = {"1": "normal", "0.4": "fainter", "2": "stronger", "4": "strongest"}
SHOWN = {
    "reference": "Reference",
    "compared": "Compared",
    "both": "Both on one",
    "beside": "One above the other",
}
_CHART = "parallel_coordinates"
_DRAG = "axes_drag"
_DRAG_DEFAULT = "compared"
_ROWS = {"hide": "Hide", "show": "Show a row for each"}


@dataclass(frozen=True)
class Drawing:
    """How lines are drawn."""

    colour: str
    lines: int
    strength: float
    bent: bool
    spread: bool


@st.fragment
def directions(view: View) -> None:
    """Parallel coordinates of the chosen samples, with intervals and shifts of the means."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = _buttons("Lines", "axes_of", SHOWN, default="both")
        with st.container(width=170):
            order = _choice("Order of axes", "axes_order", ORDERS)
        with st.container(width=170):
            colour = _choice("Colour of lines", "axes_colour", COLOURS)
        drawing = _drawing(colour)
    axes, rule = _axes(view, order)
    if rule:
        st.caption(rule)
    intervals = on_axes.current(view)
    kept = kept_samples(view, intervals) if intervals else None
    combinations = {"reference": view.reference, "compared": view.compared}
    together = shown == "both"
    roles = list(combinations) if shown in {"both", "beside"} else [shown]
    found = {role: values_of(view, combinations[role], axes) for role in roles}
    paper = paper_of(view, axes, pixels=430 if len(roles) == 1 or together else 320)
    drawn = 0
    hovered: list[pl.DataFrame] = []
    for panel in [roles] if together else [[role] for role in roles]:
        if not together:
            described = labels.escaped(view.describe(combinations[panel[0]]))
            st.markdown(f"**{panel[0].capitalize()}** · {described}")
        of_panel = [one for one in intervals if one.role in panel]
        strip = strip_of(
            view,
            {role: (combinations[role], found[role]) for role in panel},
            axes,
            paper,
            limit=drawing.lines // len(roles),
            colour=drawing.colour,
            strength=drawing.strength,
            bent=drawing.bent,
            intervals=of_panel,
            kept=kept,
        )
        st.html(strip.legend.html(panel))
        _chart(strip, axes, paper, drawing, of_panel, role=None if together else panel[0])
        drawn = strip.drawn
        hovered.append(strip.tables["lines"])
    samples = len(next(iter(found.values())).table)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if together:
            _buttons("A drag takes lines of", _DRAG, {role: role for role in roles},
                     default=_DRAG_DEFAULT)  # fmt: skip
        limits(view, axes, intervals, samples=samples, kept=None if kept is None else len(kept))
    if len(roles) > 1:
        _shifts(found, axes, paper)
    for note in (*missing(view, drawn, samples), *notes(found, axes)):
        st.caption(note)
    if _buttons("The same samples under many models", "axes_rows", _ROWS,
                default="hide") == "show":  # fmt: skip
        rows_of_models(view, axes)
    url_state.write_choices()
    sample_images.serve(pl.concat(hovered), view.resolved)


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


def _drawing(colour: str) -> Drawing:
    with st.popover("Drawing", icon=":material/tune:"):
        lines = _choice("Lines at most", "axes_lines", {str(n): f"{n:,}" for n in LINES})
        strength = _choice("Strength of lines", "axes_strength", STRENGTHS)
        bend = _choice("Lines between axes", "axes_bend", {"bent": "bent", "straight": "straight"})
        spread = _choice("Mean and spread", "axes_means", {"show": "shown", "hide": "hidden"})
    return Drawing(colour, int(lines), float(strength), bend == "bent", spread == "show")


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


def _chart(
    strip: Strip,
    axes: Sequence[Axis],
    paper: Paper,
    drawing: Drawing,
    intervals: Sequence[Interval],
    *,
    role: str | None,
) -> None:
    chart = f"{_CHART}_{role or 'both'}"
    key, _ = brushes.drawing_of(chart, _ranges(intervals))
    draw(
        partial(
            parallel_coordinates,
            paper,
            DEGREES,
            bent=drawing.bent,
            spread=drawing.spread,
            ink=ink(),
        ),
        strip.tables,
        key=key,
        on_select=partial(_dragged, chart, key, axes, role),
        selections=[BRUSH],
        alt="Angles of samples to class directions, their length and margin, a line a sample.",
    )


def _ranges(intervals: Sequence[Interval]) -> dict[str, brushes.Range]:
    return {":".join(one.place): (one.low, one.high) for one in intervals}


def _dragged(chart: str, key: str, axes: Sequence[Axis], role: str | None) -> None:
    event: dict[str, Any] = st.session_state[key]["selection"]
    box = event.get(BRUSH) or {}
    found = on_axes.of_drag(box, axes, role or url_state.get_choice(_DRAG) or _DRAG_DEFAULT)
    if found:
        on_axes.add(*found)
        shown = [one for one in on_axes.stored() if role in {None, one.role}]
        brushes.report(chart, _ranges(shown))


def _shifts(found: Mapping[str, Values], axes: Sequence[Axis], paper: Paper) -> None:
    tables = shift_tables(found, axes)
    if tables["shifts"].is_empty():
        return
    draw(
        partial(axis_shifts, paper, ink=ink()),
        tables,
        key="axis_shifts",
        alt="How far the mean on each axis moves from reference to compared.",
    )
    st.caption(
        "Shift of each axis's mean from reference to compared over the same samples, with its "
        "95 % paired bootstrap interval; yellow where the interval leaves out 0. Length and "
        "margin have scales of their own."
    )
