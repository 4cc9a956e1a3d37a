"""What foretells robustness and flips: the numbers for every model, and the scatter behind them."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.components.chart import chart_title, draw, text_colour
from core.display.components.choices import choose, segments
from core.display.components.model_filter import choose_models
from core.display.components.picture_and_answers import choices_row
from core.display.components.table import show_table
from core.display.paired_words import no_test
from core.display.robustness.predictors import words
from core.display.robustness.predictors.chart import prediction_dots, robustness_scatter
from core.display.robustness.predictors.frames import (
    DISTANCE,
    PREDICTORS,
    Prediction,
    flip_predictors,
    robustness_predictors,
)
from core.display.robustness.predictors.scatter_frames import Scatter, robustness_scatters
from core.display.state.context import Context
from core.metrics import METRICS

OUTCOMES = {"corruption": "Robustness to corruption", "pruning": "Flips by pruning"}


def predictors(context: Context) -> None:
    """Which clean metric foretells what corruption and pruning do to an image."""
    with choices_row("predictors"):
        outcome = segments("What is foretold", OUTCOMES, key="foretold")
        models = choose_models(context)
    untested = no_test(context.subset, models["name"].to_list())
    make = robustness_predictors if outcome == "corruption" else flip_predictors
    found = context.study.derive(
        make, tuple(models["model_id"]), context.sample_filter, untested is None
    )
    if found.rows.is_empty():
        missing = "corrupted images" if outcome == "corruption" else "a pruned model"
        st.info(f"This needs clean images and {missing}.", icon=":material/info:")
        return
    draw(
        partial(
            prediction_dots,
            found.colours,
            models=found.models,
            panels=found.panels,
            measures=tuple(found.rows["measure"].unique(maintain_order=True)),
            text=text_colour(),
        ),
        found.tables,
        key=f"{outcome}_dots",
        title=f"{OUTCOMES[outcome]}: what foretells it",
        alt="A row for each model, a panel for each metric: a dot with its 95 % interval.",
    )
    st.markdown(words.words(found, outcome))
    for note in words.notes(found, untested):
        st.caption(note)
    _table(found)
    if outcome == "corruption":
        _scatters(context, found)


def _table(found: Prediction) -> None:
    table = st.expander(
        "Table", icon=":material/table_rows:", key="predictors_table", on_change="rerun"
    )
    if table.open:
        labelled = {name: metric.label for name, metric in METRICS.items()}
        rows = found.rows.select(
            pl.col("model"),
            pl.col("predictor").replace({**labelled, DISTANCE: "Distance to the boundary"}),
            pl.col("measure", "value"),
            pl.col("low").alias("95 % low"),
            pl.col("high").alias("95 % high"),
            pl.col("samples").alias("images"),
            pl.col("outcome").alias("flipped"),
            pl.col("undefined").alias("images without the metric"),
        )
        numbers = dict.fromkeys(
            ("value", "95 % low", "95 % high"), st.column_config.NumberColumn(format="%.3f")
        )
        with table:
            show_table(
                rows if rows["flipped"].count() else rows.drop("flipped"),
                title="Predictors",
                sources=[found.rows],
                column_config=numbers,
            )


def _scatters(context: Context, found: Prediction) -> None:
    st.subheader("The images behind the numbers", anchor=False)
    by_label = dict(found.rows.select("model", "model_id").unique(maintain_order=True).iter_rows())
    names = dict(context.study.models.select("model_id", "name").iter_rows())
    options = {names[model_id]: label for label, model_id in by_label.items()}
    reference = context.reference.model
    name = choose(
        "Model",
        options,
        key="scatter_model",
        default=reference if reference in options else None,
        width=layout.WIDE_CHOICE,
    )
    scatters = context.study.derive(
        robustness_scatters, context.study.names.models[name], context.sample_filter
    )
    with st.container(horizontal=True, gap="small"):
        for metric in PREDICTORS:
            with st.container(width=layout.BESIDE_HALF, gap="xsmall"):
                _scatter(found, metric, scatters[metric], by_label[options[name]])
    st.caption("Red line: mean robustness of the images in a column, where it has at least five.")


def _scatter(found: Prediction, metric: str, shown: Scatter, model_id: int) -> None:
    rows = found.rows.filter(pl.col("model_id") == model_id, pl.col("predictor") == metric)
    numbers = " · ".join(
        f"{row['measure']} {_number(row['value'])}" for row in rows.iter_rows(named=True)
    )
    numbers = f"{numbers} · {labels.count(shown.samples, 'image')}"
    chart_title(METRICS[metric].label, numbers)
    if shown.samples:
        draw(
            partial(robustness_scatter, metric=metric),
            {"cells": shown.cells, "means": shown.means},
            key=f"scatter_{metric}",
            numbers=f"{rows['model'][0]} · {numbers}",
            alt=f"Robustness against {METRICS[metric].label.lower()}: how many images lie where.",
        )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")
