"""Prune potential: at what sparsity each corruption, each class and the filter break."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display.components.chart import draw, text_colour
from core.display.components.choices import segments, several
from core.display.components.condition_choice import choose_severity
from core.display.components.picture_and_answers import choices_row
from core.display.components.table import show_table
from core.display.paired_words import no_test
from core.display.robustness.potential import answers, frames, words
from core.display.robustness.potential.chart import potential_dots
from core.display.robustness.potential.frames import TOLERATED, PrunePotential
from core.display.severity import MEAN_SEVERITY
from core.display.state.context import Context

KINDS = {
    frames.CORRUPTIONS: "Corruptions",
    frames.CLASSES_CLEAN: "Classes, clean images",
    frames.CLASSES_CORRUPTED: "Classes, corrupted images",
}
SHOWN_FIRST = 5


def prune_potential(context: Context) -> None:
    """One picture: a row a corruption or class, a panel a method."""
    available = context.study.derive(answers.pruned_series)
    if not available:
        st.info(
            "This needs a method with more than one target sparsity and its dense model.",
            icon=":material/info:",
        )
        return
    with choices_row("potential"):
        kind = segments("Rows", KINDS, key="rows")
        severity = MEAN_SEVERITY
        if kind != frames.CLASSES_CLEAN:
            severity = choose_severity(context)
        with st.popover("Methods", icon=":material/grid_view:", width="content"):
            series = several("Methods", available, key="methods", default=available[:SHOWN_FIRST])
    names = context.study.models.filter(pl.col("series").is_in(series))["name"].to_list()
    dense = context.study.models.filter(pl.col("method") == "dense")["name"].to_list()
    untested = no_test(context.subset, [*names, *dense])
    found = context.study.derive(
        frames.prune_potential,
        series,
        context.sample_filter,
        kind=kind,
        severity=severity,
        tested=untested is None,
    )
    if found.rows.is_empty():
        st.info("This study has no such images.", icon=":material/info:")
        return
    draw(
        partial(
            potential_dots,
            found.colours,
            rows=found.names,
            measures=tuple(TOLERATED.values()),
            text=text_colour(),
        ),
        found.tables,
        key="potential_dots",
        title="Prune potential",
        alt="A row for each corruption or class, a panel for each method: how far it can prune.",
    )
    st.markdown(words.words())
    for note in words.notes(found, untested):
        st.caption(note)
    _table(found)


def _table(found: PrunePotential) -> None:
    table = st.expander(
        "Table", icon=":material/table_rows:", key="potential_table", on_change="rerun"
    )
    if table.open:
        columns = {"ratio": "prune potential", "low": "95 % low", "high": "95 % high"}
        percent = st.column_config.NumberColumn(format="%.4g %%")
        rows = found.rows.with_columns(pl.col(*columns) * 100).rename(
            {**columns, "row": "over", "series": "method", "measure": "tolerated loss",
             "last": "sparsest tested"}
        )  # fmt: skip
        with table:
            show_table(
                rows,
                title="Prune potential",
                sources=[found.rows],
                column_config=dict.fromkeys(columns.values(), percent),
            )
