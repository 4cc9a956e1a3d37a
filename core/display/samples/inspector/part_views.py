"""Parts of the inspector of one sample: anatomy and angles, ways, nearest other samples."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import labels, theme
from core.display.components.chart import chart_title, draw, text_colour
from core.display.components.sample_images import with_addresses
from core.display.samples.card_grid import card_grid
from core.display.samples.cards import CARD, images_sentence, neighbour_card
from core.display.samples.inspector import chart
from core.display.samples.inspector.frames import (
    SampleHead,
    sample_angles,
    sample_paths,
)
from core.display.samples.inspector.words import anatomy_words, path_notes
from core.display.state.context import Context
from core.store.queries.one_sample import nearest_samples

NEIGHBOURS = 8
_WAY = 500


def anatomy_and_angles(context: Context, sample_id: int) -> None:
    """What made the logit gap change, as a waterfall; angles to all classes under both."""
    found = context.study.derive(sample_angles, sample_id, context.reference, context.compared)
    st.markdown(anatomy_words(found.anatomy, found.nearest_only))
    if found.anatomy.missing is None:
        draw(
            partial(chart.gap_waterfall, text=text_colour()),
            {"steps": found.anatomy.steps},
            key="gap_waterfall",
            numbers=f"sample {sample_id}",
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
            numbers=f"sample {sample_id}",
            width="content",
            alt="The sample's angle to each class's direction under reference and compared.",
        )


def ways(context: Context, head: SampleHead, corruption: str, words: str | None) -> None:
    """Through angle and length: over target sparsities, and over a corruption's severities.

    Args:
        context: the open study.
        head: of the sample.
        corruption: over whose severities; empty in a study of clean images.
        words: the corruption for people.
    """
    found = context.study.derive(
        sample_paths, head.sample_id, context.reference, context.compared, corruption
    )
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=_WAY, gap="xsmall"):
            chart_title(
                "Over target sparsities",
                f"{context.labels[context.compared.condition]} images, from the dense model",
            )
            draw(
                partial(chart.way, "ratios", tuple(found.colours.items())),
                {"ratios": found.ratios, "axes": found.axes},
                key="sample_ratios",
                numbers=f"sample {head.sample_id}, true {head.class_name}",
                alt="The sample's angle and length under each series' models, dense to sparse.",
            )
        with st.container(width=_WAY, gap="xsmall"):
            chart_title(
                "Over severities",
                f"{words}, from the clean image, as chosen above"
                if words
                else "clean images only: the study has no corruption",
            )
            colours = {"reference": theme.REFERENCE, "compared": theme.COMPARED}
            draw(
                partial(chart.way, "severities", tuple(colours.items())),
                {"severities": found.severities, "axes": found.axes},
                key="sample_severities",
                numbers=f"sample {head.sample_id}, true {head.class_name}",
                alt="The sample's angle and length under reference and compared by severity.",
            )
    for note in path_notes(found):
        st.caption(note)


def neighbours(context: Context, sample_id: int) -> None:
    """The samples nearest by angle and length under the reference."""
    reference = context.study.key(context.reference)
    found = context.study.run(nearest_samples, reference, sample_id, limit=NEIGHBOURS)
    if found.is_empty():
        st.caption("The sample has no angle under the reference, or there is no other.")
        return
    condition = context.reference.condition
    rows = with_addresses(found, context.study, condition)
    words = context.labels[condition]
    under = labels.escaped(context.short(context.reference))
    st.caption(
        f"By angle and length under the reference ({under}), each in standard deviations over all "
        f"samples; the edge is red where the reference is wrong. {images_sentence(rows, words)}"
    )
    card_grid(rows, neighbour_card, key="inspect", width=CARD)
