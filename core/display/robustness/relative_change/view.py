"""Relative change of a metric by corruption (paper, figure 10)."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import draw, text_colour
from core.display.components.choices import segments
from core.display.paired_words import no_test
from core.display.robustness.model_choice import choose_few_models
from core.display.robustness.relative_change import frames
from core.display.robustness.relative_change.chart import change_densities, change_differences
from core.display.robustness.relative_change.frames import METRICS_SHOWN, RelativeChanges
from core.display.state.context import Context
from core.metrics import METRICS
from core.stats.relative_change import TRIMMED


def relative_change(context: Context) -> None:
    """How far corruption moves each image's geometry, for its model's own clean value."""
    colours = choose_few_models(context)
    options = {name: METRICS[name].label for name in METRICS_SHOWN}
    metric = segments("Change of", options, key="change_of")
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
    st.markdown(_words(found, options[metric].lower()))
    with st.container(key="wide_relative_change"):
        draw(
            partial(change_densities, by_label, metric=metric),
            {"curves": found.curves},
            width="content",
            key="change_densities",
            alt="Density of the relative change: a plot for each corruption, a curve for each "
            "model.",
        )
    for note in _notes(found):
        st.caption(note)
    _differences(found, by_label, untested)


def _words(found: RelativeChanges, metric: str) -> str:
    shares = " · ".join(
        f"{labels.escaped(row['model'])}: {row['removed']:,} of {row['values']:,}, mean size of "
        f"the rest {row['mean']:.2g}"
        for row in found.counts.filter(pl.col("values") > 0).iter_rows(named=True)
    )
    return (
        f"Relative change of {metric}: (clean − corrupted) / clean, of each of "
        f"{labels.count(found.images, 'image')} and each of its corrupted versions under the same "
        f"model. As in the paper, the lowest and the highest {labels.percent(TRIMMED)} of each "
        f"model's values are removed: {shares}. Plots that are wider than the window scroll."
    )


def _notes(found: RelativeChanges) -> list[str]:
    undefined = found.counts.filter(pl.col("undefined") > 0)
    return [
        f"{labels.escaped(row['model'])}: {labels.count(row['undefined'], 'value')} undefined (the "
        "metric is undefined, or 0 on the clean image), left out."
        for row in undefined.iter_rows(named=True)
    ]


def _differences(found: RelativeChanges, by_label: dict[str, str], untested: str | None) -> None:
    if found.differences.is_empty():
        return
    first, *others = by_label
    st.subheader("Difference between models", anchor=False)
    interval = (
        f"no intervals ({untested})"
        if untested
        else "lines are 95 % paired bootstrap intervals over images"
    )
    st.caption(
        f"Mean size of the relative change minus that under {labels.escaped(first)}, on the same "
        "corrupted images where both values are left; right of 0 it changes more. An image counts "
        f"once, as the mean over its versions; {interval}."
    )
    draw(
        partial(
            change_differences,
            {name: by_label[name] for name in others},
            rows=tuple(found.differences["row"].unique(maintain_order=True)),
            text=text_colour(),
        ),
        found.tables,
        key="change_differences",
        alt="A row for each corruption, a panel for each model: difference with its interval.",
    )
