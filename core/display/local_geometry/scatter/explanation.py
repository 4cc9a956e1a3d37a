"""What angle and length do to the prediction, drawn for the open model (paper, figure 2)."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display.components.chart import draw
from core.display.local_geometry.scatter.chart_prediction_map import TITLES, prediction_map
from core.display.local_geometry.scatter.prediction_map_frames import prediction_tables
from core.display.state.context import Context
from core.store.combination import Combination

_WIDTH = 480
_DESCRIPTION = "Grid over angle and length, coloured by what the model does to samples there."
_WORDS = """\
**Angle** decides the class: a logit is the length of the class's direction times the length of
the feature times the cosine of the angle between them, so a smaller angle to the true class
makes a right answer likelier. **Length** decides how sure the answer is: it multiplies all logits,
right or wrong, and near zero every class looks alike. **Margin** joins both: the distance to
the nearest decision boundary, negative where the answer is wrong. Below, what they do under this
model, over the whole test set.
"""


def explanation(context: Context, combination: Combination) -> None:
    """Words, and a map each of how often the model is right and how sure it is."""
    tables = prediction_tables(context, combination)
    with st.container(border=True):
        st.markdown(_WORDS)
        with st.container(horizontal=True):
            for shown, title in TITLES.items():
                with st.container(width=_WIDTH, gap="xsmall"):
                    st.markdown(f"**{title}**")
                    draw(
                        partial(prediction_map, shown=shown),
                        tables,
                        key=f"map_{shown}",
                        alt=_DESCRIPTION,
                    )
