"""What is frozen of a corruption: the number that its random numbers are keyed by."""

import hashlib
from types import MappingProxyType

import numpy as np
import pytest

import core.corruptions
from core.corruptions import CORRUPTIONS, DEFINITIONS, Corruption, corrupt

# never to be changed: images that were made with them are compared with images made today
NUMBERS = {
    "gaussian_noise": 0,
    "shot_noise": 1,
    "impulse_noise": 2,
    "speckle_noise": 3,
    "defocus_blur": 4,
    "glass_blur": 5,
    "motion_blur": 6,
    "zoom_blur": 7,
    "gaussian_blur": 8,
    "snow": 9,
    "frost": 10,
    "fog": 11,
    "brightness": 12,
    "spatter": 13,
    "contrast": 14,
    "elastic_transform": 15,
    "pixelate": 16,
    "jpeg_compression": 17,
    "saturate": 18,
}
# SHA-256, first 16 digits, of the pictures below at severity 3 with seed 5
CHECKSUMS = {
    "gaussian_noise": "2ecbe71333a83599",
    "impulse_noise": "c1e32016150a5a89",
    "speckle_noise": "95f9cb152d454358",
    "glass_blur": "e70b332e64e57569",
    "fog": "76e3195725ada8d0",
}


def pictures() -> np.ndarray:
    """Three pictures of 32 x 32 pixels without any library's arithmetic in them."""
    rows, columns, channels = np.ogrid[:32, :32, :3]
    ramp = 5 * rows + 3 * columns + 40 * channels
    return np.stack([(ramp + 17 * n) % 256 for n in range(3)]).astype(np.uint8)


def test_the_numbers_are_those_that_images_were_made_with():
    numbers = {name: DEFINITIONS[name].number for name in NUMBERS}
    assert numbers == NUMBERS


def test_no_two_corruptions_share_a_number():
    numbers = [corruption.number for corruption in DEFINITIONS.values()]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("corruption", CHECKSUMS)
def test_the_pixels_are_those_of_the_first_version(corruption):
    pixels = corrupt(pictures(), corruption, 3, seed=5)
    assert hashlib.sha256(pixels.tobytes()).hexdigest()[:16] == CHECKSUMS[corruption]


def test_a_corruption_inserted_before_the_others_changes_none_of_them(monkeypatch):
    before = {name: corrupt(pictures(), name, 2) for name in CORRUPTIONS}
    new = Corruption("rain", "weather", number=max(NUMBERS.values()) + 1, in_benchmark=False)
    longer = MappingProxyType({new.name: new, **dict(reversed(DEFINITIONS.items()))})
    monkeypatch.setattr(core.corruptions, "DEFINITIONS", longer)
    monkeypatch.setattr(
        core.corruptions, "CORRUPTIONS", {name: one.category for name, one in longer.items()}
    )
    for name, pixels in before.items():
        assert (corrupt(pictures(), name, 2) == pixels).all(), name


def test_the_benchmark_has_fifteen():
    outside = {name for name, corruption in DEFINITIONS.items() if not corruption.in_benchmark}
    assert outside == {"speckle_noise", "gaussian_blur", "spatter", "saturate"}
    assert len(DEFINITIONS) == 19
