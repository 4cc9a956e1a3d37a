"""The promises of `corrupt` that hold for every corruption and severity."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from core.errors import InputError

CONDITIONS = [(name, severity) for name in CORRUPTIONS for severity in SEVERITIES]


def pictures(count: int, side: int = 32, seed: int = 0) -> np.ndarray:
    """Smooth coloured gradients with a little texture, neither black nor white."""
    generator = np.random.default_rng(seed)
    ramp = np.linspace(0, 1, side)
    corners = generator.uniform(20, 235, (count, 2, 2, 3))
    rows = np.stack([1 - ramp, ramp])
    smooth = np.einsum("yi,nyxc,xj->nijc", rows, corners, rows)
    return (smooth + generator.normal(0, 6, smooth.shape)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(("corruption", "severity"), CONDITIONS)
def test_every_condition_changes_the_picture_and_keeps_its_shape(corruption, severity):
    images = pictures(4)
    before = images.copy()
    corrupted = corrupt(images, corruption, severity)
    assert corrupted.shape == images.shape
    assert corrupted.dtype == np.uint8
    assert (images == before).all(), "the argument was changed"
    for image, result in zip(images, corrupted, strict=True):
        assert (image != result).any()


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_an_image_is_the_same_alone_in_a_batch_and_in_another_order(corruption):
    images = pictures(70)  # more than one chunk
    together = corrupt(images, corruption, 3, seed=5)
    order = np.random.default_rng(1).permutation(len(images))
    shuffled = corrupt(images[order], corruption, 3, seed=5, indices=order)
    assert (shuffled == together[order]).all()
    for number in (0, 63, 64, 69):
        alone = corrupt(images[number : number + 1], corruption, 3, 5, indices=np.array([number]))
        assert (alone[0] == together[number]).all()


RANDOM = sorted(
    set(CORRUPTIONS)
    - {"defocus_blur", "gaussian_blur", "zoom_blur", "contrast", "brightness", "saturate"}
    - {"pixelate", "jpeg_compression"}
)


@pytest.mark.parametrize("corruption", RANDOM)
def test_seed_severity_and_index_each_give_other_random_numbers(corruption):
    images = np.repeat(pictures(1), 8, axis=0)
    first = corrupt(images, corruption, 3, seed=0)
    assert len({image.tobytes() for image in first}) > 4, "two images share their random numbers"
    assert (first != corrupt(images, corruption, 3, seed=1)).any()
    assert (first == corrupt(images, corruption, 3, seed=0)).all()


@pytest.mark.parametrize("side", [28, 33, 48, 64])
@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_other_square_sizes_work(corruption, side):
    images = pictures(2, side)
    for severity in (1, 5):
        corrupted = corrupt(images, corruption, severity)
        assert corrupted.shape == images.shape
        assert (corrupted != images).any()


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_an_empty_batch_gives_an_empty_batch(corruption):
    assert corrupt(pictures(0), corruption, 1).shape == (0, 32, 32, 3)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"images": [[1]]}, r"a uint8 array \(N, side, side, 3\), found list"),
        ({"images": pictures(2) / 255}, r"uint8 .*, found float64 with values 0\.\S*\.\.[01]"),
        ({"images": pictures(2).astype(np.int16)}, r"uint8 .*, found int16 with values"),
        ({"images": pictures(2)[0]}, r"square .*, found shape \(32, 32, 3\)"),
        ({"images": pictures(2)[..., :1]}, r"three channels, found shape \(2, 32, 32, 1\)"),
        ({"images": pictures(2)[:, :30]}, r"square .*, found shape \(2, 30, 32, 3\)"),
        ({"images": pictures(2, 24)}, "at least 28 pixels a side, found 24"),
        ({"corruption": "fogg"}, "one of gaussian_noise, shot.*, found 'fogg'"),
        ({"severity": 0}, "from 1 to 5, found 0"),
        ({"severity": 6}, "from 1 to 5, found 6"),
        ({"severity": True}, "from 1 to 5, found True"),
        ({"seed": -1}, "non-negative integer as the seed, found -1"),
        ({"seed": 1.5}, "non-negative integer as the seed, found 1.5"),
        ({"indices": np.arange(3)}, r"2 non-negative integers .*, found int64 of shape \(3,\)"),
        ({"indices": np.array([0, -1])}, "2 non-negative integers .*, found -1"),
    ],
)
def test_bad_input_gets_one_sentence(change, sentence):
    arguments = {"images": pictures(2), "corruption": "contrast", "severity": 1} | change
    with pytest.raises(InputError, match=sentence) as caught:
        corrupt(**arguments)
    assert "\n" not in str(caught.value)


def test_importing_the_names_brings_neither_torch_nor_scipy_nor_pillow():
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from core.corruptions import CORRUPTIONS; print(*sys.modules)",
        ],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"torch", "scipy", "PIL", "torchvision"} & set(loaded)
