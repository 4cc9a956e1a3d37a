"""Angle and length: where the samples lie under one combination, as parts of the page."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.display import labels
from core.display.charts.moving_axes import POSITION, Tables
from core.display.charts.sample_click import CLICKED
from core.display.components.chart import chart_title, draw
from core.display.components.choices import segments, several, toggle
from core.display.components.class_strip_frames import class_drops
from core.display.components.gallery import Thumbnail, gallery
from core.display.components.part import fragment
from core.display.components.picture_and_answers import picture_and_answers
from core.display.components.prediction_maps import prediction_maps
from core.display.components.sample_buttons import sample_buttons
from core.display.components.sample_clicks import go_to_clicked, on_click_or
from core.display.components.sample_images import with_addresses
from core.display.components.selection_bar import selection_bar
from core.display.local_geometry import words
from core.display.local_geometry.brushed_plot import draw_brushed, set_ranges
from core.display.local_geometry.scatter import chart, frames
from core.display.local_geometry.scatter.frames import Scatter, scatter
from core.display.paired_words import CHOSEN, no_test
from core.display.state import brush_filters, url
from core.display.state.brush_filters import SHOWN, Ranges
from core.display.state.context import Context
from core.metrics import METRICS
from core.store.combination import Combination
from core.store.subsets.ranges import ColumnRanges

_LAYOUTS = {"apart": "Each class", "together": "All in one"}
_DESCRIPTION = (
    "Scatter plot of angle against length, correct samples grey and incorrect ones red, with "
    "the densities of angle, length and margin at its edges."
)


def angle_and_length(context: Context, row: DeltaGenerator) -> None:
    """Angle against length, large or class by class, with densities and accuracy.

    Args:
        context: the open study.
        row: takes the choices.
    """
    with row:
        roles = {role: role.capitalize() for role in context.roles}
        role = segments("Combination", roles, key="shown", labelled=False)
        combination = context.roles[role]
        apart = (
            context.class_name is None
            and context.study.classes.height > 1
            and segments("Layout", _LAYOUTS, key="layout", labelled=False) == "apart"
        )
        names, rule = _choose_classes(context) if apart else (None, "")
        explain = toggle("What angle and length do", key="choose_explain", parameter="explain")
    url.write_choices()
    if explain:
        with st.container(border=True):
            prediction_maps(context, combination)
    _picture(context, combination, names, rule)


def _choose_classes(context: Context) -> tuple[list[str], str]:
    """The classes that get a plot, and by which rule where nobody chose them."""
    names = list(context.study.names.classes)
    with st.popover("Classes", icon=":material/grid_view:", width="content"):
        chosen = several("Classes to show", names, key="only_class")
    if chosen or len(names) <= frames.CLASSES_SHOWN:
        return chosen or names, ""
    drops: list[str] = []
    if not context.compares_with_itself:
        drops = context.study.derive(class_drops, context.paired, "").rows["class"].to_list()
    first = [*drops, *(name for name in names if name not in drops)][: frames.CLASSES_SHOWN]
    which = "the largest drop of recall first" if drops else "the first ones"
    return first, f"{len(first)} of {len(names):,} classes, {which}. "


@fragment
def _picture(
    context: Context, combination: Combination, names: list[str] | None, rule: str
) -> None:
    ranges = set_ranges(SHOWN)
    selection = ColumnRanges(tuple((SHOWN[name], limits) for name, limits in ranges.items()))
    found = scatter(context, combination, selection, names)
    picture, answers = picture_and_answers("shown")
    with answers:
        _answers(context, combination, found, ranges)
    with picture:
        if names is None:
            _large(context, combination, found, ranges)
        else:
            untested = no_test(context.subset, {combination.model})
            _small_multiples(context, combination, found, untested)
    st.caption(
        ("" if names is None else f"{rule}All classes on the same axes. ")
        + "Grey circles: correct; red diamonds: incorrect. Density of angle above, of length to "
        "the right, of margin in the corner (dashed line: the decision boundary), of at least "
        f"{frames.LEAST_FOR_DENSITY} samples."
        + (" Dashed curves: of all, selected or not." if found.narrowed else "")
        + ("" if names is None else " Choose a class in the sidebar to see it large.")
    )
    for note in words.scatter_notes(found):
        st.caption(note)


def _answers(context: Context, combination: Combination, found: Scatter, ranges: Ranges) -> None:
    """Accuracy, what is selected, and the images with the lowest margins."""
    st.markdown(words.summary(context, combination, found))
    selected, right = found.total("selected"), found.total("selected_correct")
    accuracy = words.accuracy_words(right, selected, untested=CHOSEN)
    selection_bar(
        context,
        brush_filters.shown_parts(combination, ranges),
        selected=selected,
        samples=found.total("samples"),
        hint="Brush a large plot, or enter a range, to select some; click a sample to open it.",
        values={name: METRICS[metric].label for name, metric in SHOWN.items()},
        ranges=ranges,
        clear=partial(brush_filters.clear, SHOWN),
        key="shown",
        result=f" · accuracy {accuracy}",
    )
    st.markdown("**Lowest margins** · the samples deepest on the wrong side, or nearest to it")
    lowest = with_addresses(found.lowest_margins, context.study, combination.condition)
    gallery([_lowest_margin(row) for row in lowest.iter_rows(named=True)])
    sample_buttons(found.lowest_margins["sample_id"].to_list(), key="lowest_margin")


def _large(context: Context, combination: Combination, found: Scatter, ranges: Ranges) -> None:
    sides = {name: (f"shown_{name}", found.ranges[name]) for name in POSITION}
    draw_brushed(
        chart.geometry_plot,
        _with_images(context, combination, found, frames.EVERY_CLASS),
        sides,
        ranges,
        name="geometry_plot",
        alt=_DESCRIPTION,
        width="stretch",
        of_samples=True,
        numbers=f"{context.short(combination)} · "
        f"{labels.count(found.total('samples'), 'sample')} · {context.sentence}",
    )


def _lowest_margin(row: dict[str, Any]) -> Thumbnail:
    true, predicted = f"true {row['class']}", f", predicted {row['predicted']}"
    margin = f"margin {METRICS['margin'].number(row['margin'])}"
    first_line = true if row["correct"] else true + predicted
    hover = f"sample {row['sample_id']}: {true}{predicted}, margin {row['margin']:.3f}"
    if row["picture"]:
        hover += f"; image: {row['picture']}"
    return Thumbnail(row["image"], first_line, margin, hover)


def _small_multiples(
    context: Context, combination: Combination, found: Scatter, untested: str | None
) -> None:
    counts = {row["class"]: row for row in found.counts.iter_rows(named=True)}
    with st.container(horizontal=True, gap="xsmall"):
        for name in found.plots:
            with st.container(width=chart.SMALL_SIZE[0] + 2, gap="xxsmall"):
                row = counts[name]
                title = words.class_words(row, narrowed=found.narrowed, untested=untested)
                chart_title(name, title)
                draw(
                    partial(chart.geometry_plot, small=True),
                    _with_images(context, combination, found, name),
                    width="content",
                    key=f"class_plot_{name}",
                    on_select=on_click_or(f"class_plot_{name}"),
                    selections=[CLICKED],
                    alt=f"Class {name}: {_DESCRIPTION}",
                    numbers=f"{context.short(combination)} · {title}",
                )
    go_to_clicked()


def _with_images(context: Context, combination: Combination, found: Scatter, name: str) -> Tables:
    tables = found.plots[name]
    points = with_addresses(tables["points"], context.study, combination.condition)
    return {**tables, "points": points}
