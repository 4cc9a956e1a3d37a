"""Prune potential: at what sparsity each corruption, each class and the filter break."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import draw, text_colour
from core.display.components.choices import segments, several
from core.display.components.condition_choice import choose_severity
from core.display.components.table import show_table
from core.display.paired_words import no_test
from core.display.robustness.potential import answers, frames
from core.display.robustness.potential.chart import potential_dots
from core.display.robustness.potential.frames import TOLERATED, PrunePotential
from core.display.severity import MEAN_SEVERITY
from core.display.state.context import Context
from core.stats.bootstrap import FEW, LEAST

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
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = segments("Rows", KINDS, key="rows")
        severity = MEAN_SEVERITY
        if kind != frames.CLASSES_CLEAN:
            severity = choose_severity(context)
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
    st.markdown(
        "Prune potential: the largest target sparsity (%) whose accuracy stays within "
        f"{' (circle) or '.join(TOLERATED.values())} (diamond) of the dense model that it was made "
        "from, on the same images, whatever smaller sparsities lose; averaged over seeds. Lines "
        "across are the sparsities that were tested, evenly apart; 0 is the dense model."
    )
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
        alt="A row for each corruption or class, a panel for each method: how far it can prune.",
    )
    for note in _notes(found, untested):
        st.caption(note)
    _table(found)


def _notes(found: PrunePotential, untested: str | None) -> list[str]:
    notes = []
    if untested:
        notes.append(f"Intervals: none ({untested}).")
    else:
        few = f" Fewer than {FEW} images in a row cover less often." if found.fewest < FEW else ""
        notes.append(
            "Lines: 95 % paired bootstrap intervals over images, from one tested sparsity to "
            f"another; none (hollow) for fewer than {LEAST} images.{few}"
        )
    coarse = [words for loss, words in TOLERATED.items() if found.fewest * loss < 1]
    if coarse:
        notes.append(
            f"{coarse[-1]} are less than one image where a row has "
            f"{labels.count(found.fewest, 'image')}: there any image lost breaks it."
        )
    if found.degenerate:
        notes.append(
            "A degenerate model, which predicts one class for most images, counts as broken "
            f"({labels.count(found.degenerate, 'time')} in this picture)."
        )
    if found.left_out:
        notes.append(
            f"The {frames.MOST_CLASSES} classes that break first; {found.left_out:,} are not shown."
        )
    return notes


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
            show_table(rows, column_config=dict.fromkeys(columns.values(), percent))
