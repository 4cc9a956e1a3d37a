"""The line about reference and compared on the same samples, wherever both are shown."""

from __future__ import annotations

import streamlit as st

from core.display.components.copy_finding import copy_finding
from core.display.finding_words import accuracy_finding
from core.display.paired_words import as_paired, no_test, paired_words
from core.display.provenance import Provenance
from core.display.state.context import Context
from core.stats.paired import PairedAccuracy
from core.store.queries.accuracy import paired_counts


def paired_line(context: Context) -> None:
    """Accuracy of both, their difference and what changed; nothing where both are the same."""
    if context.compares_with_itself:
        return
    rows = context.study.run(paired_counts, context.paired)
    if rows.height:
        untested = no_test(context.subset, context.models)
        paired = as_paired(rows.row(0, named=True))
        with st.container(
            key="summary_paired", horizontal=True, vertical_alignment="center", gap="xsmall"
        ):
            st.markdown(paired_words(paired, untested=untested), width="content")
            copy_finding(lambda provenance: [_finding(context, paired, provenance)], key="paired")


def _finding(context: Context, paired: PairedAccuracy, provenance: Provenance) -> str:
    return accuracy_finding(
        paired,
        reference=context.short(context.reference),
        compared=context.short(context.compared),
        samples=context.sentence,
        provenance=provenance,
        untested=no_test(context.subset, context.models),
    )
