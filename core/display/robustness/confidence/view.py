"""Can a model's confidence be trusted, before and after pruning, on clean and corrupted images?"""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.components.chart import chart_title, draw, text_colour
from core.display.components.condition_choice import choose_condition
from core.display.components.picture_and_answers import choices_row
from core.display.components.table import show_table
from core.display.paired_words import no_test
from core.display.robustness.confidence import frames
from core.display.robustness.confidence.chart import (
    calibration_dots,
    reliability_curves,
    risk_curves,
)
from core.display.robustness.confidence.corruption_frames import ALL_ROW, corruption_calibration
from core.display.robustness.confidence.frames import Confidence
from core.display.robustness.model_choice import choose_few_models
from core.display.state.context import Context
from core.stats.calibration import BINS

_TITLES = {
    "ece": "ECE",
    "ece_difference": "ECE difference",
    "aurc": "AURC",
    "aurc_difference": "AURC difference",
    "auroc": "AUROC of errors",
}


def trusted_confidence(context: Context) -> None:
    """Reliability and risk-coverage curves, and the numbers behind them."""
    with choices_row("confidence"):
        colours = choose_few_models(context)
        condition = choose_condition(context, "Images", key="confidence_under")
    untested = no_test(context.subset, set(colours))
    found = context.study.derive(
        frames.confidence,
        list(colours),
        condition,
        context.sample_filter,
        tested=untested is None,
    )
    if not found.images:
        st.info(
            "None of the chosen models was tested on these samples with a confidence.",
            icon=":material/info:",
        )
        return
    by_label = {context.labels[name]: colour for name, colour in colours.items()}
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=layout.BESIDE_HALF, gap="xsmall"):
            chart_title(
                "Reliability", f"{BINS} equal bins of confidence; above the line: underconfident"
            )
            draw(
                partial(reliability_curves, by_label),
                {"bins": found.reliability},
                key="reliability",
                alt="Accuracy against confidence, a line for each model.",
            )
        with st.container(width=layout.BESIDE_HALF, gap="xsmall"):
            chart_title("Risk and coverage", "errors where only the most confident are answered")
            draw(
                partial(risk_curves, by_label),
                {"risks": found.risks},
                key="risk_coverage",
                alt="Share of errors against the share of images answered, a line for each model.",
            )
    st.markdown(
        f"{labels.count(found.images, 'image')} ({labels.escaped(context.labels[condition])}) "
        "under each model; confidence is the probability of the prediction."
    )
    _numbers(found, next(iter(by_label)), untested)
    _by_corruption(context, colours, untested)


def _by_corruption(context: Context, colours: dict[str, str], untested: str | None) -> None:
    found = context.study.derive(
        corruption_calibration, list(colours), context.sample_filter, tested=untested is None
    )
    if not found.images or ALL_ROW not in found.names:
        return
    by_label = {context.labels[name]: colour for name, colour in colours.items()}
    first = labels.escaped(next(iter(by_label)))
    st.subheader("Calibration under every corruption", anchor=False)
    together = found.rows.filter(pl.col("row") == ALL_ROW)
    st.markdown(
        f"Mean ECE over all {labels.count(int(together['conditions'][0]), 'corrupted condition')}: "
        + " · ".join(_mean_words(row) for row in together.iter_rows(named=True))
        + f". Each over {labels.count(found.images, 'image')}."
    )
    draw(
        partial(
            calibration_dots, by_label, rows=found.names, panels=found.panels, text=text_colour()
        ),
        found.tables,
        key="corruption_calibration",
        alt="A row for each corruption: the calibration error of each model with its interval.",
    )
    interval = (
        f"Intervals: none ({untested})."
        if untested
        else "Lines: 1.96 standard errors over images (infinitesimal jackknife), which count an "
        "image once with all of its versions; differences are paired."
    )
    st.caption(
        f"ECE of a corruption: the mean over its severities, each over {BINS} bins. Right: "
        f"difference from {first}. {interval} ECE is too large on few images: perfectly calibrated "
        "confidences would come to "
        + ", ".join(
            f"{row['chance']:.4f} ({labels.escaped(row['series'])})"
            for row in together.iter_rows(named=True)
        )
        + " by chance."
    )


def _mean_words(row: dict[str, Any]) -> str:
    interval = "" if row["ece_low"] is None else f" ({row['ece_low']:.4f} to {row['ece_high']:.4f})"
    return f"{labels.escaped(row['series'])} **{row['ece']:.4f}**{interval}"


def _numbers(found: Confidence, first: str, untested: str | None) -> None:
    if found.undefined:
        st.caption(f"{labels.count(found.undefined, 'image')} without a confidence left out.")
    interval = (
        f"No intervals ({untested})."
        if untested
        else "Lines in the left picture: Wilson's 95 % intervals. Intervals of ECE and AURC: 1.96 "
        "standard errors over images (bootstrap and infinitesimal jackknife), paired for "
        "differences; of AUROC: DeLong's."
    )
    st.caption(
        "ECE: mean gap between confidence and accuracy of a bin; with few images it is too large. "
        "AURC: mean risk over all coverages. AUROC: the chance that of a wrong and a right image "
        f"the wrong one has the lower confidence. Differences from {labels.escaped(first)}. "
        f"{interval}"
    )
    columns = [pl.col("model", "accuracy", "confidence")]
    for name, title in _TITLES.items():
        columns += [
            pl.col(name).alias(title),
            pl.format("{} to {}", *(_rounded(f"{name}_{side}") for side in ("low", "high"))).alias(
                f"{title}, 95 %"
            ),
        ]
    rows = found.numbers.select(columns)
    shown = [name for name in rows.columns if rows[name].null_count() < rows.height]
    percent = st.column_config.NumberColumn(format="percent")
    config = {
        **dict.fromkeys(("accuracy", "confidence"), percent),
        **dict.fromkeys(_TITLES.values(), st.column_config.NumberColumn(format="%.4f")),
    }
    show_table(
        rows.select(shown), title="Confidence", sources=[found.numbers], column_config=config
    )


def _rounded(column: str) -> pl.Expr:
    return (
        pl.col(column)
        .cast(pl.Float64)
        .map_elements(lambda value: f"{value:.4f}".replace("-", "−"), return_dtype=pl.String)
    )
