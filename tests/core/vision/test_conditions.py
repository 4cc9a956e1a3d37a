"""Any file or folder as a version of the test set, aligned with its samples."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from core.corruptions import corrupt
from core.errors import InputError
from core.vision.condition_folders import ConditionFolder, condition_folders
from core.vision.conditions import GeneratedImages, open_condition
from core.vision.datasets import ImageSet, load_test_set

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
    np.save(tmp_path / "shape.npy", images()[..., :2])
    refused(
        "shape.npy", r"uint8 images \(M, 32, 32, 3\) in .*, found uint8 of shape \(6, 32, 32, 2"
    )
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


def blocks(count=6):
    """Five severities of `count` images, and what severity 3 is of them."""
    whole = images(5 * count, seed=3)
    return whole, whole[2 * count : 3 * count]


@pytest.mark.parametrize("count", [6, 9])
def test_of_five_severities_in_a_file_the_one_asked_for_is_taken(tmp_path, test_set, count):
    whole, third = blocks(count)
    np.save(tmp_path / "fog.npy", whole)
    opened = open_condition(tmp_path / "fog.npy", test_set, severity=3, image_count=count)
    assert (opened[:] == third[:6]).all()
    part = test_set.take(np.array([5, 1]))
    opened = open_condition(tmp_path / "fog.npy", part, severity=3, image_count=count)
    assert (opened[:] == third[[5, 1]]).all()


@pytest.mark.parametrize("count", [7, 12, 29, 31])
def test_a_surplus_of_images_without_labels_is_refused(tmp_path, test_set, count):
    np.save(tmp_path / "fog.npy", images(count))
    with pytest.raises(InputError, match=rf"5 times as many, severity by .*found {count}$"):
        open_condition(tmp_path / "fog.npy", test_set, image_count=6)


def test_labels_beside_an_array_are_checked(tmp_path, test_set):
    whole, third = blocks()
    np.save(tmp_path / "fog.npy", whole)
    np.save(tmp_path / "labels.npy", np.tile(LABELS, 5))
    opened = open_condition(tmp_path / "fog.npy", test_set, severity=3, image_count=6)
    assert (opened[:] == third).all()
    np.save(tmp_path / "labels.npy", np.tile(LABELS[::-1], 5))
    with pytest.raises(InputError, match=r"labels in .*fog\.npy, found 1 and not 0 for sample 0"):
        open_condition(tmp_path / "fog.npy", test_set, severity=3, image_count=6)


def test_grey_arrays_and_those_of_another_size_become_what_the_test_set_is(tmp_path, test_set):
    grey = images()[..., :1]
    for name, array in (("a", grey), ("b", grey[..., 0])):
        np.save(tmp_path / f"{name}.npy", array)
        assert (open_condition(tmp_path / f"{name}.npy", test_set)[:] == grey.repeat(3, 3)).all()
    np.save(tmp_path / "c.npy", np.full((6, 28, 28, 1), 7, np.uint8))
    found = open_condition(tmp_path / "c.npy", test_set)[:]
    assert found.shape == (6, 32, 32, 3)
    assert (found == 7).all()


@pytest.fixture
def folder_test_set(tmp_path):
    write_folder(tmp_path / "clean", images())
    return load_test_set("image_folder", folder=tmp_path / "clean")[0]


def test_versions_are_paired_by_name_where_both_sides_have_names(tmp_path, folder_test_set):
    other = images(8, seed=1)
    for number in range(6):
        place = tmp_path / "v" / CLASSES[LABELS[number]] / f"{number:03}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(other[number]).save(place.with_suffix(".png"))
    # more images, which come first in order
    Image.fromarray(other[6]).save(tmp_path / "v" / "cat" / "000a.png")
    opened = open_condition(tmp_path / "v", folder_test_set)
    assert (opened[:] == other[:6]).all()
    (tmp_path / "v" / "cat" / "001.png").rename(tmp_path / "v" / "cat" / "001b.png")
    with pytest.raises(InputError, match=r"by its name in .*, found none of cat/001, the first"):
        open_condition(tmp_path / "v", folder_test_set)


def test_names_alone_pair_a_table_with_class_folders(tmp_path):
    (tmp_path / "flat").mkdir()
    lines = ["file,label"]
    for number in (5, 0, 3, 1, 4, 2):  # the table's order does not matter
        Image.fromarray(images()[number]).save(tmp_path / "flat" / f"{9 - number:03}.png")
        lines.append(f"{9 - number:03}.png,{CLASSES[LABELS[number]]}")
    (tmp_path / "flat" / "labels.csv").write_text("\n".join(lines))
    test, _ = load_test_set("image_folder", folder=tmp_path / "flat")
    assert test.labels.tolist() == [1, 1, 1, 0, 0, 0]
    other = images(seed=1)
    for number in range(6):
        place = tmp_path / "v" / CLASSES[LABELS[number]]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(other[number]).save(place / f"{9 - number:03}.png")
    opened = open_condition(tmp_path / "v", test)
    assert (opened[:] == other[[5, 4, 3, 2, 1, 0]]).all()


def test_labels_are_compared_by_the_classes_names(tmp_path):
    test = ImageSet(images(), 1 - LABELS, np.arange(6, dtype=np.int64), CLASSES[::-1])
    write_folder(tmp_path / "v", images(seed=1))
    assert (open_condition(tmp_path / "v", test)[:] == images(seed=1)).all()


def test_published_layouts_are_listed(tmp_path):
    for name in ("noise/fog/1/cat", "blur/Defocus Blur/3/cat"):
        (tmp_path / "categories" / name).mkdir(parents=True)
    assert condition_folders(tmp_path / "categories") == (
        ConditionFolder("defocus_blur", 3, tmp_path / "categories/blur/Defocus Blur/3", "blur"),
        ConditionFolder("fog", 1, tmp_path / "categories/noise/fog/1", "noise"),
    )
    place = tmp_path / "arrays"
    place.mkdir()
    np.save(place / "labels.npy", np.tile(LABELS, 5))
    np.save(place / "checkerboard_cutout.npy", blocks()[0])
    np.save(place / "sparkles.npy", images())
    np.save(place / "plasma_noise_4.npy", images())
    assert [(one.corruption, one.severity) for one in condition_folders(place, 6)] == [
        *(("checkerboard_cutout", severity) for severity in (1, 2, 3, 4, 5)),
        ("plasma_noise", 4),
        ("sparkles", 1),
    ]
    for name in ("fog", "identity"):
        (tmp_path / "mnist_c" / name).mkdir(parents=True)
        np.save(tmp_path / "mnist_c" / name / "test_images.npy", images()[..., :1])
        np.save(tmp_path / "mnist_c" / name / "test_labels.npy", LABELS)
    file = tmp_path / "mnist_c" / "fog" / "test_images.npy"
    assert condition_folders(tmp_path / "mnist_c", 6) == (ConditionFolder("fog", 1, file),)
