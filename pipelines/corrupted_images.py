"""Images of some samples under corruptions that can't be made again, to be stored with a study."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.store.rows import THUMBNAIL_SIDE
from core.store.writing.tables import drawing_order
from pipelines.evaluation.conditions import Condition
from pipelines.thumbnails import thumbnail
from pipelines.workspace.workspace import Workspace

MOST_SAMPLES = 100
MOST_BYTES = 8_000_000
"""Of all these images in one study, as PNG."""


def corrupted_images(workspace: Workspace, conditions: Sequence[Condition]) -> pl.DataFrame:
    """The images of the samples that charts draw first, the same samples under each condition.

    Left out are conditions that the app makes again itself: those of `core.corruptions`, where
    the thumbnails are the data set's own pixels.

    Returns:
        condition (name), sample_id, image (PNG); at most MOST_SAMPLES samples and MOST_BYTES.
    """
    found: dict[str, list[object]] = {"condition": [], "sample_id": [], "image": []}
    if not workspace.has_no_images:
        whole = workspace.image_size <= THUMBNAIL_SIDE
        stored = [
            one
            for one in conditions
            if one.row.severity and not (whole and one.row.generator_version is not None)
        ]
        rows = {int(one): row for row, one in enumerate(workspace.test.sample_ids)}
        room = MOST_BYTES
        order = drawing_order(pl.Series(list(rows), dtype=pl.Int32)) if stored else []
        for sample_id in order[:MOST_SAMPLES]:
            row = rows[sample_id]
            images = [thumbnail(one.images[row : row + 1][0]) for one in stored]
            room -= sum(map(len, images))
            if room < 0:
                break
            found["condition"] += [one.row.name for one in stored]
            found["sample_id"] += [sample_id] * len(stored)
            found["image"] += images
    schema = {"condition": pl.String, "sample_id": pl.Int32, "image": pl.Binary}
    return pl.DataFrame(found, schema=schema)
