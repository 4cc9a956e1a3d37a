"""The images of samples as text that a chart's tooltip shows."""

from __future__ import annotations

import base64

import polars as pl

from core.display.asking import ask
from core.store import class_queries

# About 3 MB of text for colour images of 32 × 32 pixels, which travel with the chart.
IMAGES_LIMIT = 1000
LARGEST_BYTES = 6000


def with_images(
    points: pl.DataFrame, resolved: str, *, first: pl.Expr, limit: int = IMAGES_LIMIT
) -> pl.DataFrame:
    """The points with `image`, a data URI; NULL where there is none or not for all.

    Args:
        points: with sample_id.
        resolved: the study's version.
        first: points to serve first where there are more than the limit.
        limit: at most so many images.
    """
    order = points.sort(first.not_(), pl.col("sample_id").hash(seed=0), "sample_id")
    ids = sorted(order["sample_id"].head(limit).to_list())
    found = ask(class_queries.thumbnails, resolved, ids).with_columns(
        image=pl.col("thumbnail").map_elements(_data_uri, return_dtype=pl.String)
    )
    return points.join(found.select("sample_id", "image"), on="sample_id", how="left")


def image_note(points: pl.DataFrame) -> list[str]:
    """Says how many points show their image on hover, if not all do."""
    shown = points["image"].count()
    if shown in {0, points.height}:
        return []
    return [f"Hover shows the image of {shown:,} of the {points.height:,} drawn samples."]


def _data_uri(png: bytes) -> str | None:
    if len(png) > LARGEST_BYTES:
        return None
    return "data:image/png;base64," + base64.b64encode(png).decode()
