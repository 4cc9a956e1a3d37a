"""Who is alike: models or corruptions by the images they err on, or by geometry."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.components.chart import chart_title, draw, text_colour
from core.display.components.choices import choose, segments
from core.display.components.picture_and_answers import choices_row
from core.display.paired_words import no_test
from core.display.robustness.alike import frames
from core.display.robustness.alike.chart import (
    CORRUPTIONS,
    ERRORS,
    GEOMETRY,
    MODELS,
    PAIR,
    SERIES,
    SPARSITY,
    layout_plot,
    similarity_matrix,
)
from core.display.robustness.alike.frames import CORRUPTED, Alike, Question
from core.display.robustness.alike.ranking_frames import smallest_set
from core.display.state import url
from core.display.state.context import Context
from core.display.state.pins import set_role
from core.stats.ranking_subset import ENOUGH
from core.store.combination import Combination

_CHART = "similarity_matrix"


def alike(context: Context) -> None:
    """The matrix with its tree, the layout, and what can be left out of a benchmark."""
    with choices_row("alike"):
        kinds = {MODELS: "Models", CORRUPTIONS: "Corruptions"}
        kind = segments("Who is alike", kinds, key="alike")
        measures = {ERRORS: "Errors", GEOMETRY: "Geometry"}
        by = segments("By", measures, key="alike_by")
        question = _question(context, kind, by)
    found = context.study.derive(
        frames.alike,
        question,
        reference=context.reference.model,
        sample_filter=context.sample_filter,
    )
    if found is None:
        st.info(
            f"This needs at least two {kind} under the same images, and images that err.",
            icon=":material/info:",
        )
        return
    first, second = _picked(found)
    with st.container(key="wide_similarity"):
        draw(
            partial(similarity_matrix, found.labels.height, by=by, text=text_colour()),
            {
                "cells": found.cells,
                "tree": found.tree,
                "labels": found.labels,
                "frame": found.cells.filter(
                    pl.col("first") == first, pl.col("second") == second
                ).select("row", "column"),
            },
            width="content",
            key=_CHART,
            on_select=_pick,
            selections=[PAIR],
            alt=f"Matrix of how alike {kind} are, with the tree of their clusters.",
        )
    st.markdown(_words(context, found, question))
    for note in _notes(found):
        st.caption(note)
    if first and first != second:
        _pair(context, found, question, (first, second))
    _layout(found, kind)
    if kind == CORRUPTIONS:
        _smallest_set(context)


def _question(context: Context, kind: str, by: str) -> Question:
    """With the images under which models are compared, or the severity of corruptions."""
    if kind == MODELS:
        options = {name: context.labels[name] for name in context.study.names.conditions}
        several = context.study.conditions.filter(pl.col("severity") > 0).height > 1
        if by == ERRORS and several:
            options = {CORRUPTED: "all corruptions", **options}
        under = choose("Images", options, key="alike_under", width=layout.WIDE_CHOICE)
        return Question(kind, by, under=under)
    found = sorted(set(context.study.conditions["severity"]) - {0}) or [0]
    options = {str(severity): str(severity) for severity in found}
    chosen = segments("Severity", options, key="alike_severity", default=str(found[-1]))
    return Question(kind, by, severity=int(chosen))


def _words(context: Context, found: Alike, question: Question) -> str:
    under, severity = question.under, question.severity
    images = labels.count(found.images, "image")
    if question.kind == MODELS:
        where = "all corruptions" if under == CORRUPTED else context.labels[under]
        over = f"{images}, {labels.escaped(where)}"
        over += f", a mean over {found.repeats} conditions" if found.repeats > 1 else ""
    else:
        of = labels.count(found.repeats, "model")
        if question.by == GEOMETRY:
            of = labels.escaped(context.labels[context.reference.model])
        over = f"{images} under {of}" + (f", severity {severity}" if severity else "")
    if question.by == ERRORS:
        measure = (
            "Error consistency (Cohen's kappa of right and wrong): 1 where two err on the same "
            "images, 0 where they agree no more than their accuracies explain, negative where less."
        )
    else:
        measure = (
            "Distance: root mean square difference of angle, length and margin, each standardised "
            "over all that is shown; 0 where they are the same."
        )
    return (
        f"{measure} Over {over}. Order and tree: average linkage. Click a cell to compare a pair. "
        "What is wider than the window scrolls."
    )


def _notes(found: Alike) -> list[str]:
    notes = []
    if found.undefined:
        notes.append(
            f"{labels.count(found.undefined, 'pair')} without a number (blank): both are always "
            "right, or nothing is defined under both."
        )
    if found.degenerate:
        notes.append(
            f"{labels.count(found.degenerate, 'degenerate model')} left out: one class takes most "
            "predictions."
        )
    return notes


def _pick() -> None:
    rows = st.session_state[_CHART]["selection"].get(PAIR) or [{}]
    names = [str(rows[0][side]) for side in ("first", "second") if side in rows[0]]
    url.set_choice(PAIR, *(names if len(names) == 2 else []))


def _picked(found: Alike) -> tuple[str, str]:
    """The names of the picked pair; empty where none of those shown is."""
    names = url.get_choices(PAIR)
    shown = set(found.cells["first"])
    return (names[0], names[1]) if len(names) == 2 and set(names) <= shown else ("", "")


def _pair(context: Context, found: Alike, question: Question, names: tuple[str, str]) -> None:
    kind = question.kind
    (cell,) = found.cells.filter(
        pl.col("first") == names[0], pl.col("second") == names[1]
    ).to_dicts()
    words = "undefined" if cell["value"] is None else f"{cell['value']:.2f}".replace("-", "−")
    if question.by == ERRORS:
        shown = names if kind == MODELS else context.study.models["name"].to_list()
        untested = no_test(context.subset, set(shown))
        interval = None
        if untested is None:
            interval = context.study.derive(
                frames.pair_interval, question, *names, context.sample_filter
            )
        ends = untested or "no interval"
        if interval:
            low, high = (f"{end:.2f}".replace("-", "−") for end in interval)
            ends = f"95 % interval over images {low} to {high}"
        words = f"error consistency {words} ({ends})"
    else:
        words = f"distance {words}"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{labels.escaped(cell['words'])}** · {words}", width="stretch")
        st.button("Set as reference and compared", on_click=_compare, args=(context, kind, names))


def _compare(context: Context, kind: str, names: tuple[str, str]) -> None:
    condition, model = context.reference.condition, context.reference.model
    for role, name in zip(("reference", "compared"), names, strict=True):
        pair = Combination(name, condition) if kind == MODELS else Combination(model, name)
        set_role(role, pair)


def _layout(found: Alike, kind: str) -> None:
    st.subheader("Layout", anchor=False)
    colour_by = SERIES
    if kind == MODELS:
        colour_by = segments("Colour", {SERIES: "Method", SPARSITY: "Sparsity"}, key="alike_colour")
    with st.container(width=layout.LARGE_CHART):
        chart_title(
            "Near means alike",
            f"classical scaling: the two axes hold {labels.percent(found.share, digits=0)} of the "
            "variation; lines: the shortest tree over all distances",
        )
        draw(
            partial(layout_plot, found.colours, kind=kind, colour_by=colour_by, text=text_colour()),
            {"points": found.points, "edges": found.edges},
            key=f"layout_{kind}",
            alt=f"{kind.capitalize()} in the plane, alike ones near to each other.",
        )


def _smallest_set(context: Context) -> None:
    st.subheader("Corruptions that suffice to rank the models", anchor=False)
    found, names, models = context.study.derive(smallest_set, context.sample_filter)
    if found.tau is None:
        st.caption("There is no ranking: the models all tie.")
        return
    chosen = ", ".join(names[i] for i in found.chosen)
    untested = no_test(context.subset, set(context.study.models["name"]))
    interval = untested or "no interval"
    if found.interval and not untested:
        low, high = found.interval
        # the set was chosen for its tau on these images: the range may lie below it
        interval = f"on images drawn again, this set comes to {low:.2f} to {high:.2f} in 95 %"
    how = (
        "all smaller sets were tried"
        if found.exhaustive
        else "grown by one corruption at a time from the best five: a smaller set may exist"
    )
    st.markdown(
        f"**{labels.escaped(chosen)}**: {len(found.chosen)} of {len(names)} corruptions rank "
        f"{labels.count(models, 'model')} by mean accuracy as all together do, Kendall's tau "
        f"{found.tau:.3f} ({interval}). Sought: the smallest set with at least {ENOUGH}; {how}. It "
        "was chosen on these images and models: on others it may rank less well."
    )
