"""The parts of the Home page."""

from __future__ import annotations

import json

import polars as pl
import streamlit as st

from core.display import cached_queries, labels
from core.display.evaluation.frames import with_series
from core.display.home.chart import accuracy_by_ratio
from core.display.home.frames import clean_and_corrupted, headline_text, surviving_model
from core.display.home.questions import prepared_views
from core.display.shell.page import Thumbnail, gallery
from core.display.state import url as url_state
from core.display.state.context import View

SHOWN_SAMPLES = 14
PAGES = (
    (
        "pages/1_Evaluation_Table.py",
        "Evaluation table",
        ":material/table_chart:",
        "Which pruning method holds up under which corruption, and up to what ratio?",
    ),
    (
        "pages/2_Local_Geometry.py",
        "Local geometry",
        ":material/scatter_plot:",
        "Where do the samples of a class lie, and why do some of them break?",
    ),
    (
        "pages/3_Global_Geometry.py",
        "Global geometry",
        ":material/ssid_chart:",
        "Which classes are the samples confused with, and how does that change?",
    ),
)


def study_contents(view: View) -> None:
    """What the study holds, in numbers."""
    study = cached_queries.study(view.resolved).row(0, named=True)
    st.subheader(study["title"], anchor=False, divider="gray")
    st.markdown(study["description"])
    pruned = view.models.filter(pl.col("method") != "dense")
    corrupted = view.conditions.filter(pl.col("severity") > 0)
    numbers = (
        (
            "Test images",
            study["samples"],
            f"in {labels.count(view.classes.height, 'class', 'classes')}",
        ),
        ("Models", view.models.height, f"{pruned.height} pruned"),
        (
            "Test conditions",
            view.conditions.height,
            labels.count(corrupted["corruption"].n_unique(), "corruption"),
        ),
        ("Predictions", study["rows"], "each with its geometry"),
    )
    for column, (label, value, note) in zip(st.columns(4), numbers, strict=True):
        column.metric(
            label, f"{value:,}", border=True, delta=note, delta_color="off", delta_arrow="off"
        )


def finding(view: View) -> None:
    """The study's headline: a pruned model that looks unharmed, and what it breaks."""
    accuracy = cached_queries.accuracy(view.resolved)
    rows = clean_and_corrupted(accuracy, view.models, view.conditions).join(
        with_series(view.models).select("model_id", "series"), on="model_id"
    )
    if rows.is_empty():
        st.info("This study holds no samples yet.", icon=":material/hourglass_empty:")
        return
    survivor = surviving_model(view.models)
    if survivor is None:
        return
    dense = view.models.filter(pl.col("method") == "dense").row(0, named=True)
    title, text = headline_text(survivor, dense, rows)
    st.subheader(title, anchor=False)
    st.markdown(text)
    st.altair_chart(
        accuracy_by_ratio(rows),
        width="stretch",
        alt="Accuracy on clean and on corrupted images by share of weights removed.",
    )
    _broken(view, survivor)


def _broken(view: View, survivor: dict[str, object]) -> None:
    clean = view.conditions.filter(pl.col("severity") == 0)
    dense = view.models.filter(pl.col("method") == "dense")
    if clean.is_empty() or dense.is_empty():
        return
    condition_id = int(clean["condition_id"][0])
    samples = cached_queries.broken_samples(
        view.resolved,
        reference=(int(dense["model_id"][0]), condition_id),
        compared=(int(str(survivor["model_id"])), condition_id),
        limit=SHOWN_SAMPLES,
    )
    if samples.is_empty():
        return
    total = int(samples["total"][0])
    st.markdown(
        f"{labels.count(total, 'clean image')} that the dense model gets right and this one "
        + (
            f"gets wrong; the {samples.height} it is surest about:"
            if total > samples.height
            else "gets wrong:"
        )
    )
    gallery(
        [
            Thumbnail(
                row["thumbnail"],
                f"was {row['class']}",
                f"now {row['predicted']}",
                f"sample {row['sample_id']}: {row['class']}, now {row['predicted']} with "
                f"{labels.percent(row['confidence'])} confidence",
            )
            for row in samples.iter_rows(named=True)
        ]
    )


def questions(view: View) -> None:
    """The paper's four questions, each leading to a view set up for it, and the pages."""
    rows = clean_and_corrupted(cached_queries.accuracy(view.resolved), view.models, view.conditions)
    prepared = prepared_views(view, rows)
    if prepared:
        st.subheader("Four questions to start from", anchor=False)
    for start in range(0, len(prepared), 2):
        pair = prepared[start : start + 2]
        for column, one in zip(st.columns(2), pair, strict=False):
            with column.container(border=True, height="stretch"):
                st.page_link(
                    one.page,
                    label=f"**{one.question}**",
                    icon=":material/arrow_forward:",
                    query_params=url_state.with_choices(one.choices),
                )
                st.caption(labels.escaped(one.setup))
    st.subheader("All pages", anchor=False)
    for column, (page, title, icon, question) in zip(st.columns(len(PAGES)), PAGES, strict=True):
        with column.container(border=True, height="stretch"):
            st.page_link(
                page,
                label=f"**{title}**",
                icon=icon,
                query_params=url_state.with_choices({}),
            )
            st.caption(question)


def provenance(view: View) -> None:
    """Seeds, versions and every model, for who wants to make the numbers again."""
    study = cached_queries.study(view.resolved).row(0, named=True)
    side = study["image_size"]
    size = f" at {side} × {side} pixels" if side else ""
    with st.expander("Where these numbers come from", icon=":material/fingerprint:"):
        st.markdown(
            f"Data set **{labels.escaped(study['dataset'])}**{size} · seed {study['seed']} · "
            f"corruptions {study['corruption_source']} · "
            f"published {study['published_at']:%Y-%m-%d %H:%M} UTC · "
            f"content `{study['content_sha256'][:12]}`"
        )
        versions = json.loads(study["versions"])
        st.markdown(" · ".join(f"{name} {version}" for name, version in sorted(versions.items())))
        st.dataframe(
            view.models.select(
                "name",
                "method",
                "ratio",
                "sparsity",
                "nonzero_parameters",
                pl.col("clean_correct").truediv("clean_samples").alias("clean accuracy"),
                "seed",
            ),
            column_config={
                "ratio": st.column_config.NumberColumn("ratio asked", format="percent"),
                "sparsity": st.column_config.NumberColumn("weights removed", format="percent"),
                "nonzero_parameters": st.column_config.NumberColumn(
                    "parameters left", format="localized"
                ),
                "clean accuracy": st.column_config.NumberColumn(format="percent"),
            },
        )
