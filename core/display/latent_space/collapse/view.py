"""Neural collapse, as a part of the page."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.components.chart import chart_title, draw
from core.display.components.choices import segments
from core.display.latent_space.collapse.chart import collapse_plot, series_legend
from core.display.latent_space.collapse.frames import LOGARITHMIC, MEASURES, Collapse, collapse
from core.display.state.context import Context

TITLES = {
    "nc1": ("NC1", "scatter within over between classes"),
    "nc1_pinv": (
        "NC1 (pseudo-inverse)",
        "as published: direction by direction",
    ),
    "nc2_norms": ("NC2 (norms)", "0: means equally far from their centre"),
    "nc2_cosines": ("NC2 (cosines)", "0: means at equal angles"),
    "nc3": ("NC3", "0: means like class directions; 2: unrelated"),
    "nc4": ("NC4", "predictions of the nearest mean's class"),
}
_AGAINST = {"ratio": "Target sparsity", "robustness": "Robustness"}
_GUIDE = """\
Trained long enough, a network pulls the features of a class together at one point, and spreads the
points of all classes evenly: **neural collapse**. Four measures say how far it has come, and what
pruning undoes of it: NC1 to NC3 are 0 in full collapse, NC4 is 1. They are those of [Papyan, Han
and Donoho (2020)](https://doi.org/10.1073/pnas.2015509117), taken here of the features of clean
*test* images, which collapse less than the training images of that paper.
"""
_NONE = """\
This study file has no measures of neural collapse. They are taken while models are evaluated and
while features are imported: `python -m pipelines.run` with the study's file takes them.
"""


def collapse_of_features(context: Context) -> None:
    """NC1 to NC4 of every model, by target sparsity or against robustness."""
    found = context.study.derive(collapse)
    if not found.samples:
        st.info(_NONE, icon=":material/info:")
        return
    against = "ratio"
    if found.by_robustness["nc4"].height:
        against = segments("Against", _AGAINST, key="collapse_against")
    tables = found.by_sparsity if against == "ratio" else found.by_robustness
    drawn = {name for table in tables.values() for name in table["series"]}
    colours = {name: colour for name, colour in found.colours.items() if name in drawn}
    draw(
        partial(series_legend, colours),
        {"series": pl.DataFrame({"series": list(colours)})},
        key="collapse_series",
        width="content",
        alt=f"Series: {', '.join(colours)}.",
    )
    with st.container(horizontal=True, gap="medium"):
        for name in MEASURES:
            title, words = TITLES[name]
            with st.container(width=layout.SMALL_CHART, gap="xxsmall"):
                chart_title(title, words)
                draw(
                    partial(
                        collapse_plot,
                        colours,
                        title=title,
                        logarithmic=name in LOGARITHMIC,
                        against=against,
                    ),
                    {"points": tables[name]},
                    key=f"collapse_{name}",
                    alt=f"{title} {_ALT[against]}: {words}.",
                )
                if against == "robustness":
                    st.caption(_correlation(found, name))
    st.caption(_notes(found, against))
    st.markdown(_GUIDE)


_ALT = {"ratio": "by target sparsity", "robustness": "against robustness"}


def _correlation(found: Collapse, name: str) -> str:
    value = found.correlations[name]
    models = labels.count(found.by_robustness[name].height, "model")
    words = "undefined" if value is None else f"{value:+.2f}".replace("-", "−")
    return f"Spearman's correlation {words} over {models}"


def _notes(found: Collapse, against: str) -> str:
    notes = [
        f"Features are what enters the last layer, of all {found.samples:,} clean test images of "
        "the study whatever is filtered; float64, with class means of the same images."
    ]
    if against == "ratio":
        notes.append("Means over seeds; each curve starts at the dense model of its network.")
    else:
        notes.append(
            "A dot a model; robustness is its mean accuracy over all corrupted conditions. Models "
            "made from the same dense one are no independent draws: correlations come without a "
            "test."
        )
    if found.undefined:
        notes.append(
            f"{labels.count(found.undefined, 'model')} without some measure: a class has no "
            "sample, class means are equal, or all weights of the last layer are zero."
        )
    return " ".join(notes)
