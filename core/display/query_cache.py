"""Answers to the store's questions, kept per study version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

import polars as pl
import streamlit as st

from core.display.cached_queries import connection
from core.store.connection import Connection

P = ParamSpec("P")
Question = Callable[Concatenate[Connection, P], pl.DataFrame]


def ask(question: Question[P], resolved: str, *args: P.args, **values: P.kwargs) -> pl.DataFrame:
    """The answer of a function of `core.store`, from memory where it was asked before.

    Args:
        question: takes an open study first, returns a frame.
        resolved: name of the version that is asked, part of the key: a newly published one
            is asked anew.
        *args: of the question.
        **values: of the question.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    return _answer(name, resolved, args, values, _question=question)


@st.cache_data(max_entries=384, show_spinner=False)
def _answer(
    name: str,
    resolved: str,
    args: tuple[Any, ...],
    values: dict[str, Any],
    *,
    _question: Callable[..., pl.DataFrame],
) -> pl.DataFrame:
    del name  # stands in the key for the question, which can't be hashed
    return _question(connection(resolved), *args, **values)
