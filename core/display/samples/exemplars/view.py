"""Exemplars of pruning, and how they differ from other samples, as parts of the page."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.display import labels, layout
from core.display.components.choices import choose
from core.display.components.sample_images import with_addresses
from core.display.components.table import show_table
from core.display.paired_words import no_test
from core.display.samples.card_grid import card_grid
from core.display.samples.cards import images_sentence, small_card
from core.display.samples.exemplars.frames import (
    LEAST_SEEDS,
    Exemplars,
    Population,
    dense_population,
    find_exemplars,
    populations,
)
from core.display.state import subset as page_filter
from core.display.state.context import Context
from core.store.subsets.predicates import SampleIds

_CARD = 190


def exemplars(context: Context) -> None:
    """The samples that dense and pruned models of one network answer differently."""
    models = context.study.models
    network = str(context.study.model_row(context.compared.model)["network"])
    dense = dense_population(models, network)
    groups = {one.name: one for one in populations(models, network)}
    if not dense or not groups:
        st.info(
            "The compared's network has no dense model, or no pruned one, in this study.",
            icon=":material/info:",
        )
        return
    chosen = groups[_choose(context, groups)]
    names = dict(models.select("model_id", "name").iter_rows())
    shown = {names[one] for one in (*dense, *chosen.model_ids)}
    untested = no_test(context.subset, shown)
    condition = context.reference.condition
    found = context.study.derive(
        find_exemplars,
        dense,
        chosen.model_ids,
        condition_id=context.study.names.conditions[condition],
        sample_filter=context.sample_filter,
        untested=untested,
    )
    st.subheader(found.name, anchor=False)
    st.markdown(_summary(context, found, chosen))
    if not found.sample_ids:
        return
    _differences(found, untested)
    _cards(context, found)


def _choose(context: Context, groups: dict[str, Population]) -> str:
    compared = context.study.names.models[context.compared.model]
    own = [name for name, one in groups.items() if compared in one.model_ids]
    return choose(
        "Pruned models",
        {name: one.label for name, one in groups.items()},
        key="exemplar_models",
        default=[*own, *groups][0],
        width=layout.WIDE_CHOICE,
    )


def _summary(context: Context, found: Exemplars, chosen: Population) -> str:
    condition = labels.escaped(context.labels[context.reference.condition])
    words = (
        f"**{len(found.sample_ids):,}** of {labels.count(found.samples, 'sample')} "
        f"({condition} images): the most frequent prediction of "
        f"{labels.count(found.dense, 'dense model')} is another than that of the pruned ones, "
        f"{labels.escaped(chosen.label)}. Where several classes are most frequent "
        f"({labels.count(found.tied, 'sample')}), only if none of them is on the other side. "
    )
    if found.has_populations:
        return words + "Defined as by Hooker and others (2019)."
    return (
        f"{words}Pruning-identified exemplars take at least {LEAST_SEEDS} seeds on each side "
        "(Hooker and others, 2019): with fewer, a change may be one seed's."
    )


def _differences(found: Exemplars, untested: str | None) -> None:
    shares = " · ".join(
        f"{side} models are right about {labels.percent(on)} of them, {labels.percent(others)} of "
        "the others"
        for side, (on, others) in found.accuracies.items()
    )
    st.markdown(f"**How they differ from the other samples** · {shares}.")
    show_table(
        found.differences.rename(
            {
                "exemplars": "mean of these",
                "others": "mean of others",
                "area": "chance that one of these is larger",
                "p": "p (Holm)",
            }
        ),
        title="Exemplars against the other samples",
        sources=[found.differences],
        hide_index=True,
        width=layout.TABLE,
    )
    test = untested or (
        "95 % intervals by DeLong's method; rank-sum test, Holm's correction over "
        f"{labels.count(found.comparisons, 'test')}; fewer than 10 samples in a group have none"
    )
    st.caption(f"Metrics are means over the dense models, under the same images. {test}.")


def _cards(context: Context, found: Exemplars) -> None:
    condition = context.reference.condition
    rows = with_addresses(found.shown, context.study, condition)
    part = SampleIds(found.sample_ids)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{rows.height:,} of {len(found.sample_ids):,}, the largest margin under the dense "
            f"models first. {images_sentence(rows, context.labels[condition])}",
            width="stretch",
        )
        st.button(
            "Use as filter",
            key="use_exemplars",
            icon=":material/filter_list:",
            on_click=partial(page_filter.narrow, context.subset, part),
        )
    card_grid(rows, _card, key="exemplar", width=_CARD)


def _card(row: dict[str, Any]) -> str:
    lines = [f"true {row['class']}", f"dense {row['dense']}", f"pruned {row['pruned']}"]
    return small_card(row, lines)
