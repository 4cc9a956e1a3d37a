"""Parallel axes of class angles and further metrics, with ranges to drag on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from core.display import labels, layout
from core.display.charts.sample_click import CLICKED
from core.display.components import chart_brush, choices
from core.display.components.chart import draw, text_colour
from core.display.components.class_strip_frames import class_drops
from core.display.components.paired_line import paired_line
from core.display.components.part import fragment
from core.display.components.picture_and_answers import choices_row
from core.display.components.range_form import range_form
from core.display.components.sample_clicks import go_to_clicked, on_click_or
from core.display.components.sample_images import with_addresses
from core.display.components.selection_bar import use_or_clear
from core.display.components.upright_drags import upright_drags
from core.display.global_geometry import brush
from core.display.global_geometry.axes import MOST_CLASSES, ORDERS, RULES, Axis, choose_axes
from core.display.global_geometry.mean_shift.view import mean_shift
from core.display.global_geometry.parallel.chart import BRUSH, parallel_coordinates
from core.display.global_geometry.parallel.frames import ParallelFrames, parallel_frames
from core.display.global_geometry.parallel.line_colours import COLOURS
from core.display.global_geometry.parallel.plot import LineStyle, ParallelPlot, Shown
from core.display.global_geometry.small_multiples.view import small_multiples
from core.display.global_geometry.values import AxisSamples
from core.display.state import url
from core.display.state.brush_filters import Ranges
from core.display.state.context import Context
from core.store.subsets.base import Subset
from core.store.subsets.combinators import all_of

MOST_LINES = (1000, 500, 200, 100, 50)
OPACITIES = {"1": "normal", "0.4": "lower", "2": "higher", "4": "highest"}
LAYOUTS = {
    "reference": "Reference",
    "compared": "Compared",
    "both": "Overlaid",
    "beside": "Stacked",
}
_CHART = "parallel_coordinates"
_DRAG = "axes_drag"
_DRAG_DEFAULT = "compared"
_HINT = (
    "Drag along an axis to select lines, along further axes to select fewer, along the same one "
    "to replace its range. Click a line to open its sample."
)
_LINES = {
    "selected": "Densities",
    "class": "Lines: largest drop",
    "all": "Lines: all",
}
_ROWS = {"hide": "Hide", "show": "Show a row for each"}


@fragment
def parallel_axes(context: Context) -> None:
    """Lines of the filtered samples over class directions, brushed ranges, shifts of the means."""
    with choices_row("axes"):
        arranged = choices.segments("Lines", LAYOUTS, key="axes_of", default="both", labelled=False)
        order = choices.choose(
            "Order of axes", ORDERS, key="axes_order", width=layout.NARROW_CHOICE
        )
        style, spread = _choose_style()
        if context.class_name is None and context.sample_filter.where is None:
            style = _which_lines(context, style)
    rule, picked = _choose_classes(context)
    pins = [context.study.key(pin) for pin in context.pins]
    chosen = context.study.derive(
        choose_axes, context.paired, pins=pins, rule=rule, picked=picked, order=order
    )
    ranges = brush.current(context)
    parts = brush.filters(ranges, context.roles)
    roles = [arranged] if arranged in context.roles else list(context.roles)
    shown = [Shown.of(context, role, context.roles[role]) for role in roles]
    overlaid = arranged == "both"
    samples = AxisSamples(context.paired, chosen.axes)
    frames = context.study.derive(
        parallel_frames,
        samples,
        [shown] if overlaid else [[one] for one in shown],
        style=style,
        ranges=ranges,
        selection=context.narrowed(all_of(*parts)) if parts else None,
    )
    if chosen.rule:
        st.caption(labels.escaped(chosen.rule))
    for plot in frames.plots:
        if not overlaid:
            described = labels.escaped(context.describe(context.roles[plot.roles[0]]))
            st.markdown(f"**{plot.roles[0].capitalize()}** · {described}")
        st.html(plot.legend.html(plot.roles))
        _plot(context, plot, chosen.axes, ranges, bent=style.bent, spread=spread)
    go_to_clicked()
    upright_drags(_CHART)
    paired_line(context)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if overlaid:
            options = {role: role for role in brush.ROLES}
            choices.segments("Brush selects", options, key=_DRAG, default=_DRAG_DEFAULT)
        _brush_bar(context, chosen.axes, ranges, parts, frames)
    if frames.shifts is not None:
        mean_shift(context, frames.shifts, frames.plots[0].plot_area)
    elif len(shown) > 1:
        st.caption("Reference and compared are the same combination: nothing differs.")
    for note in frames.notes:
        st.caption(note)
    many = choices.segments("The same samples under many models", _ROWS, key="axes_rows")
    if many == "show":
        small_multiples(context, samples)


def _choose_style() -> tuple[LineStyle, bool]:
    """How lines look, and whether means and their spread are drawn."""
    with st.popover("Line style", icon=":material/tune:", width="content"):
        colour = choices.choose("Colour of lines", COLOURS, key="axes_colour")
        limit = choices.choose(
            "Max lines", {str(n): f"{n:,}" for n in MOST_LINES}, key="axes_lines"
        )
        opacity = choices.choose("Line opacity", OPACITIES, key="axes_strength")
        shapes = {"bent": "curved", "straight": "straight"}
        shape = choices.choose("Lines between axes", shapes, key="axes_bend")
        shown = {"show": "shown", "hide": "hidden"}
        spread = choices.choose("Mean and spread", shown, key="axes_means")
    return LineStyle(colour, int(limit), float(opacity), shape == "bent"), spread == "show"


def _which_lines(context: Context, style: LineStyle) -> LineStyle:
    """Of all samples there are first densities and means; lines come when they are asked for."""
    which = choices.segments("Lines of", _LINES, key="axes_lines_of", labelled=False)
    if which == "all":
        return style
    if which == "selected":
        return style._replace(rest=False)
    every_class = replace(
        context.paired, sample_filter=replace(context.sample_filter, class_id=None)
    )
    drops = context.study.derive(class_drops, every_class, "")
    names = context.study.names.classes
    if drops.rows.is_empty():
        return style
    return style._replace(label=names[str(drops.rows["class"][0])])


def _choose_classes(context: Context) -> tuple[str, list[str]]:
    """By which rule classes get an axis where not all do, and those picked by hand."""
    if context.study.classes.height <= MOST_CLASSES:
        return next(iter(RULES)), []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rule = choices.choose("Classes on the axes", RULES, key="axes_rule", width=layout.CHOICE)
        if rule != "picked":
            return rule, []
        label = f"Classes, {MOST_CLASSES} at most"
        names = list(context.study.names.classes)
        return rule, choices.several(label, names, key="axes_classes")[:MOST_CLASSES]


def _plot(
    context: Context,
    plot: ParallelPlot,
    axes: Sequence[Axis],
    ranges: Ranges,
    *,
    bent: bool,
    spread: bool,
) -> None:
    chart = f"{_CHART}_{plot.roles[0] if len(plot.roles) == 1 else 'both'}"
    key, _ = chart_brush.brushed_chart(chart, _of_roles(ranges, plot.roles))
    draw(
        partial(
            parallel_coordinates,
            plot.plot_area,
            bent=bent,
            spread=spread,
            text_colour=text_colour(),
        ),
        {**plot.tables, "lines": with_addresses(plot.tables["lines"], context.study)},
        key=key,
        on_select=on_click_or(key, partial(_dragged, chart, key, axes, plot.roles), brush=BRUSH),
        selections=[BRUSH, CLICKED],
        alt="Angles of samples to class directions, their length, margin and true-class "
        "probability, a line a sample.",
    )


def _of_roles(ranges: Ranges, roles: Sequence[str]) -> Ranges:
    return {name: limits for name, limits in ranges.items() if name.split(":")[0] in roles}


def _dragged(chart: str, key: str, axes: Sequence[Axis], roles: Sequence[str]) -> None:
    box = st.session_state[key]["selection"].get(BRUSH) or {}
    role = roles[0] if len(roles) == 1 else url.get_choice(_DRAG) or _DRAG_DEFAULT
    if dragged := brush.of_drag(box, axes, role):
        brush.put(dragged)
        chart_brush.report(chart, _of_roles(brush.stored(), roles))


def _brush_bar(
    context: Context,
    axes: Sequence[Axis],
    ranges: Ranges,
    parts: Sequence[Subset],
    frames: ParallelFrames,
) -> None:
    """How many samples are selected, a button for each range, and fields for their ends."""
    if frames.selected is None:
        st.caption(_HINT, width="stretch")
    else:
        of_all = labels.count(frames.samples, "sample")
        st.markdown(f"**Selected {frames.selected:,}** of {of_all}", width="content")
    for name, limits in ranges.items():
        st.button(
            labels.escaped(brush.words(name, limits)),
            key=f"interval_{brush.to_text(name, limits)}",
            icon=":material/close:",
            help="Remove this range",
            on_click=brush.remove,
            args=(name,),
        )
    titles = {axis.range_name(role): axis.title for axis in axes for role in brush.ROLES}
    range_form(
        {name: f"{title[0].upper()}{title[1:]}" for name, title in titles.items()},
        ranges,
        store=lambda name, limits: brush.put({name: limits}),
        choose_value=lambda: _choose_axis(axes),
    )
    if parts:
        clear = partial(brush.remove, *ranges)
        use_or_clear(context, parts, clear, key="ranges", idle=not frames.selected)


def _choose_axis(axes: Sequence[Axis]) -> str:
    by_title = {axis.title: axis for axis in axes}
    axis = by_title[st.selectbox("Axis", list(by_title), key="range_axis")]
    role: str = st.selectbox("Combination", brush.ROLES, key="range_role")
    return axis.range_name(role)
