"""Buttons that open samples on their own page, for pictures that show a few of them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.display.shell.navigation import PAGES, SAMPLES
from core.display.state.inspected import open_sample
from core.display.state.pins import set_role
from core.store.combination import Combination


def sample_buttons(
    sample_ids: Sequence[int],
    *,
    key: str,
    combinations: tuple[Combination, Combination] | None = None,
) -> None:
    """A button for each of some samples, which opens it on the page of samples.

    Args:
        sample_ids: in the order of the pictures above.
        key: part of the keys of the buttons.
        combinations: reference and compared to set, where the pictures are not about those that
            are set already.
    """
    if not sample_ids:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Open in Samples:", width="content")
        for sample_id in sample_ids:
            if st.button(str(sample_id), key=f"{key}_{sample_id}", type="tertiary"):
                open_sample(sample_id)
                for role, one in zip(("reference", "compared"), combinations or (), strict=False):
                    set_role(role, one)
                st.switch_page(PAGES[SAMPLES].file)
