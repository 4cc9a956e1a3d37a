"""The inspector of one sample, as parts of the page."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.display import labels, theme
from core.display.components.chart import chart_title, draw, text_colour
from core.display.components.chart_brush import brushed_chart, report
from core.display.components.choices import segments
from core.display.components.sample_images import with_addresses
from core.display.components.table import show_table
from core.display.samples.attribution.view import attribution
from core.display.samples.card_grid import card_grid
from core.display.samples.cards import CARD, STYLE, images_sentence, neighbour_card
from core.display.samples.inspector import chart
from core.display.samples.inspector.frames import (
    ROLES,
    SampleFrames,
    numbers_table,
    sample_frames,
)
from core.display.samples.inspector.image_view import chosen_corruption, images
from core.display.samples.inspector.map_frames import sample_map
from core.display.samples.inspector.words import anatomy_words, path_notes
from core.display.state.context import Context
from core.display.state.inspected import close_sample
from core.display.state.pins import set_role
from core.store.combination import Combination

_MAP = "sample_map"
_WAY, _NUMBERS = 500, 480
_SETS = {"compared": "Compared", "reference": "Reference"}


def inspector(context: Context, sample_id: int) -> None:
    """One sample: image and numbers, all combinations, angles, ways, neighbours, anatomy."""
    corruption, corruptions = chosen_corruption(context)
    found = context.study.derive(
        sample_frames, sample_id, context.reference, context.compared, corruption
    )
    st.html(STYLE)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(
            f"Sample {sample_id}, class {labels.escaped(found.class_name)}",
            anchor=False,
            width="content",
        )
        st.button(
            "Back to the gallery",
            key="close_sample",
            icon=":material/arrow_back:",
            on_click=close_sample,
        )
    with st.container(horizontal=True, gap="large", vertical_alignment="top"):
        images(context, found, corruption, corruptions)
        _numbers(found)
    _map(context, sample_id)
    _anatomy_and_angles(context, found)
    attribution(context, sample_id)
    _ways(context, found, corruptions.get(corruption))
    _neighbours(context, found)


def _numbers(found: SampleFrames) -> None:
    with st.container(width=_NUMBERS, gap="xsmall"):
        answers = [
            f"{role} predicts {labels.escaped(str(found.numbers[role]['predicted']))}"
            if role in found.numbers
            else f"not put to the {role}"
            for role in ROLES
        ]
        st.markdown(f"True class **{labels.escaped(found.class_name)}**; {'; '.join(answers)}.")
        show_table(
            numbers_table(found.numbers),
            title="Sample under reference and compared",
            hide_index=True,
            width="stretch",
        )


def _map(context: Context, sample_id: int) -> None:
    st.subheader("Under every model and condition", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        shown = segments("Colour", chart.COLOURS, key="sample_colour")
        role = segments("A click sets", _SETS, key="sample_sets")
    found = context.study.derive(sample_map, sample_id, context.reference, context.compared)
    combination = context.roles[role]
    key, _ = brushed_chart(_MAP, {"role": role, "shown": shown, "cell": combination})
    with st.container(key="wide_sample_map"):
        draw(
            partial(
                chart.condition_map,
                found.heads,
                rows=found.cells["row"].n_unique(),
                columns=found.cells["column"].n_unique(),
                shown=shown,
                text=text_colour(),
            ),
            {"cells": found.cells, "shown": found.shown},
            key=key,
            width="content",
            on_select=partial(_set_role, key, role, shown),
            selections=[chart.CELL],
            title="Right or wrong under every model and condition",
            numbers=f"sample {sample_id} · {labels.count(found.cells.height, 'combination')}",
            alt="A row for each model, a column for each condition: whether the sample is right, "
            "or its true-class probability; reference and compared are outlined.",
        )
    combinations = labels.count(found.cells.height, "combination")
    st.caption(
        f"Right under {found.right:,} of {combinations} of a model and a condition. "
        "Severities 1 to 5 of a corruption stand side by side. Outlined: reference grey, compared "
        "yellow; the sidebar sets both as well. A map wider than the window scrolls."
    )


def _set_role(key: str, role: str, shown: str) -> None:
    event: dict[str, Any] = st.session_state[key]["selection"]
    rows = [row for row in event.get(chart.CELL) or [] if "model_name" in row]
    if rows:
        picked = Combination(str(rows[0]["model_name"]), str(rows[0]["condition_name"]))
        set_role(role, picked)
        report(_MAP, {"role": role, "shown": shown, "cell": picked})


def _anatomy_and_angles(context: Context, found: SampleFrames) -> None:
    st.subheader("Why the answer changes", anchor=False)
    st.markdown(anatomy_words(found.anatomy, found.nearest_only))
    if found.anatomy.missing is None:
        draw(
            partial(chart.gap_waterfall, text=text_colour()),
            {"steps": found.anatomy.steps},
            key="gap_waterfall",
            numbers=f"sample {found.sample_id}, true {found.class_name}",
            alt="Waterfall from the logit gap under the reference to that under the compared.",
        )
    classes = found.angles["class"].n_unique()
    which = (
        f"the nearest {labels.count(classes, 'class', 'classes')} of "
        f"{context.study.classes.height:,} under either, which is what the study stores, and the "
        "true class"
        if found.nearest_only
        else f"all {labels.count(classes, 'class', 'classes')}"
    )
    chart_title(
        "Angles to class directions",
        f"{which}; large dots and the dashed line: the true class",
    )
    if found.angles.is_empty():
        st.info("The feature is zero under both: it has no angle.", icon=":material/info:")
        return
    with st.container(key="wide_sample_angles"):
        draw(
            partial(chart.class_angle_plot, classes=classes),
            {"angles": found.angles},
            key="class_angles",
            numbers=f"sample {found.sample_id}, true {found.class_name}",
            width="content",
            alt="The sample's angle to each class's direction under reference and compared.",
        )


def _ways(context: Context, found: SampleFrames, corruption: str | None) -> None:
    st.subheader("Its way through angle and length", anchor=False)
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=_WAY, gap="xsmall"):
            chart_title(
                "Over target sparsities",
                f"{context.labels[context.compared.condition]} images, from the dense model",
            )
            draw(
                partial(chart.way, "ratios", tuple(found.paths.colours.items())),
                {"ratios": found.paths.ratios, "axes": found.paths.axes},
                key="sample_ratios",
                numbers=f"sample {found.sample_id}, true {found.class_name}",
                alt="The sample's angle and length under each series' models, dense to sparse.",
            )
        with st.container(width=_WAY, gap="xsmall"):
            chart_title(
                "Over severities",
                f"{corruption}, from the clean image, as chosen above"
                if corruption
                else "clean images only: the study has no corruption",
            )
            colours = {"reference": theme.REFERENCE, "compared": theme.COMPARED}
            draw(
                partial(chart.way, "severities", tuple(colours.items())),
                {"severities": found.paths.severities, "axes": found.paths.axes},
                key="sample_severities",
                numbers=f"sample {found.sample_id}, true {found.class_name}",
                alt="The sample's angle and length under reference and compared by severity.",
            )
    for note in path_notes(found.paths):
        st.caption(note)


def _neighbours(context: Context, found: SampleFrames) -> None:
    st.subheader("Nearest other samples", anchor=False)
    if found.neighbours.is_empty():
        st.caption("The sample has no angle under the reference, or there is no other.")
        return
    condition = context.reference.condition
    rows = with_addresses(found.neighbours, context.study, condition)
    words = context.labels[condition]
    under = labels.escaped(context.short(context.reference))
    st.caption(
        f"By angle and length under the reference ({under}), each in standard deviations over all "
        f"samples; the edge is red where the reference is wrong. {images_sentence(rows, words)}"
    )
    card_grid(rows, neighbour_card, key="inspect", width=CARD)
