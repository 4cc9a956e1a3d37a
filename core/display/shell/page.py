"""The frame of every page: title, question, sidebar, which samples are looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.display import labels
from core.display.components.filter_bar import filter_bar
from core.display.components.part import part, say
from core.display.components.pins_panel import pins_panel
from core.display.components.tour import tour_card
from core.display.query_cache import studies
from core.display.shell.login import require_login
from core.display.shell.navigation import PAGES
from core.display.shell.sidebar import choose_context, choose_study
from core.display.shell.style import PAGE_STYLE
from core.display.state import url
from core.display.state.context import Context
from core.display.state.page_context import keep_context
from core.errors import UserError
from core.store.catalog import studies_folder
from core.store.queries.study import sample_count

ICON = Path(__file__).parents[1] / "icon.png"
NO_STUDY = """\
There is no study in {folder} yet. Make the one that Prunescope ships with: handwritten
digits, LeNet-5, its pruned models and corrupted test sets, in about a minute.

```
make demo
```

or, in an environment of your own with the pipelines' requirements installed,

```
python -m pipelines.run pipelines/studies/digits.toml
```
"""


def open_page(
    name: str, *, beside: Callable[[Context], None] | None = None, choices: bool = True
) -> Context:
    """Title, sidebar and state of a page; the script ends here where there is nothing to show.

    Args:
        name: of the page in `PAGES`.
        beside: draws what stands in one row with the combinations and the filter.
        choices: whether combinations, class and filter can be chosen; not where they change
            nothing.
    """
    page = PAGES[name]
    st.set_page_config(page_title=f"{page.title} · Prunescope", page_icon=str(ICON), layout="wide")
    st.html(PAGE_STYLE)
    require_login()
    listed = studies()
    notices: list[str] = []
    url.read_choices()
    file, context, unanswered = None, None, None
    with st.sidebar:
        if any(study.error is None for study in listed):
            file = choose_study(listed, notices)
            try:
                context = choose_context(file, notices, shown=choices)
            except UserError as error:
                unanswered = error
        for broken in (study for study in listed if study.error is not None):
            st.warning(labels.escaped(broken.error or ""), icon=":material/broken_image:")
    url.write_choices()
    show_notices(notices)
    with st.container(key="page_title", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(page.title, anchor=False, width="content")
        st.markdown(page.question, width="stretch")
        samples = st.container(horizontal=True, width="content", gap="xsmall")
    if file is None:
        st.info(
            NO_STUDY.format(folder=labels.code(studies_folder().name)), icon=":material/science:"
        )
        st.stop()
    if unanswered is not None:
        say(unanswered)
        st.stop()
    if context is None:
        st.info(
            f"The study “{labels.escaped(file.title)}” holds no model, condition or class yet: "
            "publish it again when `python -m pipelines.run` has finished.",
            icon=":material/hourglass_empty:",
        )
        st.stop()
    keep_context(context)
    tour_card(name)
    if choices:
        with samples, part():
            filter_bar(context)
        with st.container(
            key="page_frame", horizontal=True, vertical_alignment="center", gap="xsmall"
        ):
            with part():
                pins_panel(context)
            if beside is not None:
                with part():
                    beside(context)
    return context


def show_notices(notices: list[str]) -> None:
    """What of a link could not be kept, a sentence each."""
    for notice in notices:
        st.warning(labels.escaped(notice), icon=":material/link_off:")


def stop_without_samples(context: Context) -> None:
    """End the script with a word where the class and the filter share no sample."""
    try:
        samples = context.study.run(sample_count, context.sample_filter)
    except UserError as error:
        say(error)
        st.stop()
    if samples == 0:
        st.info(
            "No sample is in the chosen class and filter: change one of them.",
            icon=":material/filter_list_off:",
        )
        st.stop()
