"""The store's queries, answered once per study version.

Everything is keyed on the resolved file name: a newly published version has another
one, so that its numbers are read on the next interaction, in every browser tab.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import streamlit as st

from core.store.catalog import StudyFile, list_studies, studies_folder
from core.store.connection import Connection, connect
from core.store.queries import comparison as comparison_queries
from core.store.queries import metric_ranges as geometry_queries
from core.store.queries import study as queries
from core.store.queries.paired import Compared
from core.store.queries.paired import pair_table as join_pairs
from core.store.subsets.base import EVERYTHING, Chosen


def studies() -> list[StudyFile]:
    """All study files in the studies folder, newest first."""
    folder = studies_folder()
    state = tuple(
        (path.name, str(path.resolve()), path.stat().st_mtime_ns)
        for path in sorted(folder.glob("*.duckdb"))
        if path.exists()
    )
    return _studies(str(folder), state)


@st.cache_data(max_entries=4, show_spinner=False)
def _studies(folder: str, state: tuple[tuple[str, str, int], ...]) -> list[StudyFile]:
    del state  # part of the key: the listing is made anew when a file changes
    return list_studies(Path(folder))


@st.cache_resource(max_entries=4, show_spinner=False)
def connection(resolved: str) -> Connection:
    """The one connection to a version of a study; `database.query` takes cursors of it."""
    return connect(Path(resolved))


@st.cache_resource(max_entries=16, show_spinner=False)
def pair_table(resolved: str, compared: Compared) -> Connection:
    """`pairs.pair_table`, for the last pairs that were looked at."""
    return join_pairs(connection(resolved), compared)


@st.cache_data(max_entries=256, show_spinner=False)
def difference_ranges(resolved: str, compared: Compared) -> pl.DataFrame:
    """`comparison_queries.difference_ranges`."""
    return comparison_queries.difference_ranges(pair_table(resolved, compared))


@st.cache_data(max_entries=16, show_spinner=False)
def study(resolved: str) -> pl.DataFrame:
    """`queries.study`."""
    return queries.study(connection(resolved))


@st.cache_data(max_entries=16, show_spinner=False)
def models(resolved: str) -> pl.DataFrame:
    """`queries.models`."""
    return queries.models(connection(resolved))


@st.cache_data(max_entries=16, show_spinner=False)
def conditions(resolved: str) -> pl.DataFrame:
    """`queries.conditions`."""
    return queries.conditions(connection(resolved))


@st.cache_data(max_entries=16, show_spinner=False)
def classes(resolved: str) -> pl.DataFrame:
    """`queries.classes`."""
    return queries.classes(connection(resolved))


@st.cache_data(max_entries=64, show_spinner=False)
def accuracy(resolved: str, chosen: Chosen = EVERYTHING) -> pl.DataFrame:
    """`queries.accuracy`."""
    return queries.accuracy(connection(resolved), chosen)


@st.cache_data(max_entries=64, show_spinner=False)
def paired_changes(
    resolved: str, *, reference_model_id: int, condition_id: int, chosen: Chosen
) -> pl.DataFrame:
    """`queries.paired_changes`."""
    return queries.paired_changes(
        connection(resolved),
        reference_model_id=reference_model_id,
        condition_id=condition_id,
        chosen=chosen,
    )


@st.cache_data(max_entries=256, show_spinner=False)
def sample_count(resolved: str, chosen: Chosen) -> int:
    """`queries.sample_count`."""
    return queries.sample_count(connection(resolved), chosen)


@st.cache_data(max_entries=256, show_spinner=False)
def metric_ranges(resolved: str, *, model_id: int, condition_id: int) -> pl.DataFrame:
    """`geometry_queries.metric_ranges`."""
    return geometry_queries.metric_ranges(
        connection(resolved), model_id=model_id, condition_id=condition_id
    )


@st.cache_data(max_entries=32, show_spinner=False)
def broken_samples(
    resolved: str, *, reference: tuple[int, int], compared: tuple[int, int], limit: int
) -> pl.DataFrame:
    """`geometry_queries.broken_samples`."""
    return geometry_queries.broken_samples(
        connection(resolved), reference=reference, compared=compared, limit=limit
    )
