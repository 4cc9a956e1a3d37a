"""The inspector of one sample: images and numbers, and below them one part at a time."""

from __future__ import annotations

import streamlit as st

from core.display import labels
from core.display.components.choices import segments
from core.display.samples.attribution.view import attribution
from core.display.samples.cards import STYLE
from core.display.samples.inspector.frames import ROLES, SampleHead, numbers_table, sample_head
from core.display.samples.inspector.image_view import chosen_corruption, images
from core.display.samples.inspector.map_view import condition_map
from core.display.samples.inspector.part_views import anatomy_and_angles, neighbours, ways
from core.display.state.context import Context
from core.display.state.inspected import close_sample

# One at a time: the browser takes as long for each chart as for the rest of the page.
PARTS = {
    "map": "Models and conditions",
    "why": "Why the answer changes",
    "where": "Where in the image",
    "way": "Way through angle and length",
    "near": "Nearest other samples",
}
_NUMBERS = 480


def inspector(context: Context, sample_id: int) -> None:
    """One sample: image and numbers, all combinations, anatomy, angles, ways, neighbours."""
    corruption, corruptions = chosen_corruption(context)
    found = context.study.derive(sample_head, sample_id, context.reference, context.compared)
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
    match segments("Show of this sample", PARTS, key="sample_part"):
        case "map":
            condition_map(context, sample_id)
        case "why":
            anatomy_and_angles(context, sample_id)
        case "where":
            attribution(context, sample_id)
        case "way":
            ways(context, found, corruption, corruptions.get(corruption))
        case "near":
            neighbours(context, sample_id)


def _numbers(found: SampleHead) -> None:
    with st.container(width=_NUMBERS, gap="xsmall"):
        answers = [
            f"{role} predicts {labels.escaped(str(found.numbers[role]['predicted']))}"
            if role in found.numbers
            else f"not put to the {role}"
            for role in ROLES
        ]
        st.markdown(f"True class **{labels.escaped(found.class_name)}**; {'; '.join(answers)}.")
        # a few rows that stand still: as a grid to scroll they would cost the browser 0.1 s
        st.table(numbers_table(found.numbers), hide_index=True)
