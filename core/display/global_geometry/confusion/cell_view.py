"""The samples of a cell of the confusion matrix: as the filter, and as images to open."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.gallery import Thumbnail, gallery
from core.display.components.sample_buttons import sample_buttons
from core.display.components.sample_images import with_addresses
from core.display.shell.sidebar import ALL_CLASSES
from core.display.state import subset as page_filter
from core.display.state import url
from core.display.state.context import Context
from core.metrics import METRICS
from core.store.combination import Combination
from core.store.queries.combination import lowest_margins
from core.store.subsets.base import Subset
from core.store.subsets.combinators import all_of
from core.store.subsets.predicates import OfClass, PredictedAs

SHOWN = 8


def cell_samples(context: Context, cell: pl.DataFrame, true: str, predicted: str) -> None:
    """Whose samples a cell holds under each combination.

    Args:
        context: the open study.
        cell: the cell's row of `Matrices.cells`, or none.
        true: name of the true class.
        predicted: name of the predicted class.
    """
    words = f"True **{labels.escaped(true)}**, predicted **{labels.escaped(predicted)}**"
    st.markdown(words, width="content")
    for role, combination in context.roles.items():
        count = int(cell[role].sum())
        parts = OfClass(true), PredictedAs(combination, predicted)
        _use(context, parts, role, count)
        if count:
            _images(context, all_of(*parts), role, combination, count)


def _use(context: Context, parts: tuple[Subset, ...], role: str, count: int) -> None:
    if st.button(
        f"Use as filter: {labels.count(count, 'sample')} under the {role}",
        key=f"cell_{role}",
        icon=":material/filter_list:",
        disabled=not count,
    ):
        page_filter.narrow(context.subset, *parts)
        url.set_choice("class", ALL_CLASSES)
        url.set_choice("cell")
        st.rerun()


def _images(
    context: Context, subset: Subset, role: str, combination: Combination, count: int
) -> None:
    found = context.study.run(
        lowest_margins,
        context.study.key(combination),
        sample_filter=context.narrowed(subset),
        limit=SHOWN,
    )
    if found.height < count:
        st.caption(f"Those with the lowest margins, {found.height} of {count:,}.")
    rows = with_addresses(found, context.study, combination.condition)
    gallery([_thumbnail(row) for row in rows.iter_rows(named=True)])
    sample_buttons(found["sample_id"].to_list(), key=f"cell_sample_{role}")


def _thumbnail(row: dict[str, Any]) -> Thumbnail:
    margin = f"margin {METRICS['margin'].number(row['margin'])}"
    hover = (
        f"sample {row['sample_id']}: true {row['class']}, predicted {row['predicted']}, {margin}"
    )
    if row["picture"]:
        hover += f"; image: {row['picture']}"
    return Thumbnail(row["image"], f"sample {row['sample_id']}", margin, hover)
