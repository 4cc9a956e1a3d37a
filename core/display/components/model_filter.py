"""Which of the study's models a page shows."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from core.display import labels
from core.display.state import url as url_state
from core.display.state.context import View

_FILTERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "network": ("Network", str),
    "method": ("Method", labels.method_label),
    "ratio": ("Share of weights removed", lambda text: labels.percent(float(text), digits=1)),
    "retrained": ("Retrained", lambda text: {"true": "yes", "false": "no"}[text]),
    "scope": ("Scope", str),
    "seed": ("Seed", str),
}


def choose_models(view: View) -> pl.DataFrame:
    """The models that pass the filters, which stand behind a button and in the URL.

    Dense models of a chosen network always pass: everything is measured against them.
    """
    texts = {name: _as_text(view.models, name) for name in _FILTERS}
    useful = {name: text for name, text in texts.items() if text.drop_nulls().n_unique() > 1}
    keep = pl.Series([True] * view.models.height, dtype=pl.Boolean)
    with st.popover("Filter models", icon=":material/filter_alt:", disabled=not useful):
        for name, text in useful.items():
            label, words = _FILTERS[name]
            options = text.drop_nulls().unique(maintain_order=True).to_list()
            wanted = url_state.several(label, options, key=f"only_{name}", format_func=words)
            if wanted:
                passes = text.is_in(wanted)
                if name != "network":
                    passes = passes | (view.models["method"] == "dense")
                keep = keep & passes.fill_null(value=False)
    url_state.write_choices()
    chosen = view.models.filter(keep)
    if chosen.height < view.models.height:
        st.caption(
            f"{chosen.height} of {labels.count(view.models.height, 'model')} pass the filter."
        )
    return chosen


def _as_text(models: pl.DataFrame, name: str) -> pl.Series:
    # A dense model has neither a ratio nor a scope of pruning to choose by.
    pruned_only = pl.col(name)
    if name in {"ratio", "scope", "method", "retrained"}:
        pruned_only = pl.when(pl.col("method") != "dense").then(pl.col(name))
    return models.select(pruned_only.cast(pl.String).alias(name)).to_series()
