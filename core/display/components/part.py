"""A part of a page whose questions may go unanswered: one sentence stands in its place then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec

import streamlit as st

from core.display import labels
from core.errors import UserError

P = ParamSpec("P")


@contextmanager
def part() -> Iterator[None]:
    """What the block or the decorated function draws, or why it can't, in one sentence.

    A query that took too long, a file that is damaged: the rest of the page goes on.
    """
    try:
        yield
    except UserError as error:
        say(error)


def fragment(draw: Callable[P, None]) -> Callable[P, None]:
    """As `streamlit.fragment`, and a part of the page, also where it alone runs again."""
    return st.fragment(part()(draw))


def say(error: UserError) -> None:
    """The sentence of an error, where the page stands."""
    st.error(labels.escaped(str(error)), icon=":material/error:")
