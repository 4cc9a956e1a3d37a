"""The page-wide filter as part of the session's state, and the ones that were given names."""

from __future__ import annotations

import streamlit as st

from core.display.state import url
from core.store.subsets import json_format
from core.store.subsets.base import Names, Subset, SubsetError, Where
from core.store.subsets.combinators import ALL_SAMPLES, all_of, parts_of

_NAMED = "named_subsets"


def current(names: Names, notices: list[str]) -> tuple[Subset, Where | None]:
    """The chosen subset and its SQL, None for all samples.

    Args:
        names: ids of the open study.
        notices: gets a sentence where the URL asks for something that is no subset, or
            for one that this study can't give; all samples are chosen then.
    """
    text = url.get_choice("subset")
    if text is None:
        return ALL_SAMPLES, None
    try:
        subset = json_format.loads(text)
        where = subset.to_sql(names)
    except SubsetError as error:
        notices.append(f"Showing all samples: {error}")
        url.set_choice("subset")
        return ALL_SAMPLES, None
    return subset, None if subset == ALL_SAMPLES else where


def choose(subset: Subset) -> None:
    """Make a subset the chosen one, on every page."""
    url.set_choice("subset", *([] if subset == ALL_SAMPLES else [json_format.dumps(subset)]))


def narrow(subset: Subset, *parts: Subset) -> None:
    """Choose the samples of a subset that are also in all of some further parts."""
    choose(all_of(subset, *parts))


def without(subset: Subset, position: int) -> Subset:
    """A subset without one of the parts that `parts_of` lists."""
    return all_of(*(part for i, part in enumerate(parts_of(subset)) if i != position))


def fits_in_url() -> bool:
    """Whether a link carries the chosen subset."""
    return len(url.get_choice("subset") or "") <= url.LONGEST_IN_URL


def named() -> dict[str, Subset]:
    """Subsets that were given a name in this session."""
    kept: dict[str, Subset] = st.session_state.setdefault(_NAMED, {})
    return kept
