"""Angle and length: where the samples lie under one combination, as parts of the page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import layout
from core.display.charts.interval_brush import BRUSH
from core.display.components.chart import chart_title, draw
from core.display.components.chart_brush import brushed_chart, store_drag
from core.display.components.choices import segments, several, toggle
from core.display.components.gallery import Thumbnail, gallery
from core.display.components.sample_images import with_addresses
from core.display.components.selection_bar import selection_bar
from core.display.local_geometry.scatter import words
from core.display.local_geometry.scatter.chart import SMALL_SIZE, geometry_plot
from core.display.local_geometry.scatter.explanation import explanation
from core.display.local_geometry.scatter.frames import (
    CLASSES_SHOWN,
    EVERY_CLASS,
    LEAST_FOR_DENSITY,
    Scatter,
    Tables,
    scatter,
)
from core.display.shell.page import show_notices
from core.display.state import brush_filters, url
from core.display.state.brush_filters import SHOWN, Ranges
from core.display.state.context import Context
from core.metrics import METRICS
from core.store.combination import Combination
from core.store.subsets.ranges import ColumnRanges, Range

_CHART = "geometry_plot"
_CHART_WIDTH = 680
_LAYOUTS = {"apart": "Each class", "together": "All in one"}
# field of the chart -> name of the range
_DRAGGED = {"angle": "shown_angle", "length": "shown_length"}
_DESCRIPTION = (
    "Scatter plot of angle against length, correct samples grey and incorrect ones red, with "
    "the densities of angle, length and margin at its edges."
)


def angle_and_length(context: Context) -> None:
    """Angle against length, large or class by class, with densities and accuracy."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        roles = {
            role: f"{role.capitalize()}: {context.short(combination)}"
            for role, combination in context.roles.items()
        }
        combination = context.roles[segments("Combination", roles, key="shown")]
        apart = (
            context.class_name is None
            and context.study.classes.height > 1
            and segments("Layout", _LAYOUTS, key="layout") == "apart"
        )
        names = _choose_classes(context) if apart else None
        explain = toggle("What angle and length do", key="choose_explain", parameter="explain")
    url.write_choices()
    if explain:
        explanation(context, combination)
    _picture(context, combination, names)


def _choose_classes(context: Context) -> list[str]:
    names = list(context.study.names.classes)
    with st.popover("Classes", icon=":material/grid_view:", width="content"):
        chosen = several("Classes to show", names, key="only_class")
    if len(names) > CLASSES_SHOWN and not chosen:
        st.caption(f"The first {CLASSES_SHOWN} of {len(names):,} classes.")
    return chosen or names[:CLASSES_SHOWN]


@st.fragment
def _picture(context: Context, combination: Combination, names: list[str] | None) -> None:
    notices: list[str] = []
    ranges = brush_filters.read(SHOWN, notices)
    url.write_choices()
    show_notices(notices)
    selection = ColumnRanges(tuple((SHOWN[name], limits) for name, limits in ranges.items()))
    found = scatter(context, combination, selection, names=names)
    st.markdown(words.summary(context, combination, found))
    selected = found.total("selected")
    selection_bar(
        context,
        brush_filters.shown_parts(combination, ranges),
        selected=selected,
        samples=found.total("samples"),
        hint="Brush a large plot, or enter a range, to select some.",
        values={name: METRICS[metric].label for name, metric in SHOWN.items()},
        ranges=ranges,
        clear=partial(brush_filters.clear, SHOWN),
        key="shown",
        result=f" · accuracy {words.accuracy_words(found.total('selected_correct'), selected)}",
    )
    st.caption(
        ("" if names is None else "All classes on the same axes. ")
        + "Grey circles: correct; red diamonds: incorrect. Density of angle above, of length to "
        "the right, of margin in the corner (dashed line: the decision boundary), of at least "
        f"{LEAST_FOR_DENSITY} samples."
        + (" Dashed curves: of all, selected or not." if found.narrowed else "")
        + ("" if names is None else " Choose a class in the sidebar to see it large.")
    )
    if names is None:
        _large(context, found, ranges)
    else:
        _small_multiples(context, found)
    for note in words.notes(found):
        st.caption(note)


def _large(context: Context, found: Scatter, ranges: Ranges) -> None:
    key, drawn = brushed_chart(
        _CHART, {name: ranges[name] for name in _DRAGGED.values() if name in ranges}
    )
    brushed = {
        channel: drawn.get(name, Range()).closed(found.ranges[metric]) if drawn else None
        for channel, (metric, name) in zip("xy", _DRAGGED.items(), strict=True)
    }
    with st.container(horizontal=True, gap="large"):
        with st.container(width=_CHART_WIDTH):
            draw(
                partial(geometry_plot, brushed=brushed),
                _with_images(context, found, EVERY_CLASS),
                key=key,
                on_select=partial(store_drag, _CHART, key, _DRAGGED, BRUSH),
                selections=[BRUSH],
                alt=_DESCRIPTION,
            )
        with st.container(width=layout.SIDE_COLUMN):
            st.markdown(
                "**Lowest margins** · clean images of the samples deepest on the wrong side, or "
                "nearest to it"
            )
            _lowest_margins(found)


def _lowest_margins(found: Scatter) -> None:
    number = METRICS["margin"].number
    gallery(
        [
            Thumbnail(
                png=row["thumbnail"],
                first_line=f"true {row['class']}"
                + ("" if row["correct"] else f", predicted {row['predicted']}"),
                second_line=f"margin {number(row['margin'])}",
                hover=f"sample {row['sample_id']}: true {row['class']}, predicted "
                f"{row['predicted']}, margin {row['margin']:.3f}",
            )
            for row in found.lowest_margins.iter_rows(named=True)
        ]
    )


def _small_multiples(context: Context, found: Scatter) -> None:
    counts = {row["class"]: row for row in found.counts.iter_rows(named=True)}
    with st.container(horizontal=True, gap="small"):
        for name in found.plots:
            with st.container(width=SMALL_SIZE[0] + 2, gap="xxsmall"):
                chart_title(name, words.class_words(counts[name], narrowed=found.narrowed))
                draw(
                    partial(geometry_plot, small=True),
                    _with_images(context, found, name),
                    width="content",
                    key=f"class_plot_{name}",
                    alt=f"Class {name}: {_DESCRIPTION}",
                )


def _with_images(context: Context, found: Scatter, name: str) -> Tables:
    tables = found.plots[name]
    return {**tables, "points": with_addresses(tables["points"], context.study)}
