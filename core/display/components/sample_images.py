"""The images of samples that a chart's tooltip shows."""

from __future__ import annotations

import polars as pl
import streamlit as st
from streamlit import runtime

from core.display.cached_queries import connection
from core.store.queries import thumbnails as class_queries


def with_addresses(points: pl.DataFrame, resolved: str) -> pl.DataFrame:
    """The points with `image`: where the browser finds it when it needs it, or NULL.

    For thousands of points: the images stay on the server. `serve` has to follow, after the
    charts that show the points are on their way. An address is relative to the page, so that
    it is right wherever the app is served.

    Args:
        points: with sample_id.
        resolved: the study's version.
    """
    known = _addresses(resolved)
    ids = points["sample_id"].to_list()
    _serve([sample_id for sample_id in ids if sample_id not in known], resolved)
    addresses = [known.get(sample_id) for sample_id in ids]
    return points.with_columns(image=pl.Series(addresses, dtype=pl.String))


def serve(points: pl.DataFrame, resolved: str) -> None:
    """Serve the images of some samples for as long as the session shows them.

    Args:
        points: with sample_id.
        resolved: the study's version.
    """
    _serve(points["sample_id"].to_list(), resolved)


def _serve(sample_ids: list[int], resolved: str) -> None:
    if not sample_ids:
        return
    files, known = runtime.get_instance().media_file_mgr, _addresses(resolved)
    # Asked anew each time: the server's store of files is memory enough.
    found = class_queries.thumbnails(connection(resolved), sorted(set(sample_ids)))
    for sample_id, png in found.iter_rows():
        known[sample_id] = (
            files.add(png, "image/png", f"sample_{sample_id}").removeprefix("/") if png else None
        )


@st.cache_resource(max_entries=4, show_spinner=False)
def _addresses(resolved: str) -> dict[int, str | None]:
    """The addresses found so far, by sample; they follow from the images alone."""
    del resolved
    return {}
