"""A quiet "Copy finding" beside a comparison: its sentence, ready to be pasted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.display.components.take_away import page_provenance
from core.display.provenance import Provenance
from core.display.state.page_context import page_context


def copy_finding(make: Callable[[Provenance], Sequence[str]], *, key: str) -> None:
    """A button that shows sentences, each with a button that copies it; made when it is opened.

    Args:
        make: takes where the numbers come from, gives the sentences.
        key: of its own.
    """
    context = page_context()
    if context is None:
        return
    shown = st.popover(
        "Copy finding",
        key=f"finding_{key}",
        icon=":material/format_quote:",
        type="tertiary",
        on_change="rerun",
    )
    if shown.open:
        with shown:
            for sentence in make(page_provenance(context)):
                st.code(sentence, language=None, wrap_lines=True)
