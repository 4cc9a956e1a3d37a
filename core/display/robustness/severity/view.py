"""Accuracy by severity: small plots of chosen models, and their mean corruption errors."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import draw
from core.display.components.choices import segments, several
from core.display.components.picture_and_answers import choices_row
from core.display.components.table import show_table
from core.display.paired_words import no_test
from core.display.robustness.model_choice import choose_few_models
from core.display.robustness.severity import frames
from core.display.robustness.severity.chart import DISTANCE, SEVERITY, severity_curves
from core.display.robustness.severity.frames import ALL, BENCHMARK, SeverityCurves
from core.display.state.context import Context
from core.display.terms import explanations

_SETS = {BENCHMARK: "benchmark", ALL: "all"}


def accuracy_by_severity(context: Context) -> None:
    """How accuracy falls with severity, corruption by corruption."""
    corruptions = context.study.conditions.filter(pl.col("severity") > 0)["corruption"]
    if corruptions.is_empty():
        st.info("This study has no corrupted images.", icon=":material/info:")
        return
    row = choices_row("severity")
    with row:
        colours = choose_few_models(context)
        with st.popover("Corruptions", icon=":material/grid_view:", width="content"):
            chosen = several(
                "Corruptions",
                corruptions.unique(maintain_order=True).to_list(),
                key="corruptions",
                format_func=labels.corruption_label,
            )
    untested = no_test(context.subset, {*colours, context.reference.model})
    found = context.study.derive(
        frames.severity_curves,
        list(colours),
        context.sample_filter,
        corruptions=chosen,
        baseline=context.reference.model,
        tested=untested is None,
    )
    across = SEVERITY
    if found.distances:
        options = {SEVERITY: "Severity", DISTANCE: "Change of the images"}
        with row:
            across = segments("Across", options, key="across")
    band = f"none ({untested})" if untested else "95 % intervals (Wilson)"
    with st.container(key="wide_severity"):
        draw(
            partial(
                severity_curves,
                {context.labels[name]: colour for name, colour in colours.items()},
                across=across,
            ),
            {"points": found.points},
            width="content",
            key="severity_curves",
            alt="Accuracy by severity: a plot for each corruption, a line for each model.",
        )
    st.markdown(
        f"Accuracy on {labels.count(found.samples, 'image')} a severity, from clean images to the "
        f"strongest corruption; bands: {band}. One severity is not equally strong in two "
        "corruptions. Plots that are wider than the window scroll."
    )
    _errors(context, found, untested)


def _errors(context: Context, found: SeverityCurves, untested: str | None) -> None:
    if found.errors.is_empty():
        return
    st.subheader("Mean corruption error", anchor=False, help=explanations("mCE", ["relative mCE"]))
    reference = labels.escaped(context.labels[context.reference.model])
    interval = f"no intervals ({untested})" if untested else "95 % paired bootstrap over images"
    st.caption(
        f"Errors on corrupted images per error of {reference} (1 is as many), a mean over "
        "corruptions of the sums over severities; relative: errors beyond those on clean images. "
        f"Over the benchmark's corruptions and over all that the study has; {interval}."
    )
    rows = found.errors.select(
        pl.col("model", "measure"),
        pl.col("corruption_set").replace(_SETS).alias("corruptions"),
        pl.col("corruptions").alias("counted"),
        pl.col("value"),
        pl.col("low").alias("95 % low"),
        pl.col("high").alias("95 % high"),
    )
    number = st.column_config.NumberColumn(format="%.3f")
    show_table(
        rows,
        title="Mean corruption error",
        sources=[found.errors],
        column_config=dict.fromkeys(("value", "95 % low", "95 % high"), number),
    )
