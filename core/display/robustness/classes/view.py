"""Who pays for pruning: classes whose recall changes more, or less, than the mean."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels, theme
from core.display.components.chart import draw, text_colour
from core.display.components.condition_choice import choose_condition
from core.display.components.picture_and_answers import choices_row
from core.display.components.table import show_table
from core.display.paired_words import no_test
from core.display.robustness.classes import frames
from core.display.robustness.classes.chart import MARGINS, class_dots
from core.display.robustness.classes.frames import ClassDisparity
from core.display.robustness.model_choice import choose_few_models
from core.display.state.context import Context


def who_pays(context: Context) -> None:
    """A row a class: its margins under the dense model, and what each pruned model costs it."""
    with choices_row("classes"):
        colours = choose_few_models(context, most=4)
        condition = choose_condition(context, "Images", key="classes_under")
    dense = context.study.models.filter(pl.col("method") == "dense")["name"].to_list()
    untested = no_test(context.subset, {*colours, *dense})
    found = context.study.derive(
        frames.class_disparity,
        list(colours),
        condition,
        context.sample_filter,
        tested=untested is None,
    )
    if found is None or len(found.names) < 2:
        st.info(
            "This needs a pruned model, its dense model, and images of at least two classes.",
            icon=":material/info:",
        )
        return
    by_label = {context.labels[name]: colour for name, colour in colours.items()}
    pruned = {model: by_label[model] for model in found.links}
    draw(
        partial(
            class_dots, {MARGINS: theme.REFERENCE, **pruned}, rows=found.names, text=text_colour()
        ),
        found.tables,
        key="class_dots",
        title="Margins and change of recall by class",
        alt="A row for each class: margins under the dense model, and change of recall beyond the "
        "mean for each model.",
    )
    st.markdown(
        f"Change of each class's recall from the dense model that a model was made from "
        f"({labels.escaped(context.labels[condition])} images), minus the mean change over "
        "classes, in percentage points: left of 0 a class pays more than the mean. Classes by "
        f"their median margin under {labels.escaped(found.dense)}, first panel: median and "
        "quartiles."
    )
    for note in _notes(found, untested):
        st.caption(note)
    _table(found)


def _notes(found: ClassDisparity, untested: str | None) -> list[str]:
    if untested:
        notes = [f"Intervals and tests: none ({untested})."]
    else:
        notes = [
            "Lines: 95 % intervals of paired changes, images drawn within classes. Filled: "
            f"significant (Holm over {labels.count(found.tests, 'test')}, 5 % level)."
        ]
    links = []
    for model, link in found.links.items():
        if link.value is not None:
            low, high = link.interval or (None, None)
            interval = "no interval" if low is None or untested else f"95 % {low:.2f} to {high:.2f}"
            links.append(f"{labels.escaped(model)} {link.value:.2f} ({interval})")
    if links:
        notes.append(
            "Spearman's correlation over classes of median margin and change (positive: classes "
            f"near the boundary pay more): {'; '.join(links)}.".replace(" -", " −")
        )
    notes += [
        f"{labels.escaped(model)} is degenerate: it predicts one class for most of these images, "
        "whose recall says little."
        for model in found.degenerate
    ]
    if found.left_out:
        notes.append(
            f"The {frames.MOST} classes that change most; {found.left_out:,} are not shown."
        )
    return notes


def _table(found: ClassDisparity) -> None:
    table = st.expander("Table", icon=":material/table_rows:", key="class_table", on_change="rerun")
    if table.open:
        shares = {
            "before": "recall, dense", "after": "recall, pruned", "change": "change",
            "excess": "change minus mean", "low": "95 % low", "high": "95 % high",
        }  # fmt: skip
        rows = found.rows.with_columns(pl.col(*shares) * 100).rename({**shares, "p": "p (Holm)"})
        number = st.column_config.NumberColumn(format="%.1f")
        config = {
            **dict.fromkeys(shares.values(), number),
            "p (Holm)": st.column_config.NumberColumn(format="%.2g"),
        }
        with table:
            show_table(rows, title="Recall by class", sources=[found.rows], column_config=config)
