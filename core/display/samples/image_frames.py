"""The images that the page shows of samples: in one place, so that all show the same kind."""

from __future__ import annotations

from collections.abc import Sequence

from core.store.queries.thumbnails import thumbnails
from core.store.study import Study

IMAGE_WORDS = "clean original"
"""What captions call the images that `condition_images` gives."""


def condition_images(
    study: Study, condition: str, sample_ids: Sequence[int]
) -> dict[int, bytes | None]:
    """The image of each sample, whatever the condition: as IMAGE_WORDS says, the clean original.

    Args:
        study: the open study.
        condition: under which the samples are looked at.
        sample_ids: at least none.

    Returns:
        PNG bytes by sample_id, None for a sample without an image.
    """
    del condition  # corrupted images are not stored
    return dict(study.ask(thumbnails, list(sample_ids)).iter_rows())
