"""Frost: the generated textures, and photographs from a folder."""

import numpy as np
import pytest
from PIL import Image

from core.corruptions import corrupt
from core.corruptions.frost import generated_textures, load_textures
from core.errors import InputError


def photographs(folder, colours, side=400):
    folder.mkdir(exist_ok=True)
    for name, colour in colours.items():
        Image.new("RGB", (side, side + 50), colour).save(folder / f"{name}.png")
    return folder


def black(count=60):
    return np.zeros((count, 32, 32, 3), np.uint8)


def test_generated_textures_are_always_the_same_and_icy():
    first = [texture.copy() for texture in generated_textures(32)]
    generated_textures.cache_clear()
    for texture, again in zip(first, generated_textures(32), strict=True):
        assert (texture == again).all()
    for texture in first:
        red, _, blue = texture.reshape(-1, 3).mean(axis=0)
        assert blue > red
        assert 10 < texture.std(axis=(0, 1)).mean() < 50


def test_a_folder_of_photographs_is_used_instead(tmp_path):
    folder = photographs(tmp_path / "ice", {"a": (100, 0, 0), "b": (0, 100, 0)})
    frosted = corrupt(black(), "frost", 3, frost_textures=folder)
    colours = {tuple(image[0, 0]) for image in frosted}
    assert colours == {(40, 0, 0), (0, 40, 0)}
    assert all((image == image[0, 0]).all() for image in frosted)


def test_of_the_authors_six_photographs_the_last_is_left_out(tmp_path):
    colours = {f"frost{number}": (number * 20,) * 3 for number in range(1, 7)}
    frosted = corrupt(black(300), "frost", 1, frost_textures=photographs(tmp_path / "i", colours))
    assert {int(value) for value in np.unique(frosted)} == {4, 8, 12, 16, 20}


def test_photographs_shrink_to_a_fifth_at_32_pixels_by_reading_every_fifth_pixel(tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (300, 200, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "noise.png")
    (shrunk,) = load_textures(tmp_path, 32)
    assert (shrunk == picture[2::5, 2::5]).all()


def test_every_place_of_the_photograph_is_drawn(tmp_path):
    ramp = np.zeros((400, 400, 3), np.uint8)
    ramp[..., 0] = np.arange(400)[:, None] // 2
    ramp[..., 1] = np.arange(400) // 2
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    frosted = corrupt(black(500), "frost", 1, frost_textures=tmp_path)
    corners = frosted[:, 0, 0, :2] / 0.2
    assert corners.min() < 10
    assert corners.max(axis=0).min() > 105  # of 120, the furthest a crop can start
    assert abs(np.corrcoef(corners.T)[0, 1]) < 0.15


def test_each_mistake_gets_one_sentence(tmp_path):
    def refused(folder, sentence):
        with pytest.raises(InputError, match=sentence) as caught:
            corrupt(black(1), "frost", 1, frost_textures=folder)
        assert "\n" not in str(caught.value)

    refused(tmp_path / "none", "folder with pictures of frost, found none at")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "found no PNG, JPEG")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.png").write_bytes(b"no picture")
    refused(tmp_path / "bad", "a picture of frost, found .*a.png, which is none")
    photographs(tmp_path / "small", {"a": (1, 2, 3)}, side=100)
    refused(tmp_path / "small", "at least 165 pixels a side, found .*a.png with 100 x 150")
