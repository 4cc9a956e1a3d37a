"""The line about reference and compared on the same samples, wherever both are shown."""

from __future__ import annotations

import streamlit as st

from core.display.paired_words import as_paired, no_test, paired_words
from core.display.state.context import Context
from core.store.queries.accuracy import paired_counts


def paired_line(context: Context) -> None:
    """Accuracy of both, their difference and what changed; nothing where both are the same."""
    if context.compares_with_itself:
        return
    rows = context.study.run(paired_counts, context.paired)
    if rows.height:
        untested = no_test(context.subset, context.models)
        st.markdown(paired_words(as_paired(rows.row(0, named=True)), untested=untested))
