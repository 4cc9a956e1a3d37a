"""Fragile and robust samples, predicted and observed side by side, as parts of the page."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display.components.chart import draw, text_colour
from core.display.components.choices import segments
from core.display.components.picture_and_answers import choices_row
from core.display.components.sample_images import with_addresses
from core.display.paired_words import no_test
from core.display.samples.card_grid import card_grid
from core.display.samples.cards import STYLE, small_card
from core.display.samples.fragility import words
from core.display.samples.fragility.chart import area_plot
from core.display.samples.fragility.frames import (
    FRAGILE,
    LEVEL,
    LEVELS,
    ROBUST,
    SCOPE_WORDS,
    SCOPES,
    Fragility,
    fragility,
)
from core.display.state.context import Context

_CARD, _HALF = 150, 490


def fragile_and_robust(context: Context) -> None:
    """What the dense model's geometry predicts, what is observed, and how well the two agree."""
    with choices_row("fragile"):
        scope = segments("To withstand", SCOPES, key="fragile_scope")
        level = segments("Fragile if wrong", LEVELS, key="fragile_level", default=LEVEL)
    models = context.study.models["name"].to_list()
    untested = no_test(context.subset, models)
    found = context.study.derive(
        fragility,
        context.reference.model,
        context.sample_filter,
        scope=scope,
        level=int(level),
        tested=untested is None,
    )
    if found.dense is None:
        st.info(
            "The study has no dense model of the reference's network, or no clean images.",
            icon=":material/info:",
        )
        return
    if found.areas.is_empty() or found.picked.is_empty():
        st.info(
            f"Too few samples, or no predictions by {SCOPE_WORDS[scope]}, to pick any.",
            icon=":material/info:",
        )
    else:
        _side_by_side(context, found)
    st.markdown(words.summary(context, found.dense, found, scope, level))
    if found.areas.is_empty():
        return
    st.subheader("How well one predicts the other", anchor=False)
    st.caption(words.area_words(untested))
    with st.container(key="wide_fragile_areas"):
        draw(
            partial(area_plot, text=text_colour()),
            {"areas": found.areas},
            key="fragile_areas",
            width="content",
            alt="Area under the ROC curve of each predictor of fragile samples, with intervals.",
        )


def _side_by_side(context: Context, found: Fragility) -> None:
    st.html(STYLE)
    rows = with_addresses(found.picked, context.study, _clean(context))
    for group in (FRAGILE, ROBUST):
        with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
            for by in ("predicted", "observed"):
                with st.container(width=_HALF, gap="xsmall"):
                    st.markdown(f"**{by.capitalize()} {group}**")
                    _cards(rows.filter(by=by, group=group), f"{by}_{group}")
    st.caption(
        "Clean images. Under each: how many of the predictions are right, and its angle and length "
        "under the dense model. Equally frequent ones are picked by chance with a fixed seed."
    )


def _clean(context: Context) -> str:
    return str(context.study.conditions.filter(severity=0)["name"][0])


def _cards(rows: pl.DataFrame, key: str) -> None:
    if rows.is_empty():
        st.caption("None.")
    card_grid(rows, lambda row: small_card(row, words.lines(row)), key=key, width=_CARD)
