"""The 1,797 handwritten digits that scikit-learn carries: real images without a download."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.datasets import load_digits

from core.vision.datasets.image_set import ImageSet
from core.vision.datasets.resizing import resize_images
from core.vision.datasets.splits import OfficialParts

GREY_LEVELS = 16


def load(image_size: int | None, class_names: Sequence[str] | None = None) -> OfficialParts:
    """All digits in scikit-learn's order, 8x8 grey levels 0..16 stretched to 0..255."""
    digits = load_digits()
    images = np.round(digits.images * (255 / GREY_LEVELS)).astype(np.uint8)
    everything = ImageSet(
        images=resize_images(images, image_size),
        labels=digits.target.astype(np.int64),
        sample_ids=np.arange(len(images), dtype=np.int64),
        class_names=tuple(str(name) for name in class_names or digits.target_names),
    )
    return OfficialParts(train=everything)
