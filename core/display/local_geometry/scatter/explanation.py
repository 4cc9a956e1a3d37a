"""What angle and length do to the prediction, drawn for the open model (paper, figure 2)."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import cached_queries
from core.display.components.chart import draw
from core.display.local_geometry.scatter.chart_prediction_map import (
    TITLES,
    cells_of,
    prediction_map,
)
from core.display.query_cache import ask
from core.display.state import url as url_state
from core.display.state.context import Combination, View
from core.stats.density import shared_ranges
from core.store.queries import thumbnails as class_queries

MAP_BINS = 20
_DESCRIPTION = "Grid over angle and length, coloured by what the model does to samples there."
_WORDS = """\
**Angle** decides the class: a logit is the length of the class's direction times the length of
the feature times the cosine of the angle between them, so a smaller angle to the own class
makes a right answer likelier. **Length** decides how sure the answer is: it multiplies all logits,
right or wrong, and near zero every class looks alike. **Margin** joins both: the distance to
the nearest decision boundary, negative where the answer is wrong. Below, what they do under this
model, over the whole test set.
"""


def choose_explanation() -> bool:
    """A switch that is kept in the URL."""

    def store() -> None:
        url_state.set_choice("explain", *(["yes"] if st.session_state["choose_explain"] else []))

    st.session_state["choose_explain"] = url_state.get_choice("explain") == "yes"
    return st.toggle("What angle and length do", key="choose_explain", on_change=store)


def explanation(view: View, combination: Combination) -> None:
    """Words, and a map each of how often the model is right and how sure it is."""
    ids = {"model_id": combination.model_id, "condition_id": combination.condition_id}
    found = shared_ranges(cached_queries.metric_ranges(view.resolved, **ids))
    ranges = {name: found[name] for name in ("angle", "length")}
    cells = ask(
        class_queries.prediction_map,
        view.resolved,
        model_id=combination.model_id,
        condition_id=combination.condition_id,
        ranges=ranges,
        bins=MAP_BINS,
    )
    rows = cells_of(cells, ranges, bins=MAP_BINS)
    with st.container(border=True):
        st.markdown(_WORDS)
        with st.container(horizontal=True):
            for shown, title in TITLES.items():
                with st.container(width=480, gap="xsmall"):
                    st.markdown(f"**{title}**")
                    draw(
                        partial(prediction_map, ranges, shown=shown),
                        {"cells": rows},
                        key=f"map_{shown}",
                        alt=_DESCRIPTION,
                    )
