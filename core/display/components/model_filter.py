"""Which of the study's models a page shows."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.choices import several
from core.display.state.context import Context

_FILTERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "network": ("Network", str),
    "method": ("Method", labels.method_label),
    "ratio": ("Target sparsity", lambda text: labels.percent(float(text), digits=1)),
    "retrained": ("Retrained", lambda text: {"true": "yes", "false": "no"}[text]),
    "scope": ("Scope", str),
    "seed": ("Seed", str),
}


def choose_models(context: Context) -> pl.DataFrame:
    """The models that pass the filters, which stand behind a button and in the URL.

    Dense models of a chosen network always pass: everything is measured against them.
    """
    models = context.study.models
    texts = {name: _as_text(models, name) for name in _FILTERS}
    useful = {name: text for name, text in texts.items() if text.drop_nulls().n_unique() > 1}
    keep = pl.Series([True] * models.height, dtype=pl.Boolean)
    with st.popover("Filter models", icon=":material/filter_alt:", disabled=not useful):
        for name, text in useful.items():
            label, words = _FILTERS[name]
            options = text.drop_nulls().unique(maintain_order=True).to_list()
            wanted = several(label, options, key=f"only_{name}", format_func=words)
            if wanted:
                passes = text.is_in(wanted)
                if name != "network":
                    passes = passes | (context.study.models["method"] == "dense")
                keep = keep & passes.fill_null(value=False)
    chosen = models.filter(keep)
    if chosen.height < models.height:
        st.caption(f"{chosen.height} of {labels.count(models.height, 'model')} pass the filter.")
    return chosen


def _as_text(models: pl.DataFrame, name: str) -> pl.Series:
    # A dense model has neither a ratio nor a scope of pruning to choose by.
    pruned_only = pl.col(name)
    if name in {"ratio", "scope", "method", "retrained"}:
        pruned_only = pl.when(pl.col("method") != "dense").then(pl.col(name))
    return models.select(pruned_only.cast(pl.String).alias(name)).to_series()
