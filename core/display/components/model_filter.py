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
# what a dense model has none of to choose by
_OF_PRUNING = {"ratio", "scope", "method", "retrained"}


def choose_models(context: Context) -> pl.DataFrame:
    """The models that pass the filters, which stand behind a button and in the URL.

    Dense models of a chosen network always pass: everything is measured against them.
    """
    models = context.study.models
    is_dense = pl.col("method") == "dense"
    texts = models.select(
        pl.when(~is_dense | pl.lit(name not in _OF_PRUNING)).then(name).cast(pl.String).alias(name)
        for name in _FILTERS
    )
    useful = [text for text in texts if text.drop_nulls().n_unique() > 1]
    keep = pl.repeat(True, models.height, eager=True)
    with st.popover("Filter models", icon=":material/filter_alt:", disabled=not useful):
        for text in useful:
            label, words = _FILTERS[text.name]
            options = text.drop_nulls().unique(maintain_order=True).to_list()
            wanted = several(label, options, key=f"only_{text.name}", format_func=words)
            if wanted:
                passes = text.is_in(wanted)
                if text.name != "network":
                    passes |= models["method"] == "dense"
                keep &= passes.fill_null(value=False)
    chosen = models.filter(keep)
    if chosen.height < models.height:
        st.caption(f"{chosen.height} of {labels.count(models.height, 'model')} pass the filter.")
    return chosen
