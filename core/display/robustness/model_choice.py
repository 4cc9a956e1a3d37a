"""A few models to draw together, with their colours."""

from __future__ import annotations

import streamlit as st

from core.display.components.choices import several
from core.display.robustness.model_colours import MOST, model_colours
from core.display.state.context import Context


def choose_names(context: Context, *, key: str, most: int) -> list[str]:
    """Names of at most `most` models; reference and compared by default."""
    default = list(dict.fromkeys([context.reference.model, context.compared.model]))
    names = several(
        "Models",
        context.study.models["name"].to_list(),
        key=key,
        default=default,
        format_func=context.labels.__getitem__,
    )
    if len(names) > most:
        st.caption(f"The first {most} of {len(names)} chosen models are taken.")
    return names[:most]


def choose_few_models(context: Context, *, most: int = MOST) -> dict[str, str]:
    """Names of at most `most` models with a colour each; reference and compared by default."""
    return model_colours(
        choose_names(context, key="models", most=most),
        reference=context.reference.model,
        compared=context.compared.model,
    )
