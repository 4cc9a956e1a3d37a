"""The parts of the Home page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.charts.sample_click import CLICKED
from core.display.components.chart import chart_title, draw
from core.display.components.choices import segments
from core.display.components.copy_finding import copy_finding
from core.display.components.feature_plane import feature_plane
from core.display.components.gallery import Thumbnail, gallery
from core.display.components.picture_and_answers import picture_and_answers
from core.display.components.sample_buttons import sample_buttons
from core.display.components.sample_clicks import go_to_clicked, on_click_or
from core.display.components.sample_images import with_addresses
from core.display.components.shown_images import ORIGINAL
from core.display.components.star_frames import star
from core.display.components.table import PERCENT, show_table
from core.display.components.tour import start_tour
from core.display.dense_models import with_dense
from core.display.home.answers_frames import Answers
from core.display.home.chart import MODEL, accuracy_by_sparsity, all_models, answers_plot
from core.display.home.frames import HomeFrames
from core.display.home.headline import (
    Headline,
    headline_finding,
    headline_text,
    headline_title,
    nothing_text,
)
from core.display.home.questions import (
    COMPARE,
    PreparedView,
    hardest_condition,
    pair_choices,
    prepared_views,
)
from core.display.shell.navigation import HOME, LATENT, LOCAL, PAGES
from core.display.state import url
from core.display.state.context import Context
from core.display.state.pins import set_role
from core.store.combination import Combination

_PLOT, _HALF = 376, 522
_CLICKED = "home_model_clicked"
_ACROSS = {"sparsity": "By sparsity", "parameters": "By size"}
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


def finding(context: Context, rows: HomeFrames) -> None:
    """The study's headline: two models alike on clean images, and what one of them breaks."""
    if rows.accuracy.is_empty():
        st.info("This study holds no samples yet.", icon=":material/hourglass_empty:")
    if rows.curves.is_empty():
        return
    found = rows.search.headline
    if found is None or rows.answers is None:
        st.subheader("What pruning costs", anchor=False)
        st.markdown(nothing_text(rows.search.comparisons))
        return
    condition = context.labels[found.condition]
    with st.container(key="headline"):
        st.subheader(headline_title(found, condition), anchor=False)
    picture, images = picture_and_answers("headline")
    with picture:
        _plots(context, found, rows.answers)
    with images:
        _lead_on(context, found, rows)
        broken = with_addresses(rows.broken, context.study, found.condition)
        _broken(broken, condition, found.combinations)


def _lead_on(context: Context, found: Headline, rows: HomeFrames) -> None:
    """The way to the first "why", the evidence, and a tour."""
    with st.container(key="choices_headline", horizontal=True, gap="xsmall"):
        why = PAGES[LOCAL]
        with st.container(key="see_why", width="content"):
            st.page_link(
                why.file,
                label="See why",
                icon=":material/arrow_forward:",
                query_params=url.with_choices({**pair_choices(*found.combinations), **COMPARE}),
            )
        with st.popover("Evidence", icon=":material/fact_check:", width="content"):
            st.markdown(headline_text(found, context.labels))
            copy_finding(
                lambda provenance: [headline_finding(found, context.labels, provenance)],
                key="headline",
            )
        surest = rows.broken["sample_id"].to_list()
        start_tour(found.combinations, surest[0] if surest else None)


def _plots(context: Context, found: Headline, shown: Answers) -> None:
    """Two plots of the same images, one a model, with the same axes and colours."""
    points = with_addresses(shown.points, context.study, found.condition)
    samples = labels.count(found.corrupted.samples, "image")
    with st.container(horizontal=True, gap="xsmall"):
        for role, one in zip(("reference", "compared"), found.combinations, strict=True):
            right = {
                "reference": found.corrupted.reference_correct,
                "compared": found.corrupted.compared_correct,
            }[role]
            rate = labels.percent(right / found.corrupted.samples)
            with st.container(width=_PLOT, gap="xxsmall"):
                numbers = f"{rate} of {samples} right, {context.labels[one.condition]}"
                chart_title(context.labels[one.model], numbers)
                draw(
                    partial(answers_plot, role=role),
                    {"points": points, "axes": shown.axes},
                    key=f"answers_{role}",
                    on_select=on_click_or(f"answers_{role}"),
                    selections=[CLICKED],
                    numbers=f"{context.labels[one.model]}: {numbers}",
                    alt=f"Angle against length under {context.labels[one.model]}, {rate} right: "
                    f"the {found.corrupted.broken:,} images that the first model alone gets right "
                    "are red.",
                )
    go_to_clicked()
    only_first, only_second, neither, both = (
        shown.counts.get(outcome, 0) for outcome in ("broken", "fixed", "both wrong", "both right")
    )
    st.caption(
        f"Each mark is an image, in the same colour in both. Red: only the first is right "
        f"({only_first:,}); green: only the second ({only_second:,}); violet: neither "
        f"({neither:,}); pale: both ({both:,}). The larger the angle to the true class "
        "and the shorter the feature, the nearer the boundary."
    )


