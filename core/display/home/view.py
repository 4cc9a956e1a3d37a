"""The parts of the Home page."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.components.feature_plane import feature_plane
from core.display.components.star_frames import star
from core.display.components.table import PERCENT, show_table
from core.display.home.frames import HomeFrames
from core.display.home.questions import (
    PreparedView,
    prepared_views,
)
from core.display.shell.navigation import HOME, LATENT, PAGES
from core.display.state import url
from core.display.state.context import Context

_STAR_ALONE = """\
A network with two features, drawn as it sees the test images: each point is one, coloured by its
class; arrows are class directions, fields where a class is predicted. A sample's **angle** to the
direction of its class, the **length** of its feature and its **margin** to the edge of its field
say how safe its prediction is.
"""
_STAR = f"""{_STAR_ALONE}
**Play** prunes it: points draw back to the middle and turn, until margins are gone. Methods differ
in how fast, and accuracy on clean images does not show it: that is what this app looks at.
"""
_COUNTS = {1: "One question", 2: "Two questions", 3: "Three questions", 4: "Four questions"}


def two_features(context: Context) -> None:
    """The paper in one picture, where the study has a network with two features."""
    found = context.study.derive(star)
    if found is None:
        return
    st.subheader("What pruning does to features", anchor=False)
    with st.container(horizontal=True, gap="medium"):
        with st.container(width="content"):
            feature_plane(
                context,
                found.plane,
                found.lines,
                found.words,
                condition=found.condition,
                key="home_plane",
            )
        with st.container(width=layout.SIDE_COLUMN):
            st.markdown(_STAR if found.plane.titles.height > 1 else _STAR_ALONE)
            latent = PAGES[LATENT]
            st.page_link(latent.file, label=latent.title, icon=latent.icon)


def questions(context: Context, rows: HomeFrames) -> None:
    """The paper's questions, each leading to a view set up for it, and the pages."""
    prepared = list(prepared_views(context, rows.search.headline))
    if prepared:
        st.subheader(f"{_COUNTS[len(prepared)]} to start from", anchor=False)
    _cards(prepared)
    st.subheader("All pages", anchor=False)
    _cards([PreparedView(name, page.question) for name, page in PAGES.items() if name != HOME])


def _cards(views: Sequence[PreparedView]) -> None:
    """Links to pages, two in a row, under what is to be seen there."""
    for start in range(0, len(views), 2):
        for column, view in zip(st.columns(2), views[start : start + 2], strict=False):
            page = PAGES[view.page]
            with column.container(border=True, height="stretch"):
                # a link cuts its label where the window is narrow, text is wrapped
                if view.question:
                    st.markdown(f"**{view.question}**")
                st.caption(labels.escaped(view.setup))
                st.page_link(
                    page.file,
                    label=page.title,
                    icon=page.icon,
                    query_params=url.with_choices(view.choices),
                )


def study_contents(context: Context) -> None:
    """What the study holds, in numbers."""
    study = context.study
    st.subheader(labels.escaped(study.about["title"]), anchor=False)
    pruned = study.models.filter(pl.col("method") != "dense")
    corruptions = study.conditions.filter(pl.col("severity") > 0)["corruption"].n_unique()
    numbers = (
        f"{labels.count(study.about['samples'], 'test image')} in "
        f"{labels.count(study.classes.height, 'class', 'classes')}",
        f"{labels.count(study.models.height, 'model')}, {pruned.height} pruned",
        f"{labels.count(study.conditions.height, 'test condition')}, "
        f"{labels.count(corruptions, 'corruption')}",
        f"{labels.count(study.about['rows'], 'prediction')}, each with its geometry",
    )
    st.markdown(f"{labels.escaped(study.about['description'])}  \n{' · '.join(numbers)}")


def provenance(context: Context) -> None:
    """Seeds, versions and every model, for who wants to make the numbers again."""
    about = context.study.about
    side = about["image_size"]
    size = f" at {side} × {side} pixels" if side else ""
    with st.expander(
        "Where these numbers come from",
        key="provenance",
        icon=":material/fingerprint:",
        on_change="rerun",
    ) as shown:
        if not shown.open:
            return
        st.markdown(
            f"Data set **{labels.escaped(about['dataset'])}**{size} · seed {about['seed']} · "
            f"corruptions {labels.escaped(about['corruption_source'])} · "
            f"published {about['published_at']:%Y-%m-%d %H:%M} UTC · "
            f"content {labels.code(about['content_sha256'][:12])}"
        )
        versions = json.loads(about["versions"])
        listed = " · ".join(f"{name} {version}" for name, version in sorted(versions.items()))
        st.markdown(labels.escaped(listed))
        show_table(
            context.study.models.select(
                "name",
                "method",
                pl.col("ratio").alias("target sparsity"),
                "sparsity",
                pl.col("nonzero_parameters").alias("remaining parameters"),
                pl.col("clean_correct").truediv("clean_samples").alias("clean accuracy"),
                "seed",
            ),
            title="Models",
            sources=[context.study.models],
            column_config={
                **dict.fromkeys(("target sparsity", "sparsity", "clean accuracy"), PERCENT),
                "remaining parameters": st.column_config.NumberColumn(format="localized"),
            },
        )
