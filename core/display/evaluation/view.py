"""The parts of the evaluation table's page."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import draw, text_colour
from core.display.components.chart_brush import brushed_chart, report
from core.display.components.condition_choice import choose_condition
from core.display.components.pins_panel import role_buttons
from core.display.components.table import PERCENT, show_table
from core.display.evaluation.chart import PICK, evaluation_histograms
from core.display.evaluation.chart_difference import difference_bars
from core.display.evaluation.frames import EvaluationFrames, comparison_sentence, table_frames
from core.display.evaluation.histograms import Histograms, histogram_words
from core.display.evaluation.table_frames import (
    PERCENTAGES,
    corruption_sets_sentence,
    key_columns_first,
    picked_name,
    without_constant_columns,
)
from core.display.state import url
from core.display.state.context import Context
from core.display.state.pins import pin
from core.store.combination import Combination

CHART = "evaluation_chart"
PICKED = "picked"
_TABLE = "evaluation_rows"


def histograms(context: Context, found: Histograms) -> None:
    """Accuracy of the filtered samples; a click picks a model."""
    bars = found.tables["bars"]
    if bars.is_empty():
        st.info("No pruned model has been evaluated on these samples.", icon=":material/info:")
        return
    names = tuple(name for name in url.get_choices(PICKED) if name in context.study.names.models)
    # above the picture, where a row is kept for it: nothing moves when a model is picked
    with st.container(key="picked_models", gap="xxsmall"):
        if not names:
            st.caption("Click a bar to pick its model in every column.")
        for name in names:
            _picked(context, Combination(name, context.reference.condition))
    key, drawn = brushed_chart(CHART, {PICK: names} if names else {})
    selected = tuple(name for name in drawn.get(PICK, ()) if name in bars["name"])
    draw(
        partial(
            evaluation_histograms,
            found.colours,
            rows=bars["series"].n_unique(),
            text=text_colour(),
            panels=found.panels,
            measure=found.measure,
            selected=selected,
        ),
        found.tables,
        key=key,
        on_select=partial(_pick, key),
        selections=[PICK],
        title=f"{found.measure.capitalize()} by method, target sparsity and corruption",
        alt=f"{found.measure.capitalize()} by target sparsity, a histogram per method and "
        "corruption.",
    )
    st.caption(histogram_words(found))


def _pick(key: str) -> None:
    event: dict[str, Any] = st.session_state[key]["selection"]
    rows = [row for row in event.get(PICK) or [] if "name" in row]
    names = tuple(str(row["name"]) for row in rows)
    url.set_choice(PICKED, *names)
    report(CHART, {PICK: names} if names else {})


def _picked(context: Context, combination: Combination, *, place: str = "chart") -> None:
    with st.container(
        key=f"choices_{place}_{combination.model}", horizontal=True, vertical_alignment="center"
    ):
        st.markdown(
            f"**{labels.escaped(context.labels[combination.model])}** · "
            f"{labels.escaped(context.describe(combination))}",
            width="stretch",
        )
        with st.container(horizontal=True, width="content"):
            role_buttons(combination, key=f"{place}_{combination.model}")
            st.button(
                "Pin", key=f"{place}_pin_{combination.model}", on_click=pin, args=(combination,)
            )
            st.button(
                "Deselect",
                key=f"{place}_deselect_{combination.model}",
                on_click=_deselect,
                args=(combination.model,),
            )


def _deselect(name: str) -> None:
    url.set_choice(PICKED, *(one for one in url.get_choices(PICKED) if one != name))


def against_all_samples(context: Context, rows: EvaluationFrames) -> None:
    """Where the filtered samples do better or worse than the whole test set."""
    if rows.differences.is_empty():
        return
    st.subheader("These samples against the whole test set", anchor=False)
    st.caption(
        f"{labels.escaped(context.sentence)}: accuracy minus accuracy on all samples, on a scale "
        f"of ± {100 * rows.difference_limit:.1f} percentage points; longer bars are cut there. "
        f"{rows.difference_note}"
    )
    draw(
        partial(difference_bars, rows.difference_series),
        {"bars": rows.differences},
        key="difference_chart",
        alt="Accuracy of the filtered samples minus accuracy of all, by corruption and method.",
    )


def table(context: Context, models: pl.DataFrame) -> None:
    """All numbers, with uncertainty, to sort and to take away.

    Args:
        context: the open study.
        models: those of the study that pass the page's filter.
    """
    st.subheader("Table", anchor=False)
    condition = choose_condition(context, "Compare models under", key="tested_condition")
    rows = table_frames(context, models, condition)
    reference = labels.escaped(context.labels[context.reference.model])
    words = comparison_sentence(reference, labels.escaped(context.labels[condition]), rows)
    st.caption(f"{words} {corruption_sets_sentence(context.study.conditions)}")
    shown = rows.models
    with st.container(horizontal=True):
        if rows.seed_means.height < shown.height and st.toggle(
            "Average over seeds",
            value=True,
            help="Mean over models that differ in the seed only; spread is the largest minus the "
            "smallest clean accuracy. Tests against the reference are per model.",
        ):
            shown = rows.seed_means
        if st.toggle(
            "Hide constant columns",
            value=True,
            help="Hide columns that say the same about all models",
        ):
            shown = without_constant_columns(shown)
    corruptions = map(labels.corruption_label, context.study.conditions["corruption"].unique())
    percentages = [name for name in (*PERCENTAGES, *corruptions) if name in shown.columns]
    config = {
        "difference (points)": st.column_config.NumberColumn(format="%+.1f"),
        "relative mCE": st.column_config.NumberColumn(format="%.2f"),
    }
    show_table(
        shown.with_columns(pl.col(percentages) * 100),
        title="Evaluation table",
        exported=shown,
        exported_config={**config, **dict.fromkeys(percentages, PERCENT)},
        sources=[rows.models],
        column_order=key_columns_first(shown.columns),
        key=_TABLE,
        on_select=partial(_row_picked, rows.models, shown),
        selection_mode="single-row",
        column_config={
            **config,
            **dict.fromkeys(percentages, st.column_config.NumberColumn(format="%.1f %%")),
            "model": st.column_config.TextColumn(pinned=True),
        },
    )
    # where a row was clicked; the picture, which lights the model as well, may be out of sight
    marked = st.session_state.get(_TABLE, {}).get("selection", {}).get("rows", [])
    for name in url.get_choices(PICKED) if marked else []:
        if name in context.study.names.models:
            _picked(context, Combination(name, context.reference.condition), place="table")


def _row_picked(models: pl.DataFrame, shown: pl.DataFrame) -> None:
    """A click on a row picks its model; the first one where the row is a mean over seeds."""
    rows = st.session_state[_TABLE]["selection"]["rows"]
    names = [picked_name(models, shown, rows[0])] if rows and rows[0] < shown.height else []
    url.set_choice(PICKED, *names)
