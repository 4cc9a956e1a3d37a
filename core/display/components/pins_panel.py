"""The list of combinations that every page shows, and what can be done with one of them."""

from __future__ import annotations

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.table import show_table
from core.display.state.context import Context
from core.display.state.pins import set_role, unpin
from core.store.combination import Combination
from core.store.queries.accuracy import accuracy

_TABLE = "combination_table"
_POPOVER = "combinations"


def combination_rows(context: Context) -> pl.DataFrame:
    """The combinations with their descriptions: reference and compared first, then pinned ones."""
    accuracies = {
        (row["model_id"], row["condition_id"]): row["correct"] / row["samples"]
        for row in context.study.run(accuracy).iter_rows(named=True)
        if row["samples"]
    }
    rows = []
    for combination in _listed(context):
        model = context.study.model_row(combination.model)
        roles = [role for role, one in context.roles.items() if one == combination]
        rows.append(
            {
                "role": " and ".join(roles) or "pinned",
                "model": context.labels[combination.model],
                "condition": context.labels[combination.condition],
                "accuracy": accuracies.get(context.study.key(combination)),
                "sparsity": model["sparsity"],
                "retrained": model["retrained"],
                "seed": model["seed"],
                "network": model["network"],
                "method": labels.method_label(model["method"]),
                "target sparsity": model["ratio"],
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def pins_panel(context: Context) -> None:
    """One line with reference and compared; the list behind a button."""
    st.markdown(
        f":gray-badge[reference] {labels.escaped(context.short(context.reference))} "
        f":orange-badge[compared] {labels.escaped(context.short(context.compared))}",
        width="content",
    )
    listed = _listed(context)
    with st.popover(
        f"Combinations ({len(listed)})",
        icon=":material/format_list_bulleted:",
        width="content",
        key=_POPOVER,
        on_change="rerun",
    ) as panel:
        # a table costs time on every run: it is made for who looks at it
        if panel.open:
            _list(context, listed)


def _list(context: Context, listed: list[Combination]) -> None:
    show_table(
        combination_rows(context),
        key=_TABLE,
        on_select="rerun",
        selection_mode="single-row",
        width=900,
        column_config={
            "target sparsity": st.column_config.NumberColumn(format="percent"),
            "sparsity": st.column_config.NumberColumn(format="percent"),
            "accuracy": st.column_config.NumberColumn(
                format="percent", help="over all samples of the test set"
            ),
        },
    )
    rows = st.session_state.get(_TABLE, {}).get("selection", {}).get("rows", [])
    picked = listed[rows[0]] if rows and rows[0] < len(listed) else None
    if picked is None:
        st.caption("Mark a row to set it as reference or compared, or to unpin it.")
    with st.container(horizontal=True):
        for role in ("reference", "compared"):
            st.button(
                f"Set as {role}",
                key=f"make_{role}",
                disabled=picked is None,
                on_click=set_role,
                args=(role, picked),
            )
        st.button(
            "Unpin",
            key="drop_combination",
            disabled=picked not in context.pins,
            on_click=unpin,
            args=(picked,),
            icon=":material/delete:",
        )


def _listed(context: Context) -> list[Combination]:
    return list(dict.fromkeys([context.reference, context.compared, *context.pins]))
