"""The parts of the local geometry page that show one combination."""

from __future__ import annotations

import polars as pl
import streamlit as st

from core.display import labels, local_geometry, sample_images, url_state
from core.display.asking import ask
from core.display.charts.local_geometry import geometry_plot
from core.display.charts.prediction_map import prediction_map
from core.display.charts.titles import titled
from core.display.state import Combination, View
from core.display.widgets import choose_role, gallery
from core.store import class_queries

LOOKS = {
    "lie": "Where samples lie",
    "changed": "What changed",
    "ratios": "Over the ratios",
    "models": "Over all models",
}
MAP_BINS = 20
DESCRIPTION = (
    "Scatter plot of angle against length, correct samples grey and incorrect ones red, with "
    "the densities of angle, length and margin at its edges."
)
MAP_DESCRIPTION = "Grid over angle and length, coloured by what the model does to samples there."
_LAYOUTS = {"apart": "Each class", "together": "All in one"}
_EXPLANATION = """\
**Angle** decides the class: a logit is the length of the class's direction times the length of
the feature times the cosine of the angle between them, so a smaller angle to the own class
makes a right answer likelier. **Length** decides how sure the answer is: it multiplies all logits,
right or wrong, and near zero every class looks alike. **Margin** joins both: the distance to
the nearest decision boundary, negative where the answer is wrong. Below, what they do under this
model, over the whole test set.
"""


def choose_look() -> str:
    """Which of the page's questions to answer."""
    url_state.settle("look", list(LOOKS), default="lie", notices=[])
    look = url_state.segments("Question", list(LOOKS), key="look", format_func=LOOKS.__getitem__)
    url_state.write_choices()
    return look


def where_samples_lie(view: View) -> None:
    """Angle against length, large or class by class, with densities and accuracy."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        combination = choose_role(view)
        apart = view.class_name is None and view.classes.height > 1 and _choose_layout() == "apart"
        names = _choose_classes(view) if apart else []
        explain = _choose_explanation()
    url_state.write_choices()
    geometry = local_geometry.of_combination(view, combination)
    st.markdown(geometry.summary)
    if explain:
        _explanation(view, combination, geometry)
    if apart:
        _small_multiples(view, combination, geometry, names)
    else:
        _large(view, combination, geometry)
    for note in geometry.notes:
        st.caption(note)


def _choose_layout() -> str:
    url_state.settle("layout", list(_LAYOUTS), default="apart", notices=[])
    return url_state.segments(
        "Layout", list(_LAYOUTS), key="layout", format_func=_LAYOUTS.__getitem__
    )


def _choose_classes(view: View) -> list[str]:
    names = [str(name) for name in view.classes["name"]]
    with st.popover("Classes", icon=":material/grid_view:", width="content"):
        chosen = url_state.several("Classes to show", names, key="only_class")
    if len(names) > local_geometry.CLASSES_SHOWN and not chosen:
        st.caption(f"The first {local_geometry.CLASSES_SHOWN} of {len(names)} classes.")
    return chosen or names[: local_geometry.CLASSES_SHOWN]


def _choose_explanation() -> bool:
    def store() -> None:
        url_state.set_choice("explain", *(["yes"] if st.session_state["choose_explain"] else []))

    st.session_state["choose_explain"] = url_state.get_choice("explain") == "yes"
    return st.toggle("What angle and length do", key="choose_explain", on_change=store)


def _explanation(
    view: View, combination: Combination, geometry: local_geometry.LocalGeometry
) -> None:
    cells = ask(
        class_queries.prediction_map,
        view.resolved,
        model_id=combination.model_id,
        condition_id=combination.condition_id,
        ranges={name: geometry.ranges[name] for name in ("angle", "length")},
        bins=MAP_BINS,
    )
    with st.container(border=True):
        st.markdown(_EXPLANATION)
        with st.container(horizontal=True):
            for shown in ("right", "confidence"):
                with st.container(width=480):
                    st.altair_chart(
                        prediction_map(cells, geometry.ranges, shown=shown, bins=MAP_BINS),
                        width="stretch",
                        key=f"map_{shown}",
                        alt=MAP_DESCRIPTION,
                    )


def _small_multiples(
    view: View,
    combination: Combination,
    geometry: local_geometry.LocalGeometry,
    names: list[str],
) -> None:
    st.caption(
        "Each class on the same axes: grey circles correct, red diamonds incorrect; density of "
        "angle above, of length to the right, of margin in the corner (dashed: the decision "
        "boundary). Choose a class in the sidebar to see it large."
    )
    panels = local_geometry.of_classes(view, combination, geometry, names)
    points = sample_images.with_images(
        geometry.points, view.resolved, first=pl.col("outcome") == "incorrect"
    )
    with st.container(horizontal=True, gap="small"):
        for panel in panels:
            title = titled(panel.name, panel.accuracy)
            st.altair_chart(
                geometry_plot(
                    points.filter(pl.col("class") == panel.name),
                    panel.densities,
                    geometry.ranges,
                    title=title,
                    small=True,
                ),
                width="content",
                key=f"class_plot_{panel.name}",
                alt=f"Class {panel.name}: {DESCRIPTION}",
            )
    _image_notes(points)


def _large(view: View, combination: Combination, geometry: local_geometry.LocalGeometry) -> None:
    points = sample_images.with_images(
        geometry.points, view.resolved, first=pl.col("outcome") == "incorrect"
    )
    with st.container(horizontal=True, gap="large"):
        with st.container(width=680):
            st.altair_chart(
                geometry_plot(points, geometry.densities, geometry.ranges),
                width="stretch",
                key="geometry_plot",
                alt=DESCRIPTION,
            )
        with st.container(width=320):
            st.markdown(
                "**Lowest margins** · clean images of the samples deepest on the wrong side"
            )
            gallery(local_geometry.hardest_samples(view, combination))
    _image_notes(points)


def _image_notes(points: pl.DataFrame) -> None:
    for note in sample_images.image_note(points):
        st.caption(labels.escaped(note))
