"""What angle and length do to the prediction: words and two maps (paper, figure 2)."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import layout
from core.display.charts.prediction_map import MAPS, prediction_map
from core.display.components.chart import draw
from core.display.components.nearest_words import nearest_words
from core.display.components.prediction_map_frames import prediction_tables
from core.display.state.context import Context
from core.store.combination import Combination
from core.store.queries.prediction_map import nearest_directions

_EXPLANATION = """\
**Angle** decides the class: a logit is the length of the class's direction times the length of
the feature times the cosine of the angle between them, plus the class's bias, so a smaller angle
to the true class makes a right answer likelier. **Length** decides how sure the answer is: it
multiplies all these products, right or wrong, and near zero every class looks alike. **Margin**
joins both: the distance to the nearest decision boundary, negative where the answer is wrong.
Above, what they do under this model, over the whole test set.
"""


def prediction_maps(context: Context, combination: Combination) -> None:
    """How often the model is right, and how sure it is, by angle and length."""
    key = context.study.key(combination)
    tables = context.study.derive(prediction_tables, key)
    nearest = context.study.run(nearest_directions, key)
    with st.container(horizontal=True):
        for shown, title in MAPS.items():
            with st.container(width=layout.MAP, gap="xsmall"):
                st.markdown(f"**{title}**")
                draw(
                    partial(prediction_map, shown=shown),
                    tables,
                    key=f"map_{shown}",
                    title=title,
                    numbers=context.short(combination),
                    alt="Grid over angle and length, coloured by what the model does to samples "
                    "there.",
                )
    st.markdown(_EXPLANATION)
    st.markdown(nearest_words(nearest.row(0, named=True)))
