"""Any file or folder as a version of the test set, aligned with its samples."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from core.corruptions import corrupt
from core.errors import InputError
from core.vision.conditions import (
    ConditionFolder,
    GeneratedImages,
    condition_folders,
    open_condition,
)
from core.vision.datasets import ImageSet

LABELS = np.array([0, 0, 0, 1, 1, 1], np.int64)
CLASSES = ("cat", "dog")


def images(count=6, side=32, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


@pytest.fixture
def test_set():
    return ImageSet(images(), LABELS, np.arange(6, dtype=np.int64), CLASSES)


def test_frost_from_photographs_is_told_apart_and_a_missing_folder_refused(tmp_path, test_set):
    with pytest.raises(InputError, match="pictures of frost, found none at"):
        GeneratedImages(test_set, "frost", 2, frost_textures=tmp_path / "none")
    Image.new("RGB", (300, 300), (50, 100, 150)).save(tmp_path / "ice.png")
    photographs = GeneratedImages(test_set, "frost", 1, frost_textures=tmp_path)
    assert photographs.describe() != GeneratedImages(test_set, "frost", 1).describe()
    black = ImageSet(np.zeros_like(test_set.images), LABELS, test_set.sample_ids, CLASSES)
    frosted = GeneratedImages(black, "frost", 1, frost_textures=tmp_path)[:]
    assert (frosted == (10, 20, 30)).all()


def write_folder(folder, pictures, labels=LABELS):
    for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        place = folder / CLASSES[label] / f"{number:03}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(place)


def write_parquet(path, pictures, labels=LABELS):
    encoded = []
    for picture in pictures:
        sink = pa.BufferOutputStream()
        Image.fromarray(picture).save(pa.PythonFile(sink, mode="w"), "PNG")
        encoded.append({"bytes": sink.getvalue().to_pybytes(), "path": None})
    pq.write_table(pa.table({"image": encoded, "label": labels}), path)


def test_generated_images_are_made_for_the_rows_asked_for(test_set):
    some = test_set.take(np.array([5, 1]))
    made = GeneratedImages(some, "fog", 3, seed=9)
    every = corrupt(test_set.images, "fog", 3, seed=9)
    assert len(made) == 2
    assert (made[:] == every[[5, 1]]).all()
    assert (made[np.array([1])] == every[[1]]).all()
    assert made.describe() == "generated:2 fog 3 seed 9"
    assert GeneratedImages(some, "fog", 4, seed=9).describe() != made.describe()
    with pytest.raises(InputError, match="severity from 1 to 5, found 7"):
        GeneratedImages(some, "fog", 7)


@pytest.mark.parametrize("kind", ["npy", "folder", "parquet"])
def test_a_version_in_the_test_sets_order_is_read_by_row(tmp_path, test_set, kind):
    other = images(seed=1)
    path = tmp_path / {"npy": "v.npy", "folder": "v", "parquet": "v.parquet"}[kind]
    if kind == "npy":
        np.save(path, other)
    elif kind == "folder":
        write_folder(path, other)
    else:
        write_parquet(path, other)
    opened = open_condition(path, test_set)
    assert len(opened) == 6
    assert (opened[:] == other).all()
    assert (opened[np.array([4, 0])] == other[[4, 0]]).all()
    part = open_condition(path, test_set.take(np.array([2, 5])))
    assert (part[:] == other[[2, 5]]).all()


def test_encoded_images_are_resized_to_the_test_set(tmp_path, test_set):
    write_folder(tmp_path / "v", images(side=48))
    assert open_condition(tmp_path / "v", test_set)[:].shape == (6, 32, 32, 3)


def test_imagenet_c_folders_are_listed_by_corruption_and_severity(tmp_path):
    for name in ("fog/1", "fog/5", "snow/2", "fog/notes", "snow/9"):
        (tmp_path / name / "cat").mkdir(parents=True)
    assert condition_folders(tmp_path) == (
        ConditionFolder("fog", 1, tmp_path / "fog/1"),
        ConditionFolder("fog", 5, tmp_path / "fog/5"),
        ConditionFolder("snow", 2, tmp_path / "snow/2"),
    )


def test_mistakes_get_one_sentence(tmp_path, test_set):
    def refused(name, sentence):
        with pytest.raises(InputError, match=sentence) as caught:
            open_condition(tmp_path / name, test_set)
        assert "\n" not in str(caught.value)

    refused("none.npy", "a .npy file at .*, found none")
    refused("none", "a .npy file, a Parquet file or a folder at .*, found none")
    np.save(tmp_path / "size.npy", images(side=28))
    refused("size.npy", r"uint8 images \(M, 32, 32, 3\) in .*, found uint8 of shape \(6, 28")
    np.save(tmp_path / "type.npy", images() / 255)
    refused("type.npy", "found float64 of shape")
    np.save(tmp_path / "few.npy", images(4))
    refused("few.npy", "6 images in the test set's order, or one for each .* up to 5.*, found 4")
    np.save(tmp_path / "cut.npy", images())
    (tmp_path / "cut.npy").write_bytes((tmp_path / "cut.npy").read_bytes()[:-1])
    refused("cut.npy", "whole .npy file at .*cut short")
    write_folder(tmp_path / "labels", images(), LABELS[[0, 0, 0, 0, 4, 5]])
    refused("labels", "labels in .*, found 0 and not 1 for sample 3, the first of 1 that")
    with pytest.raises(InputError, match=r"severity/class/file at .*, found none"):
        condition_folders(tmp_path / "none")
    with pytest.raises(InputError, match=r"such as fog/3 in .*, found none"):
        condition_folders(tmp_path / "labels")
