"""The gallery: one page of samples in an order, and the scale of the bars of their changes."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import labels
from core.metrics import METRICS
from core.store.queries.accuracy import paired_counts
from core.store.queries.gallery import gallery_page, largest_changes
from core.store.queries.paired import PairedSamples
from core.store.study import Study

PAGE_SIZE = 24
HIGH, LOW = "high", "low"
DIRECTIONS = {HIGH: "Highest first", LOW: "Lowest first"}
SORTS = {
    "lost": "True-class probability lost",
    **{f"change_{name}": f"Change of {one.label.lower()}" for name, one in METRICS.items()},
    **{
        f"{role}_{name}": f"{one.label} under {role}"
        for role in ("reference", "compared")
        for name, one in METRICS.items()
    },
    "id": "Sample number",
}
"""What the gallery can be sorted by, in words, by the name that links carry."""


@dataclass(frozen=True)
class GalleryPage:
    """Some samples side by side.

    Attributes:
        rows: as `queries.gallery.gallery_page` returns.
        limits: largest absolute change of each metric over all filtered samples.
        samples: how many there are in all.
        page: which page it is, from 1.
        pages: how many there are, at least one.
    """

    rows: pl.DataFrame
    limits: dict[str, float]
    samples: int
    page: int
    pages: int

    @property
    def words(self) -> str:
        """Which of the samples are on the page."""
        first = (self.page - 1) * PAGE_SIZE + 1
        last = first + self.rows.height - 1
        return f"{first:,} to {last:,} of {labels.count(self.samples, 'sample')}"


def gallery(
    study: Study,
    paired: PairedSamples,
    *,
    sort: str,
    descending: bool,
    page: int,
) -> GalleryPage:
    """One page of the samples under two combinations.

    Args:
        study: the open study.
        paired: both combinations, and samples.
        sort: one of SORTS.
        descending: the largest value first.
        page: from 1; the last one for anything beyond.
    """
    counts = study.run(paired_counts, paired)
    samples = int(counts["samples"].sum())
    pages = max(1, -(-samples // PAGE_SIZE))
    page = min(max(1, page), pages)
    rows = study.ask(
        gallery_page,
        paired,
        sort=sort,
        descending=descending,
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )
    limits = study.run(largest_changes, paired).row(0, named=True)
    return GalleryPage(
        rows=rows,
        limits={metric: limit or 0.0 for metric, limit in limits.items()},
        samples=samples,
        page=page,
        pages=pages,
    )
