"""The list of combinations that every page shows, and what can be done with one of them."""

from __future__ import annotations

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.components.table import PERCENT, show_table
from core.display.state.context import Context
from core.display.state.pins import set_role, unpin
from core.store.combination import Combination, Key
from core.store.queries.accuracy import accuracy

_TABLE = "combination_table"


def pins_panel(context: Context) -> None:
    """One line with reference and compared; the list behind a button."""
    st.markdown(
        f":gray-badge[reference] {labels.escaped(context.short(context.reference))} "
        f":orange-badge[compared] {labels.escaped(context.short(context.compared))}",
        width="content",
    )
    listed = list(dict.fromkeys([context.reference, context.compared, *context.pins]))
    with st.popover(
        f"Combinations ({len(listed)})",
        icon=":material/format_list_bulleted:",
        width="content",
        key="combinations",
        on_change="rerun",
    ) as panel:
        # a table costs time on every run: it is made for who looks at it
        if panel.open:
            _list(context, listed)


def role_buttons(combination: Combination | None, *, key: str) -> None:
    """Buttons that set a combination as reference or compared; idle without one."""
    for role in ("reference", "compared"):
        st.button(
            f"Set as {role}",
            key=f"{key}_{role}",
            disabled=combination is None,
            on_click=set_role,
            args=(role, combination),
        )


def _list(context: Context, listed: list[Combination]) -> None:
    show_table(
        _rows(context, listed),
        title=None,
        key=_TABLE,
        on_select="rerun",
        selection_mode="single-row",
        width=layout.TABLE,
        column_config={
            "target sparsity": PERCENT,
            "sparsity": PERCENT,
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
        role_buttons(picked, key="make")
        st.button(
            "Unpin",
            key="drop_combination",
            disabled=picked not in context.pins,
            on_click=unpin,
            args=(picked,),
            icon=":material/delete:",
        )


def _rows(context: Context, listed: list[Combination]) -> pl.DataFrame:
    counts = context.study.run(accuracy).filter(pl.col("samples") > 0)
    rates = counts.select("model_id", "condition_id", pl.col("correct") / pl.col("samples"))
    accuracies = {Key(model, condition): rate for model, condition, rate in rates.iter_rows()}
    rows = []
    for combination in listed:
        model = context.study.model_row(combination.model)
        roles = [role for role, one in context.roles.items() if one == combination]
        rows.append(
            {
                "role": " and ".join(roles) or "pinned",
                "model": context.labels[combination.model],
                "condition": context.labels[combination.condition],
                "accuracy": accuracies.get(context.study.key(combination)),
                **{name: model[name] for name in ("sparsity", "retrained", "seed", "network")},
                "method": labels.method_label(model["method"]),
                "target sparsity": model["ratio"],
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)
