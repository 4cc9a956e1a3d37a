"""What a sample looks like under a condition: what the network saw where that is known.

Under a corruption it is made here from the stored clean image, where `core.corruptions` makes the
very pixels that were evaluated; else it is one of the few stored images; else the clean one.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
import polars as pl

from core.corruptions import GENERATOR_VERSION, SMALLEST_SIDE, corrupt
from core.errors import InputError
from core.store.queries.images import sample_images, with_corrupted_image
from core.store.rows import THUMBNAIL_SIDE
from core.store.study import Study

_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
CLEAN, CORRUPTED, ORIGINAL = "clean", "as corrupted", "clean original"


def has_images(study: Study) -> bool:
    """Whether the study was made with images."""
    return study.about["image_size"] is not None


def is_made_here(study: Study, condition_id: int) -> bool:
    """Whether a condition's images are made here, pixel by pixel as the network saw them."""
    condition, size = _condition(study, condition_id), study.about["image_size"]
    return (
        size is not None
        and SMALLEST_SIDE <= size <= THUMBNAIL_SIDE
        and condition["generator_version"] == GENERATOR_VERSION
    )


def kinds(study: Study, condition_id: int) -> pl.Expr:
    """What the image of each `sample_id` is: one of CLEAN, CORRUPTED and ORIGINAL."""
    if not _condition(study, condition_id)["severity"]:
        return pl.lit(CLEAN)
    if is_made_here(study, condition_id):
        return pl.lit(CORRUPTED)
    stored = study.run(with_corrupted_image, condition_id)["sample_id"]
    is_stored = pl.col("sample_id").is_in(stored.implode())
    return pl.when(is_stored).then(pl.lit(CORRUPTED)).otherwise(pl.lit(ORIGINAL))


def image_png(study: Study, condition_id: int, sample_id: int) -> bytes | None:
    """The image as PNG; None where no such sample, condition or image is stored."""
    if condition_id not in study.names.conditions.values():
        return None
    stored = study.ask(sample_images, condition_id, sample_id)
    if stored.is_empty():
        return None
    clean: bytes | None
    corrupted: bytes | None
    clean, corrupted = stored.row(0)
    if clean is not None and is_made_here(study, condition_id):
        return corrupted_png(clean, _condition(study, condition_id), sample_id)
    return corrupted or clean


def corrupted_png(clean: bytes, condition: dict[str, Any], sample_id: int) -> bytes:
    """A clean image as the generator corrupts it.

    Args:
        clean: PNG with the data set's own pixels, grey or in colour.
        condition: its row of the table `conditions`.
        sample_id: of the image.

    Raises:
        InputError: no PNG, or one larger than a study stores, which may hold anything.
    """
    sides = struct.unpack(">II", clean[16:24]) if clean.startswith(_PNG) else ()
    if not sides or max(sides) > THUMBNAIL_SIDE:
        raise InputError(
            f"Image of sample {sample_id}: expected a PNG of at most {THUMBNAIL_SIDE} pixels a "
            f"side, found {' × '.join(map(str, sides)) or 'something else'}."
        )
    from PIL import Image  # noqa: PLC0415 - few need it, and not before an image is shown

    pixels = np.asarray(Image.open(BytesIO(clean)).convert("RGB"))
    images = corrupt(
        pixels[None],
        condition["corruption"],
        condition["severity"],
        condition["generator_seed"],
        indices=np.array([sample_id]),
    )
    png = BytesIO()
    Image.fromarray(images[0]).save(png, "PNG", compress_level=1)
    return png.getvalue()


def _condition(study: Study, condition_id: int) -> dict[str, Any]:
    return study.conditions.row(by_predicate=pl.col("condition_id") == condition_id, named=True)
