"""Reading and writing the official layout, on folders made for the test and on the real sample."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from core.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from core.errors import InputError
from core.vision.corrupted_files.official import open_official
from core.vision.corrupted_files.writing import write_official
from core.vision.datasets import ImageSet, load_dataset

CLASSES = tuple("abcd")
DATA = os.environ.get("PRUNESCOPE_DATA")


def image_set(count=40, seed=0):
    """Images with a bright bar in a place of their own over noise; labels in no order."""
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 120, (count, 32, 32, 3), dtype=np.uint8)
    for number, image in enumerate(images):
        image[number % 28 : number % 28 + 4, :, number % 3] = 230
    labels = generator.integers(0, 4, count).astype(np.int64)
    return ImageSet(images, labels, np.arange(count, dtype=np.int64), CLASSES)


def write(folder, test, corruptions=("gaussian_noise", "contrast"), **settings):
    return write_official(folder, test, corruptions, data_fingerprint="f", **settings)


def test_what_is_written_is_read_back_by_condition(tmp_path):
    test = image_set()
    assert write(tmp_path / "c", test, seed=3) == 2
    official = open_official(tmp_path / "c", test)
    assert official.present == ("gaussian_noise", "contrast")
    assert set(official.present) | set(official.missing) == set(CORRUPTIONS)
    assert official.order == "rows in the test set's order, labels checked"
    assert official.source == "generated:2"
    for severity in SEVERITIES:
        images = official.images("gaussian_noise", severity)
        assert len(images) == len(test)
        expected = corrupt(test.images, "gaussian_noise", severity, seed=3)
        assert (images[:] == expected).all()
        assert (images[np.array([7, 2])] == expected[[7, 2]]).all()


def test_the_files_have_the_shapes_of_the_official_ones(tmp_path):
    test = image_set()
    write(tmp_path, test, ["contrast"])
    array = np.load(tmp_path / "contrast.npy")
    assert array.shape == (200, 32, 32, 3)
    assert array.dtype == np.uint8
    assert (np.load(tmp_path / "labels.npy") == np.tile(test.labels, 5)).all()
    assert np.load(tmp_path / "labels.npy").dtype == np.uint8
    assert json.loads((tmp_path / "generated.json").read_text())["source"] == "generated:2"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "contrast.npy",
        "generated.json",
        "labels.npy",
    ]


def test_a_part_of_the_samples_gets_its_own_rows(tmp_path):
    test = image_set()
    write(tmp_path, test)
    some = test.take(np.array([31, 4, 12]))
    images = open_official(tmp_path, some).images("gaussian_noise", 2)
    assert (images[:] == corrupt(test.images, "gaussian_noise", 2)[[31, 4, 12]]).all()


def test_labels_may_stand_in_their_file_once(tmp_path):
    test = image_set()
    write(tmp_path, test)
    np.save(tmp_path / "labels.npy", test.labels)
    assert open_official(tmp_path, test).image_count == 40


def test_files_without_a_note_are_the_authors_and_a_damaged_note_is_refused(tmp_path):
    test = image_set()
    write(tmp_path, test)
    (tmp_path / "generated.json").write_text("[1]")
    expect("an object with a source in .*generated.json", open_official, tmp_path, test)
    (tmp_path / "generated.json").write_text("{")
    expect("JSON in .*generated.json", write, tmp_path, test)
    (tmp_path / "generated.json").unlink()
    assert open_official(tmp_path, test).source == "official"


def test_another_row_order_is_matched_by_the_pixels(tmp_path):
    test = image_set()
    write(tmp_path, test)
    order = np.random.default_rng(5).permutation(40)
    shuffled = ImageSet(test.images[order], test.labels[order], test.sample_ids, CLASSES)
    official = open_official(tmp_path, shuffled)
    assert (official.rows == order).all()
    moved = int((order != np.arange(40)).sum())
    assert official.order == f"rows matched by pixels with contrast: {moved} stand elsewhere"


def test_another_order_with_the_same_labels_is_noticed_too(tmp_path):
    test = image_set()
    test = ImageSet(test.images, np.zeros(40, np.int64), test.sample_ids, CLASSES)
    write(tmp_path, test)
    reverse = ImageSet(test.images[::-1], test.labels, test.sample_ids, CLASSES)
    assert (open_official(tmp_path, reverse).rows == np.arange(40)[::-1]).all()


def test_a_stopped_run_goes_on_and_a_finished_file_is_kept(tmp_path):
    test = image_set()

    class StopError(Exception):
        pass

    def stop(corruption, count):
        if corruption == "contrast":
            raise StopError

    with pytest.raises(StopError):
        write(tmp_path, test, on_images=stop)
    assert not (tmp_path / "contrast.npy").exists()
    before = (tmp_path / "gaussian_noise.npy").stat().st_mtime_ns
    assert write(tmp_path, test) == 1
    assert (tmp_path / "gaussian_noise.npy").stat().st_mtime_ns == before
    contrast = open_official(tmp_path, test).images("contrast", 5)
    assert (contrast[:] == corrupt(test.images, "contrast", 5)).all()
    assert write(tmp_path, test) == 0


def expect(sentence, action, *arguments, **settings):
    with pytest.raises(InputError, match=sentence) as caught:
        action(*arguments, **settings)
    assert "\n" not in str(caught.value)


def test_each_mistake_in_the_files_gets_one_sentence(tmp_path):
    test = image_set()
    expect("official layout in .*, found no labels.npy", open_official, tmp_path, test)
    np.save(tmp_path / "labels.npy", np.tile(test.labels, 5))
    expect("such as gaussian_noise.npy in .*, found none", open_official, tmp_path, test)
    (tmp_path / "fog.npy").write_bytes(b"no numpy")
    expect("whole .npy file at .*fog.npy, found one", open_official, tmp_path, test)
    np.save(tmp_path / "fog.npy", np.zeros((200, 32, 32, 3)))
    expect(r"uint8 images \(200, .*found float64", open_official, tmp_path, test)
    np.save(tmp_path / "fog.npy", np.zeros((200, 28, 28, 3), np.uint8))
    expect(r"shape \(32, 32, 3\) like .*found \(28, 28, 3\)", open_official, tmp_path, test)
    np.save(tmp_path / "fog.npy", np.zeros((195, 32, 32, 3), np.uint8))
    expect("195 labels for the 195 images .*, found 200", open_official, tmp_path, test)
    np.save(tmp_path / "fog.npy", np.zeros((200, 32, 32, 3), np.uint8))
    official = open_official(tmp_path, test)
    expect("contrast.npy in .*, found only fog", official.images, "contrast", 1)
    expect("severity from 1 to 5, found 6", official.images, "fog", 6)
    np.save(tmp_path / "labels.npy", np.arange(200) % 4)
    np.save(tmp_path / "labels.npy", np.roll(np.tile(test.labels, 5), 3))
    expect("the labels of the test set in .*another at row", open_official, tmp_path, test)
    uneven = np.tile(test.labels, 5)
    uneven[60] += 1
    np.save(tmp_path / "labels.npy", uneven)
    expect("same 40 labels for each of the 5 severities", open_official, tmp_path, test)
    np.save(tmp_path / "labels.npy", np.zeros(200))
    expect("integer labels .*, found float64", open_official, tmp_path, test)


def test_a_truncated_file_gets_one_sentence(tmp_path):
    test = image_set()
    write(tmp_path, test)
    path = tmp_path / "contrast.npy"
    path.write_bytes(path.read_bytes()[:-100])
    expect(
        "whole .npy file at .*contrast.npy, found one that is cut", open_official, tmp_path, test
    )


def test_images_that_the_files_do_not_hold_are_refused_by_name(tmp_path):
    test = image_set()
    write(tmp_path, test.take(np.arange(30)))
    expect(
        "all 40 test images in .*, found those of 30 among 30: sample 30",
        open_official,
        tmp_path,
        test,
    )
    (tmp_path / "contrast.npy").unlink()
    expect("only 30 images for ids up to 39", open_official, tmp_path, test)


def test_swapped_labels_are_refused_even_if_the_pixels_match(tmp_path):
    test = image_set()
    write(tmp_path, test)
    labels = test.labels.copy()
    labels[9] = (labels[9] + 1) % 4
    other = ImageSet(test.images, labels, test.sample_ids, CLASSES)
    expect("expected label . for sample 9 in", open_official, tmp_path, other)


def test_writing_refuses_what_it_would_mix_and_leaves_nothing_behind(tmp_path):
    test = image_set()
    write(tmp_path / "a", test)
    expect("same settings in .*, found other seed", write, tmp_path / "a", test, seed=1)
    (tmp_path / "b").mkdir()
    np.save(tmp_path / "b" / "fog.npy", np.zeros(3))
    expect("empty folder .*, found fog.npy", write, tmp_path / "b", test)
    small = ImageSet(test.images[:, :20, :20], test.labels, test.sample_ids, CLASSES)
    expect("at least 28 pixels", write, tmp_path / "c", small)
    expect("a corruption, one of", write, tmp_path / "c", test, ["fogg"])
    expect("pictures of frost", write, tmp_path / "c", test, frost_textures=tmp_path / "none")
    assert not (tmp_path / "c").exists()


@pytest.mark.real_data
@pytest.mark.skipif(DATA is None, reason="PRUNESCOPE_DATA names no folder with data sets")
def test_the_real_sample_is_read_matched_and_refused_as_it_should():
    test = load_dataset("cifar10", folder=Path(DATA) / "cifar10").test
    folder = Path(DATA) / "cifar10c-sample" / "CIFAR-10-C"
    first = test.take(np.arange(100))
    official = open_official(folder, first)
    assert official.missing == ()
    assert (official.rows == np.arange(100)).all()
    contrast = official.images("contrast", 4)[:]
    assert (contrast == corrupt(first.images, "contrast", 4)).all()
    backwards = test.take(np.arange(100)[::-1])
    backwards = ImageSet(backwards.images, backwards.labels, np.arange(100), test.class_names)
    assert (open_official(folder, backwards).rows == np.arange(100)[::-1]).all()
    with pytest.raises(
        InputError, match=r"all 10000 test images in .*, found those of 100 among 100"
    ):
        open_official(folder, test)
