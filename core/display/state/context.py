"""What the user looks at: one state for all pages, kept in the URL."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
import streamlit as st

from core.display import cached_queries, labels
from core.display.home.frames import surviving_model
from core.display.state import subset as subset_state
from core.display.state import url as url_state
from core.store.catalog import StudyFile
from core.store.subsets.base import Chosen
from core.store.subsets.predicates import AllOf, Names, OfClass, Pair, Subset

ALL_CLASSES = "All classes"
SWAP_HELP = "Reference becomes compared, compared becomes reference"


@dataclass(frozen=True)
class Combination:
    """A model under a condition."""

    model_id: int
    model: str
    condition_id: int
    condition: str

    @property
    def key(self) -> tuple[int, int]:
        """The two ids."""
        return self.model_id, self.condition_id


@dataclass(frozen=True)
class View:
    """The open study and what is chosen in it.

    Attributes:
        study: the file.
        resolved: name of the version that is read; the first argument of every cached query.
        models: the table `models` with clean accuracy.
        conditions: the table `conditions`.
        classes: class_id, name, samples.
        reference: the grey combination.
        compared: the yellow combination.
        kept: further combinations that the user collects.
        class_name: true class, None for all.
        subset: samples chosen within the class.
        chosen: class and subset, as queries take them.
        labels: short words for each model's and condition's name.
    """

    study: StudyFile
    resolved: str
    models: pl.DataFrame
    conditions: pl.DataFrame
    classes: pl.DataFrame
    reference: Combination
    compared: Combination
    kept: tuple[Combination, ...]
    class_name: str | None
    subset: Subset
    chosen: Chosen
    labels: dict[str, str]

    def model_row(self, combination: Combination) -> dict[str, Any]:
        """The row of the table `models` of a combination."""
        return self.models.row(by_predicate=pl.col("model_id") == combination.model_id, named=True)

    def describe(self, combination: Combination) -> str:
        """A combination in words."""
        condition = self.conditions.row(
            by_predicate=pl.col("condition_id") == combination.condition_id, named=True
        )
        model = labels.model_description(self.model_row(combination))
        return f"{model} · {labels.condition_label(condition['corruption'], condition['severity'])}"

    def short(self, combination: Combination) -> str:
        """A combination in few words."""
        return f"{self.labels[combination.model]}, {self.labels[combination.condition]}"

    @property
    def sentence(self) -> str:
        """The chosen samples in words."""
        parts = [OfClass(self.class_name)] if self.class_name else []
        narrowed = [] if self.subset == AllOf() else [self.subset]
        return AllOf((*parts, *narrowed)).sentence(lambda name: self.labels.get(name, name))

    @property
    def pair(self) -> dict[str, Pair]:
        """Reference and compared by name, as subsets take them."""
        return {
            "reference": Pair(self.reference.model, self.reference.condition),
            "compared": Pair(self.compared.model, self.compared.condition),
        }


def choose_study(studies: Sequence[StudyFile], notices: list[str]) -> StudyFile:
    """The study to show: the one in the URL, else $PRUNESCOPE_STUDY, else the newest.

    Args:
        studies: at least one that can be read.
        notices: gets a sentence for each choice that could not be kept.
    """
    readable = {study.name: study for study in studies if study.error is None}
    wanted = os.environ.get("PRUNESCOPE_STUDY", "")
    default = wanted if wanted in readable else next(iter(readable))
    asked = url_state.get_choice("study")
    if asked is not None and asked not in readable:
        notices.append(f"There is no study “{asked}” here; showing “{default}”.")
        url_state.set_choice("study", default)
    elif asked is None:
        url_state.set_choice("study", default)
    return readable[url_state.select("Study", list(readable), key="study")]


def choose_view(study: StudyFile, notices: list[str]) -> View | None:
    """Sidebar widgets for reference, compared and class; None for a study without rows."""
    resolved = str(study.resolved)
    models = cached_queries.models(resolved)
    conditions = cached_queries.conditions(resolved)
    classes = cached_queries.classes(resolved)
    if models.is_empty() or conditions.is_empty() or classes.is_empty():
        return None
    model_ids = dict(zip(models["name"], models["model_id"], strict=True))
    condition_ids = dict(zip(conditions["name"], conditions["condition_id"], strict=True))
    class_ids = dict(zip(classes["name"], classes["class_id"], strict=True))
    dense = models.filter(pl.col("method") == "dense")
    first = (dense if dense.height else models)["name"][0]
    survivor = surviving_model(models)
    defaults = {"reference": first, "compared": survivor["name"] if survivor else first}
    short = labels.model_labels(models)
    condition_labels = {
        row["name"]: labels.condition_label(row["corruption"], row["severity"])
        for row in conditions.iter_rows(named=True)
    }
    chosen = {}
    for role in ("reference", "compared"):
        with st.container(key=f"combination_{role}", gap="xxsmall"):
            model = _choose(
                f"● {role.capitalize()}",
                list(model_ids),
                role,
                defaults[role],
                notices,
                thing="model",
                format_func=lambda name: short[name],
            )
            condition = _choose(
                f"{role.capitalize()} condition",
                list(condition_ids),
                f"{role}_condition",
                conditions["name"][0],
                notices,
                thing="condition",
                format_func=lambda name: condition_labels[name],
                label_visibility="collapsed",
            )
        chosen[role] = Combination(model_ids[model], model, condition_ids[condition], condition)
    with st.container(horizontal=True):
        st.button("Swap", on_click=_swap, icon=":material/swap_vert:", help=SWAP_HELP)
        st.button(
            "Keep both",
            on_click=keep,
            args=tuple(chosen.values()),
            icon=":material/bookmark_add:",
            help="Add both to the list of combinations",
        )
    class_name = _choose(
        "Class", [ALL_CLASSES, *class_ids], "class", ALL_CLASSES, notices, thing="class"
    )
    names = Names(model_ids, condition_ids, class_ids)
    subset, where = subset_state.current(names, notices)
    return View(
        study=study,
        resolved=resolved,
        models=models,
        conditions=conditions,
        classes=classes,
        reference=chosen["reference"],
        compared=chosen["compared"],
        kept=_kept(model_ids, condition_ids, notices),
        class_name=class_name if class_name in class_ids else None,
        subset=subset,
        chosen=Chosen(class_ids.get(class_name), where),
        labels={**short, **condition_labels},
    )


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
    url_state.settle(key, options, default=default, notices=notices, thing=thing)
    return url_state.select(
        label, options, key=key, format_func=format_func, label_visibility=label_visibility
    )


def keep(*combinations: Combination) -> None:
    """Add combinations to the list that is shown on every page."""
    texts = [f"{one.model}@{one.condition}" for one in combinations]
    listed = url_state.get_choices("keep")
    url_state.set_choice("keep", *dict.fromkeys([*listed, *texts]))


def drop(combination: Combination) -> None:
    """Remove a combination from the list."""
    text = f"{combination.model}@{combination.condition}"
    url_state.set_choice("keep", *(one for one in url_state.get_choices("keep") if one != text))


def assign(role: str, combination: Combination) -> None:
    """Make a combination the reference or the compared."""
    url_state.set_choice(role, combination.model)
    url_state.set_choice(f"{role}_condition", combination.condition)


def _kept(
    model_ids: dict[str, int], condition_ids: dict[str, int], notices: list[str]
) -> tuple[Combination, ...]:
    found = []
    for text in url_state.get_choices("keep"):
        model, _, condition = text.rpartition("@")
        if model in model_ids and condition in condition_ids:
            found.append(Combination(model_ids[model], model, condition_ids[condition], condition))
        else:
            notices.append(f"This study has no combination “{text}”; it was left out of the list.")
    url_state.set_choice("keep", *(f"{one.model}@{one.condition}" for one in found))
    return tuple(dict.fromkeys(found))


def _swap() -> None:
    for suffix in ("", "_condition"):
        one, other = f"reference{suffix}", f"compared{suffix}"
        kept = url_state.get_choice(one) or "", url_state.get_choice(other) or ""
        url_state.set_choice(one, kept[1])
        url_state.set_choice(other, kept[0])
