"""The chosen subset as part of the session's state, and the ones that were given names."""

from __future__ import annotations

import streamlit as st

from core.display.state import url as url_state
from core.store.subsets import json_format as selection_json
from core.store.subsets.predicates import AllOf, Names, SelectionError, Subset, Where

_NAMED = "named_subsets"


def current(names: Names, notices: list[str]) -> tuple[Subset, Where | None]:
    """The chosen subset and its SQL, None for all samples.

    Args:
        names: ids of the open study.
        notices: gets a sentence where the URL asks for something that is no subset, or
            for one that this study can't give; all samples are chosen then.
    """
    text = url_state.get_choice("subset")
    if text is None:
        return AllOf(), None
    try:
        subset = selection_json.loads(text)
        where = subset.to_sql(names)
    except SelectionError as error:
        notices.append(f"Showing all samples: {error}")
        url_state.set_choice("subset")
        return AllOf(), None
    return subset, None if subset == AllOf() else where


def choose(subset: Subset) -> None:
    """Make a subset the chosen one, on every page."""
    if subset == AllOf():
        url_state.set_choice("subset")
    else:
        url_state.set_choice("subset", selection_json.dumps(subset))


def narrow(subset: Subset, *parts: Subset) -> None:
    """Choose the samples of a subset that are also in all of some further parts."""
    whole = (*parts_of(subset), *parts)
    choose(whole[0] if len(whole) == 1 else AllOf(whole))


def without(subset: Subset, position: int) -> Subset:
    """A subset without one of the parts that `parts_of` lists."""
    kept = tuple(part for i, part in enumerate(parts_of(subset)) if i != position)
    return kept[0] if len(kept) == 1 else AllOf(kept)


def parts_of(subset: Subset) -> tuple[Subset, ...]:
    """The parts that all have to hold."""
    return subset.parts if isinstance(subset, AllOf) else (subset,)


def fits_in_url() -> bool:
    """Whether a link carries the chosen subset."""
    return len(url_state.get_choice("subset") or "") <= url_state.LONGEST_IN_URL


def named() -> dict[str, Subset]:
    """Subsets that were given a name in this session."""
    kept: dict[str, Subset] = st.session_state.setdefault(_NAMED, {})
    return kept
