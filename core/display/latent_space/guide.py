"""The page as a guide: its chapters in reading order, and where the paper says the same."""

from __future__ import annotations

import streamlit as st

from core.display.state import url

CHAPTERS = {
    "plane": "Two features",
    "position": "Angle and length",
    "dimensions": "Many dimensions",
    "directions": "Class directions",
    "collapse": "Neural collapse",
}
CHOICE = "latent"
_NEXT = {
    "plane": "what angle and length do to a prediction, in a network of any width",
    "position": "what an angle means where features have more than two numbers",
    "dimensions": "how the directions of the classes lie among each other",
    "directions": "how tightly features gather around the means of their classes",
}
_PAPER = "https://arxiv.org/pdf/2206.07918"


def paper(section: str, figure: int) -> str:
    """A link to a section of the paper, as Markdown.

    Args:
        section: its number, such as `5.2`.
        figure: number of the figure that is shown here.
    """
    place = f"{_PAPER}#subsection.{section}"
    return f"[Understanding Robustness Lottery, section {section}, figure {figure}]({place})."


def next_chapter(chapter: str) -> None:
    """A button to the chapter after this one, and what it is about."""
    names = list(CHAPTERS)
    if chapter not in _NEXT:
        return
    following = names[names.index(chapter) + 1]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Next: {CHAPTERS[following]}",
            key="next_chapter",
            icon=":material/arrow_forward:",
            on_click=url.set_choice,
            args=(CHOICE, following),
        )
        st.caption(f"{_NEXT[chapter].capitalize()}.", width="content")
