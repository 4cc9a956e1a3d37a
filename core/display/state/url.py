"""Choices that live in the URL and in the session, the same on all pages.

Streamlit's `bind="query-params"` was tried first: it leaves defaults out of the URL, so
that a link changes its meaning with the next published study; it ignores the parameters
of a link between pages; and the browser's Back loses the choice. Here the session holds
the choices, every run writes all of them to the URL, and a URL that this session didn't
write itself (a link, Back) wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

_CHOICES = "choices"
_WRITTEN = "choices_written_to_url"

# Browsers and chat programs cut links at around 2,000 characters.
LONGEST_IN_URL = 1200
Choices = dict[str, list[str]]


def read_choices() -> None:
    """Take over what a link or Back asks for."""
    url = _in_url()
    written: Choices = st.session_state.get(_WRITTEN, {})
    if url and url != written:
        # Back to before something was chosen: its default is not in the URL.
        for key in written.keys() - url.keys():
            _choices().pop(key, None)
        _choices().update(url)
        st.session_state[_WRITTEN] = url


def write_choices() -> None:
    """Write all choices to the URL, if it doesn't have them yet.

    A value longer than LONGEST_IN_URL stays in the session only.
    """
    choices = {
        key: list(values)
        for key, values in _choices().items()
        if values and sum(map(len, values)) <= LONGEST_IN_URL
    }
    if _in_url() != choices:
        st.query_params.from_dict(choices)
    st.session_state[_WRITTEN] = choices


def get_choice(key: str) -> str | None:
    """One choice as it stands, unchecked; None if there is none."""
    return next(iter(get_choices(key)), None)


def get_choices(key: str) -> list[str]:
    """All values of a choice as they stand, unchecked."""
    return list(_choices().get(key, []))


def set_choice(key: str, *values: str) -> None:
    """Change a choice from a callback; no value removes it."""
    _choices()[key] = list(values)


def with_choices(changed: Mapping[str, str | tuple[str, ...]]) -> Choices:
    """Query parameters of a link that changes some choices and keeps all others."""
    kept = {key: values for key, values in _choices().items() if values}
    return kept | {
        key: [value] if isinstance(value, str) else list(value) for key, value in changed.items()
    }


def link(address: str) -> str:
    """The link that shows the same: an address of the app with all choices.

    Args:
        address: of the page, without choices.
    """
    query = urlencode(
        [(key, value) for key, values in sorted(_in_url().items()) for value in values]
    )
    return f"{address.partition('?')[0]}?{query}" if query else address


def left_out_of_links() -> list[str]:
    """Names of choices that are too long for a link."""
    return [key for key, values in _choices().items() if sum(map(len, values)) > LONGEST_IN_URL]


def settle(
    key: str,
    options: Sequence[str],
    *,
    default: str,
    notices: list[str],
    thing: str | None = None,
    implicit: bool = False,
) -> str:
    """The choice `key` if it is among the options, else the default, with a notice.

    Args:
        key: name of the choice and of the query parameter.
        options: what this study offers.
        default: taken where nothing or something unknown is asked for.
        notices: gets a sentence where something unknown was asked for.
        thing: what the sentence calls it; the key in words by default.
        implicit: leave the default out of the URL. Only for defaults that are the same in
            every study: a link must show the same when a further study is published.
    """
    asked = get_choice(key)
    if asked is not None and asked in options:
        return asked
    if asked is not None:
        called = thing or key.replace("_", " ")
        notices.append(f"This study has no {called} “{asked}”; showing “{default}”.")
    set_choice(key, *([] if implicit else [default]))
    return default


def _choices() -> Choices:
    choices: Choices = st.session_state.setdefault(_CHOICES, {})
    return choices


def _in_url() -> Choices:
    return {key: st.query_params.get_all(key) for key in st.query_params}
