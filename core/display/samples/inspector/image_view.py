"""The images of one sample: clean, and under a corruption at a severity to slide over."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.components.choices import choose
from core.display.components.sample_images import with_addresses
from core.display.samples.cards import image_html
from core.display.samples.inspector.frames import ROLES, SampleHead
from core.display.state import url
from core.display.state.context import Context

CORRUPTION, SEVERITY = "sample_corruption", "sample_severity"
_WIDGET = "choose_sample_severity"
_WIDTH = 230
_COLOURS = {"reference": "gray", "compared": "orange"}


def chosen_corruption(context: Context) -> tuple[str, dict[str, str]]:
    """The corruption that is looked at, and all of the study in words, by name.

    It is the one in the link, else the compared's, else the reference's, else the first; empty in
    a study of clean images.
    """
    corrupted = context.study.conditions.filter(pl.col("severity") > 0)
    named = dict(corrupted.select("name", "corruption").iter_rows())
    conditions = [context.compared.condition, context.reference.condition]
    shown = [named[one] for one in conditions if one in named]
    corruptions = {one: labels.corruption_label(one) for one in [*shown, *named.values()]}
    asked = url.get_choice(CORRUPTION)
    if asked is None or asked not in corruptions:
        asked = next(iter(corruptions), "")
    return asked, corruptions


def images(
    context: Context, found: SampleHead, corruption: str, corruptions: dict[str, str]
) -> None:
    """The clean image, and beside it the corrupted one with what both models say to each.

    Args:
        context: the open study.
        found: the sample.
        corruption: as `chosen_corruption` returns.
        corruptions: all of them in words, by name.
    """
    conditions = context.study.conditions
    with st.container(width=2 * _WIDTH + 20, gap="small"):
        with st.container(horizontal=True, gap="small", vertical_alignment="top"):
            for row in conditions.filter(severity=0).head(1).iter_rows(named=True):
                _image(context, found, row)
            place = st.container(width=_WIDTH, gap="xxsmall")
        if not corruption:
            return
        if len(corruptions) > 1:
            choose(
                "Corruption",
                dict(sorted(corruptions.items())),
                key=CORRUPTION,
                default=next(iter(corruptions)),
                width=layout.CHOICE,
            )
        severity = _slider(context, conditions.filter(corruption=corruption)["severity"].to_list())
        with place:
            row = conditions.row(
                by_predicate=(pl.col("corruption") == corruption)
                & (pl.col("severity") == severity),
                named=True,
            )
            _image(context, found, row)


def _slider(context: Context, severities: list[int]) -> int:
    """The severity to look at: the link's, else the compared's, else the highest."""
    severities = sorted(severities)
    shown = context.study.conditions.filter(name=context.compared.condition)["severity"].to_list()
    asked = [int(text) for text in url.get_choices(SEVERITY) if text in map(str, severities)]
    known = [one for one in shown if one in severities]
    severity = int([*asked, *known, severities[-1]][0])
    if len(severities) == 1:
        return severity
    st.session_state[_WIDGET] = severity
    return int(
        st.select_slider("Severity", severities, key=_WIDGET, on_change=_store, width=layout.CHOICE)
    )


def _store() -> None:
    url.set_choice(SEVERITY, str(st.session_state[_WIDGET]))


def _image(context: Context, found: SampleHead, condition: dict[str, Any]) -> None:
    one = pl.DataFrame({"sample_id": [found.sample_id], "class": [found.class_name]})
    row = with_addresses(one, context.study, condition["name"]).row(0, named=True)
    with st.container(width=_WIDTH, gap="xxsmall"):
        st.html(f'<div class="sample-card large" style="border: 0">{image_html(row)}</div>')
        words = labels.condition_label(condition["corruption"], condition["severity"])
        kind = row["picture"] or "no image stored"
        lines = [f"**{labels.escaped(words)}**" + ("" if kind == words else f" ({kind})")]
        for role in ROLES:
            said = found.answers.filter(role=role, condition_id=condition["condition_id"])
            lines += [
                f":{_COLOURS[role]}-badge[{role}] {labels.escaped(predicted)}"
                for predicted in said["answer"]
            ]
        st.markdown("  \n".join(lines))
