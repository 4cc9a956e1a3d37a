"""The images of samples as text that a chart's tooltip shows."""

from __future__ import annotations

import polars as pl

from core.display.asking import ask
from core.store import class_queries

# What travels with a chart, as text: about 900 colour images of 32 × 32 pixels.
BUDGET_BYTES = 3_000_000
LARGEST_BYTES = 6000
IMAGES_LIMIT = 1000


def with_images(
    points: pl.DataFrame, resolved: str, *, first: pl.Expr, budget: int = BUDGET_BYTES
) -> pl.DataFrame:
    """The points with `image`, a data URI; NULL where there is none or not for all.

    Args:
        points: with sample_id.
        resolved: the study's version.
        first: points to serve first where there are more than the limit.
        budget: bytes of text for all images.
    """
    order = points.sort(first.not_(), pl.col("sample_id").hash(seed=0), "sample_id")
    ids = order.select(pl.col("sample_id").head(IMAGES_LIMIT))
    found = ids.join(
        ask(class_queries.thumbnails, resolved, sorted(ids["sample_id"])),
        on="sample_id",
        maintain_order="left",
    )
    size = pl.col("thumbnail").bin.size()
    images = found.filter((size <= LARGEST_BYTES) & (4 / 3 * size.cum_sum() <= budget)).select(
        "sample_id",
        image="data:image/png;base64," + pl.col("thumbnail").bin.encode("base64"),
    )
    return points.join(images, on="sample_id", how="left", maintain_order="left")


def image_note(points: pl.DataFrame) -> list[str]:
    """Says how many points show their image on hover, if not all do."""
    shown = points["image"].count()
    if shown in {0, points.height}:
        return []
    return [f"Hover shows the image of {shown:,} of the {points.height:,} drawn samples."]
