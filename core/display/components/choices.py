"""Choices that are kept in the session and the URL, the same on all pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import streamlit as st

from core.display import labels
from core.display.state import url
from core.display.terms import explanation, explanations

_WIDGET = "choose_"


def select(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: str | None = None,
    format_func: Callable[[str], str] = str,
    label_visibility: Literal["visible", "hidden", "collapsed"] = "visible",
    help: str | None = None,
) -> str:
    """A select box for a settled choice; `default` where it was settled implicitly.

    The tooltip is `help`, or what the label means.
    """
    st.session_state[_WIDGET + key] = url.get_choice(key) or default
    chosen = st.selectbox(
        label,
        options,
        key=_WIDGET + key,
        format_func=format_func,
        label_visibility=label_visibility,
        help=help or explanation(label),
        on_change=_store,
        args=(key,),
    )
    return str(chosen)


def choose(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    default: str | None = None,
    width: int | None = None,
) -> str:
    """One of some named options from a select box; the default stays out of the URL.

    Args:
        label: of the box.
        options: value in the URL -> words.
        key: name of the choice and of the query parameter.
        default: the first option by default; the same in every study.
        width: in pixels; None for as wide as there is room.
    """
    first = _settled(key, options, default)
    # the label stands beside the box
    with st.container(width="stretch" if width is None else width + 7 * len(label)):
        return select(
            label,
            list(options),
            key=key,
            default=first,
            format_func=options.__getitem__,
            help=explanations(label, options.values()),
        )


def segments(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    default: str | None = None,
    labelled: bool = True,
) -> str:
    """One of some named options from a row of buttons, with the arguments of `choose`.

    Without `labelled` the label is for those who don't see the page, where the options say it.
    """
    first = _settled(key, options, default)
    st.session_state[_WIDGET + key] = url.get_choice(key) or first
    chosen = st.segmented_control(
        label,
        list(options),
        key=_WIDGET + key,
        required=True,
        format_func=lambda option: labels.escaped(options[option]),
        help=explanations(label, options.values()),
        label_visibility="visible" if labelled else "collapsed",
        on_change=_store,
        args=(key,),
    )
    return str(chosen)


def several(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: Sequence[str] = (),
    format_func: Callable[[str], str] = str,
) -> list[str]:
    """A choice of any number of options; unknown ones are left out, none means the default.

    The default stays out of the URL; an empty one means all.
    """
    url.set_choice(key, *(value for value in url.get_choices(key) if value in options))
    url.write_choices()
    st.session_state[_WIDGET + key] = url.get_choices(key) or list(default)
    chosen = st.multiselect(
        label,
        options,
        key=_WIDGET + key,
        format_func=format_func,
        placeholder="all",
        help=explanation(label),
        on_change=_store,
        args=(key,),
    )
    return [str(value) for value in chosen]


def toggle(label: str, *, key: str, parameter: str) -> bool:
    """A switch, off by default.

    Args:
        label: beside the switch.
        key: of the widget.
        parameter: name of the choice and of the query parameter, `yes` where it is on.
    """

    def store() -> None:
        url.set_choice(parameter, *(["yes"] if st.session_state[key] else []))

    st.session_state[key] = url.get_choice(parameter) == "yes"
    return st.toggle(label, key=key, on_change=store, help=explanation(label))


def _settled(key: str, options: Mapping[str, str], default: str | None) -> str:
    first = default or next(iter(options))
    url.settle(key, list(options), default=first, notices=[], implicit=True)
    url.write_choices()
    return first


def _store(key: str) -> None:
    chosen = st.session_state[_WIDGET + key]
    if chosen is not None:
        url.set_choice(key, *([chosen] if isinstance(chosen, str) else chosen))
