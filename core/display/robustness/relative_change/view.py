"""Relative change of a metric by corruption (paper, figure 10)."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display.components.chart import draw, text_colour
from core.display.components.choices import segments
from core.display.components.picture_and_answers import choices_row
from core.display.paired_words import no_test
from core.display.robustness.model_choice import choose_few_models
from core.display.robustness.relative_change import frames, words
from core.display.robustness.relative_change.chart import change_densities, change_differences
from core.display.robustness.relative_change.frames import METRICS_SHOWN, RelativeChanges
from core.display.state.context import Context
from core.metrics import METRICS


def relative_change(context: Context) -> None:
    """How far corruption moves each image's geometry, for its model's own clean value."""
    options = {name: METRICS[name].label for name in METRICS_SHOWN}
    with choices_row("change"):
        metric = segments("Change of", options, key="change_of")
        colours = choose_few_models(context)
    untested = no_test(context.subset, set(colours))
    found = context.study.derive(
        frames.relative_changes,
        list(colours),
        metric,
        context.sample_filter,
        tested=untested is None,
    )
    if found.curves.is_empty():
        st.info(
            "This needs clean and corrupted images under the chosen models.",
            icon=":material/info:",
        )
        return
    by_label = {context.labels[name]: colour for name, colour in colours.items()}
    scrolls = "Plots that are wider than the window scroll."
    with st.container(key="wide_relative_change"):
        draw(
            partial(change_densities, by_label, metric=metric),
            {"curves": found.curves},
            width="content",
            key="change_densities",
            title=f"Relative change: {options[metric].lower()}",
            alt="Density of the relative change: a plot for each corruption, a curve for each "
            "model.",
        )
    st.markdown(f"{words.words(found, options[metric].lower())} {scrolls}")
    for note in words.notes(found):
        st.caption(note)
    _differences(found, by_label, untested)


def _differences(found: RelativeChanges, by_label: dict[str, str], untested: str | None) -> None:
    if found.differences.is_empty():
        return
    first, *others = by_label
    st.subheader("Difference between models", anchor=False)
    st.caption(words.difference_words(first, untested))
    draw(
        partial(
            change_differences,
            {name: by_label[name] for name in others},
            rows=tuple(found.differences["row"].unique(maintain_order=True)),
            text=text_colour(),
        ),
        found.tables,
        key="change_differences",
        title=f"Difference of the mean size of the relative change from {first}",
        alt="A row for each corruption, a panel for each model: difference with its interval.",
    )
