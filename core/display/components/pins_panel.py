"""The list of combinations that every page shows, and what can be done with one of them."""

from __future__ import annotations

import polars as pl
import streamlit as st

from core.display import cached_queries, labels
from core.display.state.context import Combination, View, assign, drop

_TABLE = "combination_table"


def combination_rows(view: View) -> pl.DataFrame:
    """The combinations with their descriptions: reference and compared first, then kept ones."""
    accuracy = {
        (row["model_id"], row["condition_id"]): row["correct"] / row["samples"]
        for row in cached_queries.accuracy(view.resolved).iter_rows(named=True)
    }
    rows = []
    for combination in _listed(view):
        model = view.model_row(combination)
        roles = [
            role
            for role, one in (("reference", view.reference), ("compared", view.compared))
            if one == combination
        ]
        rows.append(
            {
                "role": " and ".join(roles) or "kept",
                "model": view.labels[combination.model],
                "condition": view.labels[combination.condition],
                "accuracy": accuracy.get(combination.key),
                "weights removed": model["sparsity"],
                "retrained": model["retrained"],
                "seed": model["seed"],
                "network": model["network"],
                "method": labels.method_label(model["method"]),
                "ratio asked": model["ratio"],
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def combination_panel(view: View) -> None:
    """One line with reference and compared; the list behind a button."""
    st.markdown(
        f":gray-badge[reference] {labels.escaped(view.short(view.reference))} "
        f":orange-badge[compared] {labels.escaped(view.short(view.compared))}",
        width="content",
    )
    listed = _listed(view)
    with st.popover(
        f"Combinations ({len(listed)})", icon=":material/format_list_bulleted:", width="content"
    ):
        _list(view, listed)


def _list(view: View, listed: list[Combination]) -> None:
    st.dataframe(
        combination_rows(view),
        key=_TABLE,
        on_select="rerun",
        selection_mode="single-row",
        width=900,
        column_config={
            "ratio asked": st.column_config.NumberColumn(format="percent"),
            "weights removed": st.column_config.NumberColumn(format="percent"),
            "accuracy": st.column_config.NumberColumn(
                format="percent", help="over all samples of the test set"
            ),
        },
    )
    rows = st.session_state.get(_TABLE, {}).get("selection", {}).get("rows", [])
    picked = listed[rows[0]] if rows and rows[0] < len(listed) else None
    if picked is None:
        st.caption("Mark a row to make it reference or compared, or to remove it.")
    with st.container(horizontal=True):
        for role in ("reference", "compared"):
            st.button(
                f"Make {role}",
                key=f"make_{role}",
                disabled=picked is None,
                on_click=assign,
                args=(role, picked),
            )
        st.button(
            "Remove",
            key="drop_combination",
            disabled=picked not in view.kept,
            on_click=drop,
            args=(picked,),
            icon=":material/delete:",
        )


def _listed(view: View) -> list[Combination]:
    return list(dict.fromkeys([view.reference, view.compared, *view.kept]))
