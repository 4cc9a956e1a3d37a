"""Features of two dimensions as they are, as a part of the page (paper, figure 1)."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import labels, layout
from core.display.charts.feature_plane import PICK, SMALL, plane_plot
from core.display.components import feature_plane_frames as frames
from core.display.components.chart import chart_title, draw, text_colour
from core.display.components.choices import segments, select
from core.display.components.feature_plane import feature_plane
from core.display.components.feature_plane_frames import Plane
from core.display.components.part import fragment
from core.display.components.picture_and_answers import choices_row
from core.display.components.sample_buttons import sample_buttons
from core.display.components.sample_images import with_addresses
from core.display.latent_space.guide import paper
from core.display.state import url
from core.display.state.context import Context

_SAMPLE = "plane_sample"
_KEY = "plane_plot"
_AXIS = 48
LAYOUTS = {"travel": "One picture with a slider", "stills": "Side by side"}
_NONE = """\
No network of this study has two features, so none can be drawn as it is. The study of handwritten
digits has one: `python -m pipelines.run pipelines/studies/digits.toml` makes it. In a study of your
own these lines train one and prune it; `python -m pipelines.run` with its file makes what is
missing and publishes again:

```toml
[[network]]
name = "lenet5_linear"
feature_width = 2

[[pruning]]
method = "magnitude"
networks = ["lenet5_linear"]
ratios = [0.5, 0.7, 0.8, 0.9, 0.95]
```

With other `[[pruning]]` tables of the study, name their networks too (`networks = [...]`), or they
prune this one as well.
"""
_GUIDE = """\
The last layer of a classifier gets a **feature**, a vector $X$, and gives each class $j$ the logit
$W_j \\cdot X + b_j$. The network here has features of two numbers, so they can be drawn: each
point is an image, each arrow a **class direction** $W_j$. The fields behind are where a class has
the largest logit, exactly, bias included; a network learns to spread its classes like a star.

Three numbers describe a sample. **Length** is how far its feature is from the origin: the
longer, the more confident. **Angle** is measured to the direction of its true class: the smaller,
the likelier a right answer. **Margin** is the distance to the nearest edge of its field, negative
where the answer is wrong.

Pruning takes weights away, and features shrink and turn with it. A sample whose margin is used up
falls into another class's field: its answer breaks.
"""
_HINT = "Play, or move the slider, to prune the network; click a point to measure it."
_HINT_ALONE = "Click a point to measure it."
_PAPER = f"After {paper('5.1', 1)}"


@fragment
def two_features(context: Context) -> None:
    """The star of features, and what pruning makes of it."""
    families = context.study.derive(frames.families)
    if not families:
        st.info(_NONE, icon=":material/info:")
        return
    with choices_row("plane"):
        models = _versions(context, families)
        shown = segments("Show", LAYOUTS, key="plane_layout") if len(models) > 1 else "travel"
    condition = context.reference.condition
    found = context.study.derive(frames.plane, models, condition, context.sample_filter)
    if found is None:
        st.info(
            "The study keeps the nearest angles only, which features don't follow from.",
            icon=":material/info:",
        )
        return
    if shown == "stills":
        _side_by_side(context, found)
        st.markdown(_GUIDE)
    else:
        with st.container(horizontal=True, gap="medium"):
            with st.container(width="content"):
                _travelling(context, found, models)
            with st.container(width=layout.SIDE_COLUMN):
                st.markdown(_GUIDE)
                st.markdown(_HINT if len(models) > 1 else _HINT_ALONE)
    st.caption(_notes(context, found))


def _versions(context: Context, families: dict[str, dict[str, list[str]]]) -> list[str]:
    def chosen(label: str, options: list[str], key: str) -> str:
        url.settle(key, options, default=options[0], notices=[], implicit=True)
        url.write_choices()
        if len(options) == 1:
            return options[0]
        with st.container(width=layout.WIDE_CHOICE):
            return select(label, options, key=key, format_func=context.label, default=options[0])

    series = families[chosen("Network", list(families), "plane_network")]
    return series[chosen("Pruned by", list(series), "plane_series")]


def _notes(context: Context, found: Plane) -> str:
    drawn = found.points.height
    of = (
        ""
        if drawn == found.samples
        else f" of {found.samples:,}, drawn by chance with a fixed seed"
    )
    notes = [
        f"{labels.count(drawn, 'sample')}{of}, "
        f"{labels.escaped(context.labels[context.reference.condition])} (the reference's "
        "condition); circles right, crosses wrong. Features are solved from the stored length and "
        "angles. Arrows are in proportion to the norms of the class directions, which have a scale "
        "of their own.",
        f"In {labels.count(found.undetermined, 'version')} the class directions all lie on one "
        "line: features can't be told there."
        if found.undetermined
        else "",
        _PAPER,
    ]
    return " ".join(filter(None, notes))


def _travelling(context: Context, found: Plane, models: list[str]) -> None:
    text = url.get_choice(_SAMPLE) or ""
    sample_id = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
    lines, words = context.study.derive(
        frames.chosen_sample,
        models,
        context.reference.condition,
        context.sample_filter,
        sample_id=sample_id,
    )
    condition = context.reference.condition
    feature_plane(context, found, lines, words, condition=condition, key=_KEY, on_select=_pick)
    if words.height:
        shown = int(words["words"][0].removeprefix("sample ").partition(":")[0])
        sample_buttons([shown], key="plane")


def _pick() -> None:
    rows = st.session_state[_KEY]["selection"].get(PICK) or [{}]
    url.set_choice(_SAMPLE, *([str(rows[0]["sample"])] if "sample" in rows[0] else []))


def _side_by_side(context: Context, found: Plane) -> None:
    tables = {
        "points": with_addresses(found.points, context.study, context.reference.condition),
        "arrows": found.arrows,
        "regions": found.regions,
    }
    names = list(context.study.class_names.values())
    with st.container(horizontal=True, gap="medium"):
        for version, title in found.titles.iter_rows():
            with st.container(width=SMALL + _AXIS, gap="xxsmall"):
                chart_title(*title.split(": "))
                draw(
                    partial(
                        plane_plot, names, found.box, versions=found.titles.height, still=version,
                        text=text_colour(),
                    ),
                    tables,
                    key=f"plane_still_{version}",
                    width="content",
                    alt=f"Features and decision regions: {title}.",
                )  # fmt: skip
