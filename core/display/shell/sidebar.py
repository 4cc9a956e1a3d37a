"""The sidebar: study, reference, compared and class."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import streamlit as st

from core.display.components.choices import select
from core.display.default_models import default_combination_models
from core.display.query_cache import open_study
from core.display.state import pins, url
from core.display.state import subset as page_filter
from core.display.state.context import Context, study_labels
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
    if asked not in readable:
        if asked is not None:
            notices.append(f"There is no study “{asked}” here; showing “{default}”.")
        url.set_choice("study", default)
    return readable[select("Study", list(readable), key="study")]


def choose_context(file: StudyFile, notices: list[str], *, shown: bool = True) -> Context | None:
    """Widgets for reference, compared and class; None for a study without rows.

    Args:
        file: the study.
        notices: gets a sentence for each choice that could not be kept.
        shown: whether there are widgets; without, what was chosen elsewhere stays.
    """
    study = open_study(str(file.resolved))
    if study.models.is_empty() or study.conditions.is_empty() or study.classes.is_empty():
        return None
    defaults = study.derive(default_combination_models)
    chosen = {
        role: _choose_combination(study, role, default, notices, shown=shown)
        for role, default in zip(("reference", "compared"), defaults, strict=True)
    }
    if shown:
        _swap_or_pin(chosen)
    class_ids = study.names.classes
    classes = [ALL_CLASSES, *class_ids]
    class_name = url.settle("class", classes, default=ALL_CLASSES, notices=notices)
    if shown:
        class_name = select("Class", classes, key="class")
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


def _swap_or_pin(chosen: Mapping[str, Combination]) -> None:
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


def _choose_combination(
    study: Study, role: str, default: str, notices: list[str], *, shown: bool
) -> Combination:
    models, conditions = list(study.names.models), list(study.names.conditions)
    condition_key = f"{role}_condition"
    model = url.settle(role, models, default=default, notices=notices, thing="model")
    condition = url.settle(
        condition_key, conditions, default=conditions[0], notices=notices, thing="condition"
    )
    if not shown:
        return Combination(model, condition)
    words = study.derive(study_labels).__getitem__
    with st.container(key=f"combination_{role}", gap="xxsmall"):
        model = select(f"● {role.capitalize()}", models, key=role, format_func=words)
        condition = select(
            f"{role.capitalize()} condition",
            conditions,
            key=condition_key,
            format_func=words,
            label_visibility="collapsed",
        )
    return Combination(model, condition)
