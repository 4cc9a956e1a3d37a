"""The context of the page that this session has open, for parts that stand on every page."""

from __future__ import annotations

import streamlit as st

from core.display.state.context import Context

_CONTEXT = "page_context"


def keep_context(context: Context) -> None:
    """Say what the page is about; the next page replaces it."""
    st.session_state[_CONTEXT] = context


def page_context() -> Context | None:
    """What the page is about; None where no page was opened (a chart drawn by a script)."""
    context: Context | None = st.session_state.get(_CONTEXT)
    return context
