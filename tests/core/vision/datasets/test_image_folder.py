from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import InputError
from core.vision.datasets import load_dataset


def write_images(folder: Path, *, classes: str = "ab", count: int = 3, size=(8, 8)) -> None:
    generator = np.random.default_rng(0)
    for name in classes:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = generator.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number:02}.png")


def load(folder: Path, **settings):
    return load_dataset("image_folder", folder=folder, **settings)


def test_class_folders_are_decoded_on_demand_in_the_order_of_their_paths(tmp_path):
    write_images(tmp_path / "test")
    test = load(tmp_path).test
    assert test.class_names == ("a", "b")
    assert test.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert test.sample_ids.tolist() == [0, 1, 2, 3, 4, 5]
    assert not isinstance(test.images, np.ndarray)
    expected = [np.asarray(Image.open(p)) for p in sorted(tmp_path.rglob("*.png"))]
    assert np.array_equal(test.images[:], np.stack(expected))
    assert np.array_equal(test.images[np.array([4, 1])], np.stack([expected[4], expected[1]]))
    taken = test.take(np.array([5, 0, 3])).take(np.array([2, 0]))
    assert np.array_equal(taken.images[0:2], np.stack([expected[3], expected[5]]))
    assert taken.sample_ids.tolist() == [3, 5]


def test_folders_named_train_validation_and_test_are_the_parts(tmp_path):
    for part, count in (("train", 5), ("val", 3), ("test", 2)):
        write_images(tmp_path / part, count=count)
    made = load(tmp_path)
    assert [len(part) for part in (made.train, made.validation, made.test)] == [10, 6, 4]


def test_without_a_test_folder_the_validation_folder_is_the_test_set(tmp_path):
    for part, count in (("train", 10), ("val", 3)):
        write_images(tmp_path / part, count=count)
    made = load(tmp_path, validation_fraction=0.2)
    assert [len(part) for part in (made.train, made.validation, made.test)] == [16, 4, 6]


def test_class_folders_alone_are_divided(tmp_path):
    write_images(tmp_path, count=10)
    made = load(tmp_path, validation_fraction=0.1, test_fraction=0.2)
    assert [len(part) for part in (made.train, made.validation, made.test)] == [14, 2, 4]


def test_grey_wide_and_transparent_images_become_square_rgb(tmp_path):
    for mode, size in (("L", (40, 20)), ("RGBA", (20, 40)), ("P", (30, 30))):
        (tmp_path / "test" / mode).mkdir(parents=True)
        Image.new(mode, size, 100 if mode != "RGBA" else (9, 8, 7, 255)).save(
            tmp_path / "test" / mode / "0.png"
        )
    images = load(tmp_path, image_size=16).test.images[:]
    assert images.shape == (3, 16, 16, 3)
    assert np.all(images[0] == 100)
    assert np.all(images[2] == np.array([9, 8, 7]))


@pytest.mark.parametrize("extension", ["png", "webp", "bmp", "gif", "tiff", "ppm"])
def test_every_lossless_format_of_pillow_is_decoded(tmp_path, extension):
    for name in "ab":
        (tmp_path / "test" / name).mkdir(parents=True)
        image = Image.new("RGB", (5, 4), (200, 100, 0))
        image.save(tmp_path / "test" / name / f"0.{extension}", lossless=True)
    assert np.all(load(tmp_path).test.images[:] == np.array([200, 100, 0]))


def test_resizing_keeps_proportions_by_cutting_the_centre(tmp_path):
    pixels = np.zeros((10, 30, 3), dtype=np.uint8)
    pixels[:, 10:20] = 200
    for name in "ab":
        (tmp_path / "test" / name).mkdir(parents=True)
        Image.fromarray(pixels).save(tmp_path / "test" / name / "0.png")
    assert np.all(load(tmp_path, image_size=10).test.images[:] == 200)


def test_the_fingerprint_names_the_files_without_decoding_them(tmp_path):
    write_images(tmp_path / "test")
    first = load(tmp_path).fingerprint
    (tmp_path / "test" / "a" / "00.png").rename(tmp_path / "test" / "a" / "000.png")
    assert load(tmp_path).fingerprint != first


def test_an_unreadable_image_is_named_when_it_is_read(tmp_path):
    write_images(tmp_path / "test")
    (tmp_path / "test" / "b" / "01.png").write_bytes(b"not an image")
    images = load(tmp_path).test.images
    assert images[:4].shape == (4, 8, 8, 3)
    with pytest.raises(
        InputError, match=r"expected an image in .*b/01\.png, found one that cannot"
    ):
        images[:]


def test_a_truncated_image_is_named(tmp_path):
    write_images(tmp_path / "test")
    path = tmp_path / "test" / "a" / "02.png"
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(InputError, match=r"a/02\.png, found one that cannot be read"):
        load(tmp_path).test.images[:]


def test_an_image_of_another_size_is_named_unless_all_are_resized(tmp_path):
    write_images(tmp_path / "test")
    Image.new("RGB", (9, 8)).save(tmp_path / "test" / "b" / "00.png")
    with pytest.raises(
        InputError, match=r"8x8 pixels like the first one, found 9x8 in .*b/00\.png"
    ):
        load(tmp_path).test.images[3:]
    assert load(tmp_path, image_size=8).test.images[:].shape == (6, 8, 8, 3)


def test_parts_with_different_classes_are_refused(tmp_path):
    write_images(tmp_path / "train", classes="ab")
    write_images(tmp_path / "test", classes="ac")
    with pytest.raises(InputError, match=r"expected the classes a, b in .*test, found a, c"):
        load(tmp_path)


def test_an_empty_class_and_a_folder_without_classes_are_named(tmp_path):
    with pytest.raises(InputError, match=r"expected a folder of images for each class in"):
        load(tmp_path)
    write_images(tmp_path / "test")
    (tmp_path / "test" / "c").mkdir()
    with pytest.raises(InputError, match=r"expected images in .*/c, found none"):
        load(tmp_path)


def test_given_class_names_must_be_as_many_as_the_folders(tmp_path):
    write_images(tmp_path / "test")
    assert load(tmp_path, class_names=["x", "y"]).test.class_names == ("x", "y")
    with pytest.raises(InputError, match=r"expected 2 class names .*, found 1"):
        load(tmp_path, class_names=["x"])
