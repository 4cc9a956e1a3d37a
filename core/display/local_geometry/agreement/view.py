"""Across models: samples predicted robust and fragile, and how many models get them right."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.charts.sample_click import CLICKED
from core.display.components.chart import chart_title, draw
from core.display.components.gallery import Thumbnail, gallery
from core.display.components.paired_line import paired_line
from core.display.components.sample_buttons import sample_buttons
from core.display.components.sample_clicks import go_to_clicked, on_click_or
from core.display.components.sample_images import with_addresses
from core.display.local_geometry import words
from core.display.local_geometry.agreement.chart import FRAGILE, ROBUST, answer_grid, share_scatter
from core.display.local_geometry.agreement.frames import PICKED, Agreement, agreement
from core.display.state.context import Context
from core.stats.fragility_score import RULE

_TITLES = {
    ROBUST: "Predicted robust: small angle, large length",
    FRAGILE: "Predicted fragile: large angle, small length",
}


def across_models(context: Context) -> None:
    """What the rule predicts, the samples it picks, and what each model says to them."""
    found = context.study.derive(agreement, context.reference, context.sample_filter)
    left_out = labels.count(found.degenerate, "degenerate model")
    nothing = None
    if not found.models:
        beside = f" beside {left_out}" if found.degenerate else ""
        nothing = (
            f"The reference's network has no other model in this study{beside}: nothing to count."
        )
    elif not found.samples:
        nothing = (
            "None of these samples has an angle under the reference and was put to another model."
        )
    if nothing:
        st.info(nothing, icon=":material/info:")
        return
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=layout.HALF_CHART, gap="xsmall"):
            chart_title(
                "Reference: angle and length",
                "colour: share of models right; a click opens the sample",
            )
            points = with_addresses(found.points, context.study, context.reference.condition)
            draw(
                partial(share_scatter),
                {"points": points, "axes": found.axes},
                key="share_scatter",
                on_select=on_click_or("share_scatter"),
                selections=[CLICKED],
                alt="Angle against length under the reference, coloured by the share of models "
                "that get the sample right.",
            )
        with st.container(width=layout.BESIDE_HALF):
            _galleries(context, found)
    paired_line(context)
    st.markdown(
        f"{words.prediction_words(found)}  \n"
        f"{labels.count(found.models, 'model')} of the reference's network under "
        f"{labels.escaped(context.labels[context.reference.condition])} images, not counting the "
        "reference itself"
        f"{f' and {left_out}' if found.degenerate else ''}. The prediction looks at the position "
        f"under the reference only: {RULE}; the "
        f"{PICKED} first are predicted robust, the {PICKED} last predicted fragile."
    )
    go_to_clicked()
    for note in words.agreement_notes(found):
        st.caption(note)
    if found.cells.height:
        draw(
            partial(answer_grid),
            {"cells": found.cells},
            key="answer_grid",
            alt="A row for each picked sample, a column for each model: right grey, wrong red.",
        )


def _galleries(context: Context, found: Agreement) -> None:
    shown = with_addresses(found.shown, context.study, context.reference.condition)
    for group, title in _TITLES.items():
        rows = shown.filter(pl.col("group") == group)
        if rows.height:
            st.markdown(f"**{title}** · models that get it right")
            gallery([_thumbnail(row) for row in rows.iter_rows(named=True)])
            sample_buttons(rows["sample_id"].to_list(), key="picked")


def _thumbnail(row: dict[str, Any]) -> Thumbnail:
    right = f"{row['right']} of {row['models']}"
    hover = (
        f"sample {row['sample_id']}: {row['class']}, right under {right} models; "
        f"{row['position']} under the reference"
    )
    if row["picture"]:
        hover += f"; image: {row['picture']}"
    return Thumbnail(row["image"], row["class"], right, hover)
