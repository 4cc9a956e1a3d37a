"""A tour in three steps over the study's own headline, which can be left at any time."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.display.shell.navigation import HOME, LOCAL, PAGES, SAMPLES
from core.display.state import url
from core.display.state.inspected import open_sample
from core.display.state.pins import set_role
from core.store.combination import Combination

_STEP, _SAMPLE = "tour", "tour_sample"


@dataclass(frozen=True)
class TourStep:
    """One step.

    Attributes:
        page: where it stands, by name.
        title: what is seen there.
        text: how to read it.
        choices: of the page, set on the way there.
    """

    page: str
    title: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()


STEPS = (
    TourStep(
        HOME,
        "The same images in two networks",
        "Each mark is a test image. To the right its **angle** to the direction of its true class "
        "grows, downwards its feature gets shorter (**length**): both bring it nearer to another "
        "class. Red marks are right in the first network only. Compare where they lie in both.",
    ),
    TourStep(
        LOCAL,
        "How far each image moved",
        "Above: densities of angle, length, **margin** (distance to the decision boundary; below 0 "
        "the answer is wrong) and probability, grey in the first, yellow in the second network. "
        "Below: the change of each image. Drag over a histogram: paths, counts and images follow.",
        (("look", "changed"),),
    ),
    TourStep(
        SAMPLES,
        "One image that breaks",
        "The surest mistake of the second network, with its numbers in both. “Why the answer "
        "changes” splits the change of its logits into length, angles, norms and biases.",
        (("sample_part", "why"),),
    ),
)


def start_tour(combinations: tuple[Combination, Combination], sample_id: int | None) -> None:
    """A button that starts the tour.

    Args:
        combinations: the two that it is about.
        sample_id: of the image that its last step shows; None for no last step.
    """
    st.button(
        "Tour in three steps" if sample_id is not None else "Tour in two steps",
        key="start_tour",
        icon=":material/route:",
        on_click=_start,
        args=(combinations, sample_id),
    )


def tour_card(page: str) -> None:
    """The step that is being taken, over the page's lower right corner; nothing outside a tour.

    Args:
        page: the open page, by name.
    """
    text = url.get_choice(_STEP) or ""
    count = len(STEPS) if url.get_choice(_SAMPLE) else len(STEPS) - 1
    if text not in {str(i + 1) for i in range(count)}:
        return
    number = int(text)
    step = STEPS[number - 1]
    if step.page != page:
        return
    with st.container(key="tour_card", gap="xsmall"):
        st.markdown(f"**{number} of {count} · {step.title}**  \n{step.text}")
        with st.container(horizontal=True, gap="xsmall"):
            if number < count and st.button("Next", key="tour_next", type="primary"):
                _go(number + 1)
            st.button("Leave the tour", key="tour_leave", on_click=_leave)


def _start(combinations: tuple[Combination, Combination], sample_id: int | None) -> None:
    for role, one in zip(("reference", "compared"), combinations, strict=True):
        set_role(role, one)
    url.set_choice(_STEP, "1")
    url.set_choice(_SAMPLE, *([] if sample_id is None else [str(sample_id)]))


def _go(number: int) -> None:
    step = STEPS[number - 1]
    url.set_choice(_STEP, str(number))
    for key, value in step.choices:
        url.set_choice(key, value)
    sample_id = url.get_choice(_SAMPLE) or ""
    if step.page == SAMPLES and sample_id.isdecimal():
        open_sample(int(sample_id))
    st.switch_page(PAGES[step.page].file)


def _leave() -> None:
    url.set_choice(_STEP)
    url.set_choice(_SAMPLE)
