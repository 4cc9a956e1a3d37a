"""Charts on which a click on a sample's mark opens the sample on its own page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.display.charts.sample_click import CLICKED
from core.display.shell.navigation import PAGES, SAMPLES
from core.display.state.inspected import open_sample

_OPENED = "sample_clicked"


def on_click_or(
    key: str, otherwise: Callable[[], None] | None = None, brush: str | None = None
) -> Callable[[], None]:
    """A chart's callback: it notes the clicked sample, and does something else where none is.

    Args:
        key: of the chart's element.
        otherwise: for events without a click on a sample.
        brush: an interval selection of the same chart; an event that leaves it with an extent is
            a drag, even where the mouse went up over the mark on which it went down.
    """

    def callback() -> None:
        event: Mapping[str, Any] = st.session_state[key]["selection"]
        clicked = clicked_sample(event)
        if clicked is not None and not _dragged(event.get(brush or "")):
            st.session_state[_OPENED] = clicked
        elif otherwise is not None:
            otherwise()

    return callback


def clicked_sample(event: Mapping[str, Any]) -> int | None:
    """The sample that an event of a chart is about; None for one about none."""
    rows = event.get(CLICKED) or [{}]
    sample_id = rows[0].get("sample_id")
    return None if sample_id is None else int(sample_id)


def go_to_clicked() -> None:
    """Leave for the page of samples where a sample was clicked; call it where charts are drawn."""
    sample_id = st.session_state.pop(_OPENED, None)
    if sample_id is not None:
        open_sample(sample_id)
        st.switch_page(PAGES[SAMPLES].file)


def _dragged(box: Mapping[str, Any] | None) -> bool:
    """Whether a brush has an extent: a click leaves one without."""
    return any(len(set(sides)) > 1 for sides in (box or {}).values())
