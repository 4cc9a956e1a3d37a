"""The frame of every page, and the parts that pages share."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from core.display import cached_queries, labels, theme
from core.display.components.filter_bar import subset_panel
from core.display.components.pins_panel import combination_panel
from core.display.state import url as url_state
from core.display.state.context import Combination, View, choose_study, choose_view
from core.store.catalog import studies_folder

MEAN = "mean"
ICON = Path(__file__).parents[1] / "icon.png"
NO_STUDY = """\
There is no study in `{folder}` yet. Make the one that Prunescope ships with: handwritten
digits, LeNet-5, sixteen pruned models, thirty corrupted test sets, in about three minutes.

```
make demo
```

or, in an environment of your own with the pipelines' requirements installed,

```
python -m pipelines.run pipelines/studies/digits.toml
```
"""

_STYLE = f"""<style>
[data-testid="stMainBlockContainer"] {{ padding: 2.4rem 2.2rem 4rem; max-width: 1320px; }}
.st-key-combination_reference label p::first-letter {{ color: {theme.REFERENCE}; }}
.st-key-combination_compared label p::first-letter {{ color: {theme.COMPARED}; }}
.st-key-wide_chart {{ overflow-x: auto; max-width: 100%; }}
.gallery {{ display: flex; flex-wrap: wrap; gap: 14px 12px; margin: 4px 0 8px; }}
.gallery figure {{ margin: 0; width: 84px; }}
.gallery img {{ width: 84px; height: 84px; image-rendering: pixelated; border-radius: 6px;
  border: 1px solid rgba(127, 134, 148, 0.35); display: block; }}
.gallery figcaption {{ font-size: 12.5px; line-height: 1.35; margin-top: 4px; }}
.gallery .was {{ opacity: 0.65; }}
#vg-tooltip-element img {{ width: 96px; height: 96px; object-fit: contain;
  image-rendering: pixelated; border-radius: 4px; }}
</style>"""


@dataclass(frozen=True)
class Thumbnail:
    """One image of a gallery: PNG bytes, two lines under it, and the text on hover."""

    png: bytes | None
    first_line: str
    second_line: str
    hover: str


def open_page(title: str, *, question: str) -> View:
    """Title, sidebar and state of a page; the script ends here where there is nothing to show.

    Args:
        title: the page's name.
        question: what the page answers, in one sentence.
    """
    st.set_page_config(page_title=f"{title} · Prunescope", page_icon=str(ICON), layout="wide")
    st.html(_STYLE)
    studies = cached_queries.studies()
    notices: list[str] = []
    url_state.read_choices()
    view = None
    with st.sidebar:
        readable = [study for study in studies if study.error is None]
        if readable:
            study = choose_study(studies, notices)
            view = choose_view(study, notices)
        for broken in (study for study in studies if study.error is not None):
            st.warning(broken.error or "", icon=":material/broken_image:")
    url_state.write_choices()
    for notice in notices:
        st.warning(notice, icon=":material/link_off:")
    if title:
        st.title(title, anchor=False)
        st.markdown(question)
    if not readable:
        st.info(NO_STUDY.format(folder=studies_folder().name), icon=":material/science:")
        st.stop()
    if view is None:
        st.info(
            f"The study “{study.title}” holds no model, condition or class yet: "
            "publish it again when `python -m pipelines.run` has finished.",
            icon=":material/hourglass_empty:",
        )
        st.stop()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        combination_panel(view)
        subset_panel(view)
    return view


def gallery(thumbnails: Sequence[Thumbnail]) -> None:
    """Small images side by side, pixels kept sharp."""
    figures = []
    for item in thumbnails:
        image = (
            f'<img alt="{escape(item.hover)}" '
            f'src="data:image/png;base64,{base64.b64encode(item.png).decode()}">'
            if item.png
            else '<img alt="no image stored" src="data:,">'
        )
        figures.append(
            f'<figure title="{escape(item.hover)}">{image}<figcaption>'
            f'<span class="was">{escape(item.first_line)}</span><br>'
            f"{escape(item.second_line)}</figcaption></figure>"
        )
    st.html(f'<div class="gallery">{"".join(figures)}</div>')


def chart_title(title: str, numbers: str) -> None:
    """The title of a chart with a line of numbers, which may change while the chart stays."""
    st.markdown(f"**{labels.escaped(title)}**  \n:gray[:small[{labels.escaped(numbers)}]]")


def stop_without_samples(view: View) -> None:
    """End the script with a word where the class and the subset share no sample."""
    if cached_queries.sample_count(view.resolved, view.chosen) == 0:
        st.info(
            "No sample is in the chosen class and subset: change one of them.",
            icon=":material/filter_list_off:",
        )
        st.stop()


def choose_role(view: View) -> Combination:
    """Which of the two combinations a page about one of them shows."""
    roles = {"reference": view.reference, "compared": view.compared}
    url_state.settle("shown", list(roles), default="reference", notices=[], implicit=True)
    chosen = url_state.segments(
        "Combination",
        list(roles),
        key="shown",
        default="reference",
        format_func=lambda role: f"{role.capitalize()}: {view.short(roles[role])}",
    )
    url_state.write_choices()
    return roles[chosen]


def choose_severity(view: View) -> int:
    """Mean of the study's severities (0), or one of them."""
    found = sorted(set(view.conditions["severity"].to_list()) - {0})
    options = [MEAN, *(str(severity) for severity in found)]
    url_state.settle("severity", options, default=MEAN, notices=[], implicit=True)
    chosen = url_state.segments(
        "Severity of the corruptions", options, key="severity", default=MEAN
    )
    url_state.write_choices()
    return 0 if chosen == MEAN else int(chosen)
