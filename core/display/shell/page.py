"""The frame of every page: title, question, sidebar, which samples are looked at."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.display import labels, layout, theme
from core.display.components.filter_bar import filter_bar
from core.display.components.part import part, say
from core.display.components.pins_panel import pins_panel
from core.display.query_cache import studies
from core.display.shell.login import require_login
from core.display.shell.navigation import PAGES
from core.display.shell.sidebar import choose_context, choose_study
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

_IMAGE = layout.GALLERY_IMAGE
_STYLE = f"""<style>
[data-testid="stMainBlockContainer"] {{
  padding: 2.4rem 2.2rem 4rem; max-width: {layout.PAGE}px; }}
.st-key-combination_reference label p::first-letter {{ color: {theme.REFERENCE}; }}
.st-key-combination_compared label p::first-letter {{ color: {theme.COMPARED}; }}
[class*="st-key-wide_"] {{ overflow-x: auto; max-width: 100%; }}
.st-key-sql_text textarea {{ font-family: "Source Code Pro", monospace; font-size: 13.5px; }}
.gallery {{ display: flex; flex-wrap: wrap; gap: 14px 12px; margin: 4px 0 8px; }}
.gallery figure {{ margin: 0; width: {_IMAGE}px; }}
.gallery img, .gallery .tile {{ width: {_IMAGE}px; height: {_IMAGE}px;
  image-rendering: pixelated; border-radius: 6px; border: 1px solid {theme.FRAME};
  display: block; }}
.gallery .tile {{ background: {theme.FRAME}; }}
.gallery figcaption {{ font-size: 12.5px; line-height: 1.35; margin-top: 4px; }}
.gallery .was {{ opacity: 0.65; }}
[class*="st-key-export_"] button, [class*="st-key-finding_"] button {{
  opacity: 0.65; min-height: 1.5rem; padding: 0; }}
[class*="st-key-export_"] button:hover, [class*="st-key-finding_"] button:hover {{ opacity: 1; }}
#vg-tooltip-element img {{ width: {layout.TOOLTIP_IMAGE}px; height: {layout.TOOLTIP_IMAGE}px;
  object-fit: contain; image-rendering: pixelated; border-radius: 4px; }}
</style>"""


def open_page(name: str) -> Context:
    """Title, sidebar and state of a page; the script ends here where there is nothing to show.

    Args:
        name: of the page in `PAGES`.
    """
    page = PAGES[name]
    st.set_page_config(page_title=f"{page.title} · Prunescope", page_icon=str(ICON), layout="wide")
    st.html(_STYLE)
    require_login()
    listed = studies()
    notices: list[str] = []
    url.read_choices()
    file, context, unanswered = None, None, None
    with st.sidebar:
        if any(study.error is None for study in listed):
            file = choose_study(listed, notices)
            try:
                context = choose_context(file, notices)
            except UserError as error:
                unanswered = error
        for broken in (study for study in listed if study.error is not None):
            st.warning(labels.escaped(broken.error or ""), icon=":material/broken_image:")
    url.write_choices()
    show_notices(notices)
    st.title(page.title, anchor=False)
    st.markdown(page.question)
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
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with part():
            pins_panel(context)
        with part():
            filter_bar(context)
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
