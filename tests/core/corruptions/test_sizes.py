"""An enlarged image changes as much as the small one: what is in pixels grows with the image."""

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from core.corruptions import CORRUPTIONS, corrupt

# Eight pixels of the codec, and a share of the resolution, are so whatever the image's size.
NOT_IN_PIXELS = {"jpeg_compression", "pixelate"}


@pytest.fixture(scope="module")
def pieces():
    """Eight smooth pieces of a photograph at 32 and at 64 pixels a side."""
    picture = load_sample_image("china.jpg")
    small, large = [], []
    for top in (20, 148):
        for left in (30, 158, 286, 414):
            piece = Image.fromarray(picture[top : top + 128, left : left + 128])
            shrunk = piece.resize((32, 32), Image.Resampling.LANCZOS)
            small.append(np.asarray(shrunk))
            large.append(np.asarray(shrunk.resize((64, 64), Image.Resampling.BICUBIC)))
    return np.stack(small), np.stack(large)


@pytest.mark.parametrize("severity", [3, 5])
@pytest.mark.parametrize("corruption", sorted(set(CORRUPTIONS) - NOT_IN_PIXELS))
def test_the_mean_change_is_alike_at_twice_the_size(pieces, corruption, severity):
    changes = []
    for images in pieces:
        versions = [corrupt(images, corruption, severity, seed).astype(int) for seed in range(4)]
        changes.append(np.mean([np.abs(version - images).mean() for version in versions]))
    small, large = changes  # the weakest blurs, of under half a pixel, are hardly Gaussians
    assert large == pytest.approx(small, rel=0.25)
