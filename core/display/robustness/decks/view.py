"""Decks: do several pruned models that vote beat a single one of the same total size?"""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import draw, text_colour
from core.display.components.choices import segments
from core.display.components.picture_and_answers import choices_row
from core.display.components.table import show_table
from core.display.paired_words import no_test
from core.display.robustness.decks import frames
from core.display.robustness.decks.chart import deck_dots
from core.display.robustness.decks.choice import unlike_models
from core.display.robustness.decks.frames import Deck
from core.display.robustness.model_choice import choose_names
from core.display.state.context import Context

MOST, LEAST = 6, 2
_UNLIKE, _BY_HAND = "unlike", "hand"


def decks(context: Context) -> None:
    """A vote of up to six models, corruption by corruption."""
    found_severities = sorted(set(context.study.conditions["severity"]) - {0}) or [0]
    options = {str(one): str(one) for one in found_severities}
    last = str(found_severities[-1])
    with choices_row("decks"):
        names = _choose(context)
        severity = segments("Severity", options, key="deck_severity", default=last)
    untested = no_test(context.subset, set(context.study.models["name"]))
    found = context.study.derive(
        frames.deck, names, int(severity), context.sample_filter, tested=untested is None
    )
    if found is None:
        st.info(
            "A deck needs two models or more that were tested on the same images.",
            icon=":material/info:",
        )
        return
    if found.single is not None:
        draw(
            partial(deck_dots, rows=found.names, votes=found.votes, text=text_colour()),
            found.tables,
            key="deck_dots",
            title="Decks against single models",
            alt="A row for each corruption, a panel for each vote: deck minus single model.",
        )
        interval = (
            f"Intervals and tests: none ({untested})."
            if untested
            else "Lines: 95 % intervals over images, paired (Tango's; of several corruptions "
            "bootstrap). Filled: significant (paired sign-flip test, Holm over "
            f"{labels.count(found.tests, 'test')}, 5 % level)."
        )
        st.caption(interval)
    st.markdown(_words(context, found, names))
    shares = ("accuracy", "single", "best_member")
    rows = found.rows.select(
        pl.col("row").alias("images"),
        "vote",
        (pl.col(shares) * 100),
        (pl.col("difference") * 100).alias("deck minus single (points)"),
        pl.col("p").alias("p (Holm)"),
    ).rename({"single": "single model", "best_member": "best model of the deck"})
    percent = st.column_config.NumberColumn(format="%.1f %%")
    config = {
        **dict.fromkeys(("accuracy", "single model", "best model of the deck"), percent),
        "deck minus single (points)": st.column_config.NumberColumn(format="%+.1f"),
        "p (Holm)": st.column_config.NumberColumn(format="%.2g"),
    }
    known = [name for name in rows.columns if rows[name].null_count() < rows.height]
    show_table(rows.select(known), title="Decks", sources=[found.rows], column_config=config)


def _choose(context: Context) -> list[str]:
    ways = {_UNLIKE: "Models that err differently", _BY_HAND: "By hand"}
    way = segments("Deck", ways, key="deck_by")
    if way == _UNLIKE:
        sizes = {str(size): str(size) for size in range(LEAST, MOST + 1)}
        size = segments("Models in the deck", sizes, key="deck_size", default="3")
        return context.study.derive(unlike_models, int(size))
    return choose_names(context, key="deck", most=MOST)


def _words(context: Context, found: Deck, names: list[str]) -> str:
    members = ", ".join(labels.escaped(context.labels[name]) for name in names)
    if found.single is None:
        against = "No single model of that size is known to compare it with."
    else:
        against = (
            f"Against **{labels.escaped(context.labels[found.single])}**, the most accurate model "
            f"on validation images among those with at most its {found.parameters:,} parameters "
            "(those not removed)."
        )
    soft = (
        "soft vote: the largest sum of probabilities"
        if frames.SOFT in found.votes
        else "no soft vote: this study lacks probabilities of all classes"
    )
    return (
        f"Deck: **{members}**. {against} Over {labels.count(found.images, 'image')}; majority "
        f"vote: most models, ties by confidence; {soft}. Models that err differently: those that "
        "lose at most 5 points on clean images, each next one with the lowest mean error "
        "consistency on clean images; these are the test images, so that a deck chosen so may gain "
        "less on others."
    )