def _broken(
    samples: pl.DataFrame, condition: str, combinations: tuple[Combination, Combination]
) -> None:
    total = int(samples["total"][0])
    st.markdown(
        f"**{labels.count(total, 'image')}** under {labels.escaped(condition)} that only the first "
        f"gets right; the {samples.height} on which the second is surest:"
    )
    gallery(
        [
            Thumbnail(
                row["image"],
                f"first: {row['class']}",
                f"second: {row['predicted']}",
                f"sample {row['sample_id']}: true {row['class']}, predicted {row['predicted']} "
                f"with {labels.percent(row['confidence'])} confidence; image: {row['picture']}",
            )
            for row in samples.iter_rows(named=True)
        ]
    )
    if ORIGINAL in samples["picture"]:
        st.caption("Some images are shown as they were before the corruption.")
    sample_buttons(samples["sample_id"].to_list(), key="broken", combinations=combinations)


def models_at_a_glance(context: Context, rows: HomeFrames) -> None:
    """Accuracy by sparsity, and every model by sparsity or size; a click compares one."""
    if rows.curves.is_empty():
        return
    st.subheader("All models", anchor=False)
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=_HALF, gap="xsmall"):
            chart_title("Accuracy by sparsity", "mean over seeds, lines join measured points")
            draw(
                partial(accuracy_by_sparsity, rows.curve_colours, fewest=rows.fewest),
                {"points": rows.curves},
                key="accuracy_chart",
                alt="Accuracy on clean and on corrupted images by target sparsity.",
                numbers=f"{labels.count(context.study.about['samples'], 'image')} per condition",
            )
        if rows.models.is_empty():
            return
        with st.container(width=_HALF, gap="xsmall"):
            chart_title("Robustness of every model", "a click compares it with its dense parent")
            across = segments("Across", _ACROSS, key="home_across", labelled=False)
            shown = {
                name: colour
                for name, colour in rows.colours.items()
                if name in rows.models["series"]
            }
            draw(
                partial(all_models, shown, across=across, fewest=rows.fewest),
                {"models": rows.models},
                key="all_models",
                on_select=_model_clicked,
                selections=[MODEL],
                alt="Mean accuracy on corrupted images of every model, by sparsity or size.",
                numbers=labels.count(rows.models.height, "model"),
            )
    clicked = st.session_state.pop(_CLICKED, None)
    if clicked is not None:
        _compare_with_dense(context, clicked)


def _model_clicked() -> None:
    picked = st.session_state["all_models"]["selection"].get(MODEL) or [{}]
    if "name" in picked[0]:
        st.session_state[_CLICKED] = str(picked[0]["name"])


def _compare_with_dense(context: Context, name: str) -> None:
    """Go to Compare with the model and the dense one that it was made from."""
    rated = with_dense(context.study.models)
    (dense_id,) = rated.filter(pl.col("name") == name)["dense_id"]
    dense = rated.filter(pl.col("model_id") == dense_id)["name"]
    condition = context.study.derive(hardest_condition, name)
    if condition is None or dense.is_empty():
        return
    set_role("reference", Combination(str(dense[0]), condition))
    set_role("compared", Combination(name, condition))
    for key, value in COMPARE.items():
        url.set_choice(key, value)
    st.switch_page(PAGES[LOCAL].file)


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
    st.subheader(study.about["title"], anchor=False)
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
            f"corruptions {about['corruption_source']} · "
            f"published {about['published_at']:%Y-%m-%d %H:%M} UTC · "
            f"content `{about['content_sha256'][:12]}`"
        )
        versions = json.loads(about["versions"])
        st.markdown(" · ".join(f"{name} {version}" for name, version in sorted(versions.items())))
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
