"""The parts of the evaluation table's page."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl
import streamlit as st

from core.display import cached_queries, labels
from core.display.evaluation.chart import PICK, evaluation_histograms
from core.display.evaluation.chart_difference import difference_bars, difference_limit
from core.display.evaluation.frames import accuracy_by_corruption, differences, ranked_bars
from core.display.evaluation.table_frames import (
    corruption_sets_sentence,
    evaluation_rows,
    grouped_by_seed,
    only_what_differs,
)
from core.display.state import url as url_state
from core.display.state.context import Combination, View, assign, keep
from core.store.queries.study import accuracy_sql
from core.store.subsets.base import EVERYTHING

CHART = "evaluation_chart"
PICKED = "picked"
_PERCENT = (
    "ratio",
    "sparsity",
    "clean accuracy",
    "spread",
    "mean corruption error",
    "benchmark corruption error",
    "robustness",
)


def histograms(view: View, models: pl.DataFrame, severity: int) -> None:
    """Accuracy of the chosen samples; a click picks a model."""
    accuracy = cached_queries.accuracy(view.resolved, view.chosen)
    bars = ranked_bars(accuracy_by_corruption(accuracy, models, view.conditions, severity=severity))
    if bars.is_empty():
        st.info("No pruned model has been evaluated on these samples.", icon=":material/info:")
        return
    st.caption(
        "Bars: accuracy by share of weights removed, few to many from left to right; the pale "
        "frame is 0 to 100 %, the line the dense model. The method with the best accuracy on a "
        "corruption stands on top. Click a bar to pick its model in every column."
    )
    st.altair_chart(
        evaluation_histograms(bars, selected=url_state.get_choice(PICKED)),
        width="stretch",
        key=CHART,
        on_select=_pick,
        selection_mode=[PICK],
        alt="Accuracy by share of weights removed, a histogram per method and corruption.",
    )
    _picked(view)


def _pick() -> None:
    event: dict[str, Any] = st.session_state[CHART]["selection"]
    rows = event.get(PICK) or []
    url_state.set_choice(PICKED, *([str(rows[0]["name"])] if rows and "name" in rows[0] else []))


def _picked(view: View) -> None:
    name = url_state.get_choice(PICKED)
    found = view.models.filter(pl.col("name") == name) if name else view.models.head(0)
    if found.is_empty():
        return
    combination = Combination(
        int(found["model_id"][0]),
        str(found["name"][0]),
        view.reference.condition_id,
        view.reference.condition,
    )
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{labels.escaped(view.labels[combination.model])}** · "
            f"{labels.escaped(view.describe(combination))}",
            width="stretch",
        )
        for role in ("reference", "compared"):
            st.button(f"Make {role}", key=f"pick_{role}", on_click=assign, args=(role, combination))
        st.button("Keep", key="pick_keep", on_click=keep, args=(combination,))
        st.button("Let go", key="pick_none", on_click=url_state.set_choice, args=(PICKED,))


def against_everything(view: View, models: pl.DataFrame, severity: int) -> None:
    """Where the chosen samples do better or worse than the whole test set."""
    if view.chosen == EVERYTHING:
        return
    subset, everything = (
        accuracy_by_corruption(
            cached_queries.accuracy(view.resolved, chosen),
            models,
            view.conditions,
            severity=severity,
        )
        for chosen in (view.chosen, EVERYTHING)
    )
    rows = differences(subset, everything)
    if rows.is_empty():
        return
    st.subheader("These samples against the whole test set", anchor=False)
    limit = 100 * difference_limit(rows)
    st.caption(
        f"{labels.escaped(view.sentence)}: accuracy minus accuracy on all samples, on a scale of "
        f"± {limit:.1f} percentage points; longer bars are cut there. Pale bars are within "
        "chance: as many samples drawn at random would differ as much in 1 of 20 draws."
    )
    st.altair_chart(
        difference_bars(rows),
        width="stretch",
        key="difference_chart",
        alt="Accuracy of the chosen samples minus accuracy of all, by corruption and method.",
    )


def table(view: View, models: pl.DataFrame) -> None:
    """All numbers, with uncertainty, to sort and to take away."""
    st.subheader("In numbers", anchor=False)
    rows = evaluation_rows(
        cached_queries.accuracy(view.resolved, view.chosen),
        cached_queries.paired_changes(
            view.resolved,
            reference_model_id=view.reference.model_id,
            condition_id=view.reference.condition_id,
            chosen=view.chosen,
        ).join(models, on="model_id", how="semi"),
        models=models.with_columns(
            label=pl.col("name").replace_strict(view.labels, default=pl.col("name"))
        ),
        conditions=view.conditions,
        reference_model_id=view.reference.model_id,
    )
    st.caption(
        f"Difference and chance: against {labels.escaped(view.short(view.reference))}, on the "
        "same images; exact McNemar test, Holm's correction for "
        f"{labels.count(max(0, rows.height - 1), 'comparison')}, 5 % level. "
        f"{corruption_sets_sentence(view.conditions)}"
    )
    together = grouped_by_seed(rows)
    if together.height < rows.height and st.toggle(
        "Seeds together",
        value=True,
        help="Mean over models that differ in the seed only; spread is the largest minus the "
        "smallest clean accuracy. Tests against the reference are per model.",
    ):
        rows = together
    if st.toggle("Only what differs", value=True, help="Hide columns that are equal in all rows"):
        rows = only_what_differs(rows)
    corruptions = [name for name in rows.columns if name in set(_corruptions(view))]
    percentages = [name for name in (*_PERCENT, *corruptions) if name in rows.columns]
    st.dataframe(
        rows.with_columns(pl.col(name) * 100 for name in percentages),
        column_order=[name for name in rows.columns if name not in {"model_id", "name"}],
        column_config={
            **{name: st.column_config.NumberColumn(format="%.1f %%") for name in percentages},
            "ratio": st.column_config.NumberColumn("ratio asked", format="%.1f %%"),
            "sparsity": st.column_config.NumberColumn("weights removed", format="%.1f %%"),
            "difference (points)": st.column_config.NumberColumn(format="%+.1f"),
            "relative to reference": st.column_config.NumberColumn(format="%.2f"),
            "p": st.column_config.NumberColumn(format="%.2g"),
            "model": st.column_config.TextColumn(pinned=True),
        },
    )
    _downloads(view, rows)


def _corruptions(view: View) -> list[str]:
    return [labels.corruption_label(name) for name in view.conditions["corruption"].unique()]


def _downloads(view: View, rows: pl.DataFrame) -> None:
    parquet = io.BytesIO()
    rows.write_parquet(parquet)
    sql = accuracy_sql(view.chosen)
    values = json.dumps(view.chosen.values(), indent=2)
    with st.container(horizontal=True):
        for label, data, suffix in (
            ("CSV", rows.write_csv(), "csv"),
            ("Parquet", parquet.getvalue(), "parquet"),
        ):
            st.download_button(
                label,
                data,
                file_name=f"{view.study.name}-evaluation.{suffix}",
                icon=":material/download:",
                on_click="ignore",
            )
        with st.popover("SQL", icon=":material/database:"):
            st.markdown("The counts behind every accuracy above, and the values bound to it:")
            st.code(sql.strip(), language="sql")
            st.code(values, language="json")
