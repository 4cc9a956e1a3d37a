"""The parts of the local geometry page that show one combination."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components import chart_brush as brushes
from core.display.components import sample_images
from core.display.components.chart import draw
from core.display.components.chart_brush import Range
from core.display.components.selection_bar import kept_line
from core.display.local_geometry.scatter import frames as local_geometry
from core.display.local_geometry.scatter.chart import BRUSH, SMALL_SIZE, frame, geometry_plot
from core.display.local_geometry.scatter.explanation import choose_explanation, explanation
from core.display.local_geometry.scatter.frames import LocalGeometry
from core.display.shell.page import chart_title, choose_role, gallery
from core.display.state import brush_filters as limits
from core.display.state import position_filters as kept_places
from core.display.state import url as url_state
from core.display.state.context import Combination, View

LOOKS = {
    "lie": "Where samples lie",
    "changed": "What changed",
    "ratios": "Over the ratios",
    "models": "Over all models",
}
DESCRIPTION = (
    "Scatter plot of angle against length, correct samples grey and incorrect ones red, with "
    "the densities of angle, length and margin at its edges."
)
_LAYOUTS = {"apart": "Each class", "together": "All in one"}
_CHART = "geometry_plot"


def choose_look() -> str:
    """Which of the page's questions to answer."""
    url_state.settle("look", list(LOOKS), default="lie", notices=[], implicit=True)
    look = url_state.segments(
        "Question", list(LOOKS), key="look", default="lie", format_func=LOOKS.__getitem__
    )
    url_state.write_choices()
    return look


def where_samples_lie(view: View) -> None:
    """Angle against length, large or class by class, with densities and accuracy."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        combination = choose_role(view)
        apart = view.class_name is None and view.classes.height > 1 and _choose_layout() == "apart"
        names = _choose_classes(view) if apart else None
        explain = choose_explanation()
    url_state.write_choices()
    if explain:
        explanation(view, combination)
    _picture(view, combination, names)


def _choose_layout() -> str:
    url_state.settle("layout", list(_LAYOUTS), default="apart", notices=[], implicit=True)
    return url_state.segments(
        "Layout", list(_LAYOUTS), key="layout", default="apart", format_func=_LAYOUTS.__getitem__
    )


def _choose_classes(view: View) -> list[str]:
    names = [str(name) for name in view.classes["name"]]
    with st.popover("Classes", icon=":material/grid_view:", width="content"):
        chosen = url_state.several("Classes to show", names, key="only_class")
    if len(names) > local_geometry.CLASSES_SHOWN and not chosen:
        st.caption(f"The first {local_geometry.CLASSES_SHOWN} of {len(names)} classes.")
    return chosen or names[: local_geometry.CLASSES_SHOWN]


@st.fragment
def _picture(view: View, combination: Combination, names: list[str] | None) -> None:
    notices: list[str] = []
    kept = kept_places.ranges(notices)
    url_state.write_choices()
    for notice in notices:
        st.warning(labels.escaped(notice), icon=":material/link_off:")
    within = kept_places.within(kept)
    geometry = local_geometry.of_combination(view, combination, within, names=names)
    st.markdown(local_geometry.summary(view, combination, geometry))
    accuracy = local_geometry.accuracy_words(geometry.total("kept_correct"), geometry.total("kept"))
    kept_line(
        view,
        kept_places.parts(combination, kept),
        numbers=(geometry.total("kept"), geometry.total("samples")),
        hint="Drag over a large plot, or set limits, to keep some of them.",
        fields={name: metric.capitalize() for name, metric in kept_places.PLACES.items()},
        ranges=kept,
        by="placed",
        clear=kept_places.clear,
        result=f" · accuracy {accuracy.split(',')[0]}",
    )
    st.caption(
        ("" if names is None else "All classes on the same axes. ")
        + "Grey circles: correct; red diamonds: incorrect. Density of angle above, of length to "
        "the right, of margin in the corner (dashed line: the decision boundary), of at least "
        f"{local_geometry.LEAST_FOR_DENSITY} samples."
        + ("" if names is None else " Choose a class in the sidebar to see it large.")
    )
    if names is None:
        _large(view, combination, geometry, kept)
    else:
        _small_multiples(view, geometry, names)
    for note in local_geometry.notes(geometry):
        st.caption(note)
    sample_images.serve(geometry.points, view.resolved)


def _brushed(key: str) -> None:
    """Store what was dragged; a double click, which clears the brush, gives no range."""
    event: dict[str, Any] = st.session_state[key]["selection"]
    brush = event.get(BRUSH) or {}
    for name in kept_places.DRAGGED:
        sides = brush.get(kept_places.PLACES[name])
        limits.set_range(name, *(sorted(sides) if sides else (None, None)))
    stored = kept_places.ranges([])
    brushes.report(_CHART, {name: stored[name] for name in kept_places.DRAGGED if name in stored})


def _large(
    view: View, combination: Combination, geometry: LocalGeometry, kept: dict[str, Range]
) -> None:
    key, drawn = brushes.drawing_of(
        _CHART, {name: kept[name] for name in kept_places.DRAGGED if name in kept}
    )
    across, up = (
        limits.closed(drawn.get(name, (None, None)), geometry.ranges[kept_places.PLACES[name]])
        for name in kept_places.DRAGGED
    )
    points = sample_images.with_addresses(geometry.points, view.resolved)
    with st.container(horizontal=True, gap="large"):
        with st.container(width=680):
            draw(
                partial(geometry_plot, drags=True, brushed=(across, up) if drawn else None),
                {
                    "points": points.drop("sample_id", "class"),
                    **_edges(geometry.curves),
                    "frame": frame(geometry.ranges),
                },
                key=key,
                on_select=partial(_brushed, key),
                selections=[BRUSH],
                alt=DESCRIPTION,
            )
        with st.container(width=320):
            st.markdown(
                "**Lowest margins** · clean images of the samples deepest on the wrong side, or "
                "nearest to it"
            )
            gallery(local_geometry.hardest_samples(view, combination, kept_places.within(kept)))


def _small_multiples(view: View, geometry: LocalGeometry, names: list[str]) -> None:
    points = sample_images.with_addresses(
        geometry.points.filter(pl.col("class").is_in(names)), view.resolved
    )
    of_class = points.drop("sample_id").partition_by("class", as_dict=True, include_key=False)
    curves = geometry.curves.partition_by("class", as_dict=True)
    none = points.clear().drop("sample_id", "class"), geometry.curves.clear()
    around = frame(geometry.ranges, small=True)
    with st.container(horizontal=True, gap="small"):
        for row in geometry.counts.iter_rows(named=True):
            name = (row["class"],)
            if row["class"] not in names:
                continue
            with st.container(width=SMALL_SIZE[0] + 2, gap="xxsmall"):
                chart_title(
                    row["class"], local_geometry.class_words(row, narrowed=geometry.narrowed)
                )
                draw(
                    partial(geometry_plot, small=True),
                    {
                        "points": of_class.get(name, none[0]),
                        **_edges(curves.get(name, none[1])),
                        "frame": around,
                    },
                    width="content",
                    key=f"class_plot_{row['class']}",
                    alt=f"Class {row['class']}: {DESCRIPTION}",
                )


def _edges(curves: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Areas of the kept samples, and outlines of all."""
    columns = curves.select("metric", "outcome", "kept", "x", "y")
    return {
        "curves": columns.filter("kept").drop("kept"),
        "outlines": columns.filter(~pl.col("kept")).drop("kept").with_row_index("order"),
    }
