"""What angle and length do to the prediction, as a part of the page (paper, figure 2)."""

from __future__ import annotations

import streamlit as st

from core.display import labels
from core.display.components.prediction_maps import prediction_maps
from core.display.latent_space.guide import paper
from core.display.state.context import Context


def angle_and_length(context: Context) -> None:
    """The maps of figure 2 for the reference, with the study's own samples."""
    prediction_maps(context, context.reference)
    samples = labels.count(int(context.study.about["samples"]), "sample")
    st.caption(
        f"Reference: {labels.escaped(context.describe(context.reference))}; {samples} "
        f"in 20 × 20 cells; empty ones hold none. After {paper('5.2', 2)}"
    )
