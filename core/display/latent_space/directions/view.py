"""The geometry of the classes, as a part of the page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import labels, layout
from core.display.components.chart import chart_title, draw, text_colour
from core.display.latent_space.directions.chart import Shown, by_class, cosine_matrix
from core.display.latent_space.directions.frames import Directions, directions
from core.display.state.context import Context

_GUIDE = """\
Each class has a direction in the space of features. The cosine between two of them says how alike
a network finds the classes: 1 is the same direction, 0 a right angle, negative means that what
speaks for one speaks against the other. With enough features, training tends to spread the
directions evenly, every cosine near −1 / ({classes} − 1) = −{even:.3f}: the lowest value that all
pairs of {classes} directions can share.
"""


def class_geometry(context: Context) -> None:
    """Cosines between class directions, norms and biases, of both models."""
    reference, compared = context.reference.model, context.compared.model
    found = context.study.derive(directions, reference, compared)
    if found.classes.is_empty():
        st.info("The study holds no last layers for these models.", icon=":material/info:")
        return
    classes = context.study.classes.height
    if found.cells.is_empty():
        st.info("The study file keeps cosines of up to 100 classes.", icon=":material/info:")
    else:
        _matrices(context, found, classes)
    st.markdown(_GUIDE.format(even=1 / (classes - 1), classes=classes))
    st.subheader("Norms and biases", anchor=False)
    st.caption(
        "A longer direction or a larger bias makes a class win where angles alone would not. Grey: "
        "reference; yellow: compared."
    )
    with st.container(horizontal=True, gap="medium"):
        for shown in ("norm", "bias"):
            with st.container(width=layout.MAP):
                draw(
                    partial(by_class, shown=shown),
                    {"classes": found.classes},
                    key=f"class_{shown}",
                    numbers=labels.count(classes, "class", "classes"),
                    alt=f"The {shown} of each class in both models.",
                )


def _matrices(context: Context, found: Directions, classes: int) -> None:
    same = context.reference.model == context.compared.model
    shown: list[Shown] = ["reference"] if same else ["difference", "reference", "compared"]
    if same:
        st.caption("Reference and compared are the same model: nothing differs.")
    with st.container(key="wide_cosines"), st.container(horizontal=True, gap="medium"):
        for one in shown:
            with st.container(width="content", gap="xxsmall"):
                chart_title(*_title(context, found, one))
                draw(
                    partial(cosine_matrix, classes, shown=one, text=text_colour()),
                    {"cells": found.cells},
                    key=f"cosines_{one}",
                    numbers=" · ".join(_title(context, found, one)),
                    width="content",
                    alt=f"Cosines between class directions: {one}.",
                )
    undefined = sum(found.undefined.values())
    if undefined:
        st.caption(
            f"{labels.count(undefined, 'class', 'classes')} without a direction (all weights of "
            "the row removed): empty cells."
        )


def _title(context: Context, found: Directions, shown: Shown) -> tuple[str, str]:
    if shown == "difference":
        change = found.mean_change
        mean = "–" if change is None else f"{change:.3f}"
        return "Change", f"compared minus reference; mean absolute change {mean}"
    mean_cosine = found.mean_cosine[shown]
    words = "–" if mean_cosine is None else f"{mean_cosine:.3f}".replace("-", "−")
    model = context.roles[shown].model
    return f"{shown.capitalize()}: {context.labels[model]}", f"mean cosine {words}"
