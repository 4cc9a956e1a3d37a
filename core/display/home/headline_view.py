"""Home above the fold: one finding in a sentence, two plots, six images and a way to the why."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels
from core.display.charts.sample_click import CLICKED
from core.display.components.chart import chart_title, draw
from core.display.components.copy_finding import copy_finding
from core.display.components.gallery import Thumbnail, gallery
from core.display.components.picture_and_answers import picture_and_answers
from core.display.components.sample_buttons import sample_buttons
from core.display.components.sample_clicks import go_to_clicked, on_click_or
from core.display.components.sample_images import with_addresses
from core.display.components.shown_images import ORIGINAL
from core.display.components.tour import start_tour
from core.display.home.answers_frames import Answers
from core.display.home.chart import answers_plot
from core.display.home.frames import HomeFrames
from core.display.home.headline import (
    Headline,
    headline_finding,
    headline_text,
    headline_title,
    nothing_text,
)
from core.display.home.questions import (
    COMPARE,
    pair_choices,
)
from core.display.shell.navigation import LOCAL, PAGES
from core.display.state import url
from core.display.state.context import Context
from core.store.combination import Combination

_PLOT = 376


def finding(context: Context, rows: HomeFrames) -> None:
    """The study's headline: two models alike on clean images, and what one of them breaks."""
    if rows.accuracy.is_empty():
        st.info("This study holds no samples yet.", icon=":material/hourglass_empty:")
    if rows.curves.is_empty():
        return
    found = rows.search.headline
    if found is None or rows.answers is None:
        st.subheader("What pruning costs", anchor=False)
        st.markdown(nothing_text(rows.search.comparisons))
        return
    condition = context.labels[found.condition]
    with st.container(key="headline"):
        st.subheader(headline_title(found, condition), anchor=False)
    picture, images = picture_and_answers("headline")
    with picture:
        _plots(context, found, rows.answers)
    with images:
        _lead_on(context, found, rows)
        broken = with_addresses(rows.broken, context.study, found.condition)
        _broken(broken, condition, found.combinations)


def _lead_on(context: Context, found: Headline, rows: HomeFrames) -> None:
    """The way to the first "why", the evidence, and a tour."""
    with st.container(key="choices_headline", horizontal=True, gap="xsmall"):
        why = PAGES[LOCAL]
        with st.container(key="see_why", width="content"):
            st.page_link(
                why.file,
                label="See why",
                icon=":material/arrow_forward:",
                query_params=url.with_choices({**pair_choices(*found.combinations), **COMPARE}),
            )
        with st.popover("Evidence", icon=":material/fact_check:", width="content"):
            st.markdown(headline_text(found, context.labels))
            copy_finding(
                lambda provenance: [headline_finding(found, context.labels, provenance)],
                key="headline",
            )
        surest = rows.broken["sample_id"].to_list()
        start_tour(found.combinations, surest[0] if surest else None)


def _plots(context: Context, found: Headline, shown: Answers) -> None:
    """Two plots of the same images, one a model, with the same axes and colours."""
    points = with_addresses(shown.points, context.study, found.condition)
    samples = labels.count(found.corrupted.samples, "image")
    with st.container(horizontal=True, gap="xsmall"):
        for role, one in zip(("reference", "compared"), found.combinations, strict=True):
            right = {
                "reference": found.corrupted.reference_correct,
                "compared": found.corrupted.compared_correct,
            }[role]
            rate = labels.percent(right / found.corrupted.samples)
            with st.container(width=_PLOT, gap="xxsmall"):
                numbers = f"{rate} of {samples} right, {context.labels[one.condition]}"
                chart_title(context.labels[one.model], numbers)
                draw(
                    partial(answers_plot, role=role),
                    {"points": points, "axes": shown.axes},
                    key=f"answers_{role}",
                    on_select=on_click_or(f"answers_{role}"),
                    selections=[CLICKED],
                    numbers=f"{context.labels[one.model]}: {numbers}",
                    alt=f"Angle against length under {context.labels[one.model]}, {rate} right: "
                    f"the {found.corrupted.broken:,} images that the first model alone gets right "
                    "are red.",
                )
    go_to_clicked()
    only_first, only_second, neither, both = (
        shown.counts.get(outcome, 0) for outcome in ("broken", "fixed", "both wrong", "both right")
    )
    st.caption(
        f"Each mark is an image, in the same colour in both. Red: only the first is right "
        f"({only_first:,}); green: only the second ({only_second:,}); violet: neither "
        f"({neither:,}); pale: both ({both:,}). The larger the angle to the true class "
        "and the shorter the feature, the nearer the boundary."
    )


def _broken(
    samples: pl.DataFrame, condition: str, combinations: tuple[Combination, Combination]
) -> None:
    total = int(samples["total"][0])
    st.markdown(
        f"**{labels.count(total, 'image')}** under {labels.escaped(condition)} that only the first "
        f"gets right; the {samples.height} on which the second is surest:"
    )
    gallery(
        [
            Thumbnail(
                row["image"],
                f"first: {row['class']}",
                f"second: {row['predicted']}",
                f"sample {row['sample_id']}: true {row['class']}, predicted {row['predicted']} "
                f"with {labels.percent(row['confidence'])} confidence; image: {row['picture']}",
            )
            for row in samples.iter_rows(named=True)
        ]
    )
    if ORIGINAL in samples["picture"]:
        st.caption("Some images are shown as they were before the corruption.")
    sample_buttons(samples["sample_id"].to_list(), key="broken", combinations=combinations)
