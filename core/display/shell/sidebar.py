"""The sidebar: study, reference, compared and class."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from core.display import labels
from core.display.components.choices import select
from core.display.default_models import default_combination_models
from core.display.query_cache import open_study
from core.display.state import pins, url
from core.display.state import subset as page_filter
from core.display.state.context import Context
from core.store.catalog import StudyFile
from core.store.combination import Combination
from core.store.study import Study
from core.store.subsets.base import SampleFilter

ALL_CLASSES = "All classes"


def choose_study(studies: Sequence[StudyFile], notices: list[str]) -> StudyFile:
    """The study to show: the one in the URL, else $PRUNESCOPE_STUDY, else the newest.

    Args:
        studies: at least one that can be read.
        notices: gets a sentence for each choice that could not be kept.
    """
    readable = {study.name: study for study in studies if study.error is None}
    wanted = os.environ.get("PRUNESCOPE_STUDY", "")
    default = wanted if wanted in readable else next(iter(readable))
    asked = url.get_choice("study")
    if asked is not None and asked not in readable:
        notices.append(f"There is no study “{asked}” here; showing “{default}”.")
        url.set_choice("study", default)
    elif asked is None:
        url.set_choice("study", default)
    return readable[select("Study", list(readable), key="study")]


def choose_context(file: StudyFile, notices: list[str]) -> Context | None:
    """Widgets for reference, compared and class; None for a study without rows."""
    study = open_study(str(file.resolved))
    if study.models.is_empty() or study.conditions.is_empty() or study.classes.is_empty():
        return None
    defaults = study.derive(default_combination_models)
    chosen = {
        role: _choose_combination(study, role, default, notices)
        for role, default in zip(("reference", "compared"), defaults, strict=True)
    }
    with st.container(horizontal=True):
        st.button(
            "Swap",
            on_click=pins.swap_roles,
            icon=":material/swap_vert:",
            help="Reference becomes compared, compared becomes reference",
        )
        st.button(
            "Pin both",
            on_click=pins.pin,
            args=tuple(chosen.values()),
            icon=":material/keep:",
            help="Add both to the list of combinations",
        )
    class_ids = study.names.classes
    class_name = _choose(
        "Class", [ALL_CLASSES, *class_ids], "class", ALL_CLASSES, notices, thing="class"
    )
    subset, where = page_filter.current(study.names, notices)
    return Context(
        study=study,
        reference=chosen["reference"],
        compared=chosen["compared"],
        pins=pins.read_pins(study, notices),
        class_name=class_name if class_name in class_ids else None,
        subset=subset,
        sample_filter=SampleFilter(class_ids.get(class_name), where),
        file_name=file.name,
    )


def _choose_combination(study: Study, role: str, default: str, notices: list[str]) -> Combination:
    model_labels = study.derive(_model_labels)
    condition_labels = study.derive(_condition_labels)
    with st.container(key=f"combination_{role}", gap="xxsmall"):
        model = _choose(
            f"● {role.capitalize()}",
            list(model_labels),
            role,
            default,
            notices,
            thing="model",
            format_func=model_labels.__getitem__,
        )
        condition = _choose(
            f"{role.capitalize()} condition",
            list(condition_labels),
            f"{role}_condition",
            next(iter(condition_labels)),
            notices,
            thing="condition",
            format_func=condition_labels.__getitem__,
            label_visibility="collapsed",
        )
    return Combination(model, condition)


def _model_labels(study: Study) -> dict[str, str]:
    return labels.model_labels(study.models)


def _condition_labels(study: Study) -> dict[str, str]:
    return labels.condition_labels(study.conditions)


def _choose(
    label: str,
    options: list[str],
    key: str,
    default: str,
    notices: list[str],
    *,
    thing: str,
    format_func: Callable[[str], str] = str,
    label_visibility: Literal["visible", "hidden", "collapsed"] = "visible",
) -> str:
    url.settle(key, options, default=default, notices=notices, thing=thing)
    return select(
        label, options, key=key, format_func=format_func, label_visibility=label_visibility
    )
