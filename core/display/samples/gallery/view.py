"""The gallery of the filtered samples: cards in an order, page by page."""

from __future__ import annotations

import streamlit as st

from core.display import layout
from core.display.components.choices import choose, segments
from core.display.components.picture_and_answers import choices_row
from core.display.components.sample_images import with_addresses
from core.display.samples.card_grid import card_grid
from core.display.samples.cards import CARD, images_sentence, sample_card
from core.display.samples.gallery.frames import DIRECTIONS, HIGH, SORTS, GalleryPage, gallery
from core.display.state import url
from core.display.state.context import Context

PAGE = "gallery_page"
_SHOWN_LAST = "gallery_shown_last"


def sample_gallery(context: Context) -> None:
    """All filtered samples under both combinations, sorted by a metric or its change."""
    with choices_row("gallery"):
        sort = choose("Sort by", SORTS, key="gallery_sort", width=layout.WIDE_CHOICE)
        direction = segments("Order", DIRECTIONS, key="gallery_order")
    _first_page_of_another_question((context.paired, sort, direction))
    found = context.study.derive(
        gallery,
        context.paired,
        sort=sort,
        descending=direction == HIGH,
        page=_page(),
    )
    if not found.samples:
        st.info("None of these samples was put to both combinations.", icon=":material/info:")
        return
    rows = with_addresses(found.rows, context.study, context.compared.condition)
    words = context.labels[context.compared.condition]
    card_grid(rows, lambda row: sample_card(row, found.limits), key="inspect", width=CARD)
    st.caption(
        f"{found.words}. {images_sentence(rows, words)} Grey dot: prediction under the reference, "
        "yellow dot: under the compared; the edge has the colour of the outcome. Numbers run from "
        "reference to compared; bars show the change (to the right where it rises; green for the "
        "better, red for the worse, grey where neither is), as a share of the largest among all "
        "filtered samples."
    )
    _turn_pages(found)


def _page() -> int:
    """The page that the link asks for; the first where it asks for nothing sensible."""
    text = url.get_choice(PAGE) or "1"
    return int(text) if text.isdecimal() and len(text) < 10 else 1


def _first_page_of_another_question(shown: object) -> None:
    """Start from the first page where other samples, or another order, are asked for."""
    before = st.session_state.get(_SHOWN_LAST)
    st.session_state[_SHOWN_LAST] = shown
    if before is not None and before != shown:
        url.set_choice(PAGE)
        url.write_choices()


def _turn_pages(found: GalleryPage) -> None:
    if found.pages == 1:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for words, page, icon in (
            ("First", 1, "first_page"),
            ("Previous", found.page - 1, "chevron_left"),
            ("Next", found.page + 1, "chevron_right"),
            ("Last", found.pages, "last_page"),
        ):
            st.button(
                words,
                key=f"gallery_{words.lower()}",
                icon=f":material/{icon}:",
                disabled=not 1 <= page <= found.pages or page == found.page,
                on_click=url.set_choice,
                args=(PAGE, *([] if page == 1 else [str(page)])),
            )
        st.markdown(f"Page {found.page:,} of {found.pages:,}", width="content")
