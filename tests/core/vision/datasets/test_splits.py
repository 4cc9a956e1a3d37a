import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.vision.datasets.image_set import ImageSet
from core.vision.datasets.splits import OfficialParts, divide, make_splits

CLASSES = 5


def image_set(labels: list[int], *, seed: int = 0) -> ImageSet:
    generator = np.random.default_rng(seed)
    return ImageSet(
        images=generator.integers(0, 256, (len(labels), 4, 4, 3), dtype=np.uint8),
        labels=np.array(labels, dtype=np.int64),
        sample_ids=np.arange(len(labels), dtype=np.int64),
        class_names=tuple("abcde"),
    )


def splits(parts: OfficialParts, *, validation: float = 0.1, test: float = 0.2, seed: int = 0):
    return make_splits("d", parts, validation_fraction=validation, test_fraction=test, seed=seed)


@given(
    labels=st.lists(st.integers(0, CLASSES - 1), max_size=200),
    share=st.floats(0, 1),
    seed=st.integers(0, 10),
)
def test_a_division_is_disjoint_complete_in_order_and_gives_each_class_its_share(
    labels, share, seed
):
    array = np.array(labels, dtype=np.int64)
    count = round(share * len(array))
    rest, drawn = divide(array, count, seed=seed)
    assert sorted([*rest, *drawn]) == list(range(len(array)))
    assert len(drawn) == count
    assert np.all(np.diff(rest) > 0) and np.all(np.diff(drawn) > 0)
    for label in range(CLASSES):
        of_class = int((array == label).sum())
        fair = of_class * count / max(len(array), 1)
        assert abs(int((array[drawn] == label).sum()) - fair) < 1


def test_the_seed_decides_who_is_drawn():
    labels = np.repeat(np.arange(4), 50)
    first = divide(labels, 40, seed=1)[1]
    assert np.array_equal(first, divide(labels, 40, seed=1)[1])
    assert not np.array_equal(first, divide(labels, 40, seed=2)[1])


def test_three_drawn_parts_share_no_sample_and_keep_pixels_with_ids():
    everything = image_set([0, 1, 2, 3, 4] * 20)
    made = splits(OfficialParts(train=everything))
    ids = [set(part.sample_ids.tolist()) for part in (made.train, made.validation, made.test)]
    assert [len(part) for part in ids] == [70, 10, 20]
    assert made.test_is_drawn
    assert set.union(*ids) == set(range(100))
    for part in (made.train, made.validation, made.test):
        assert np.array_equal(part.images, everything.images[part.sample_ids])
        assert np.array_equal(part.labels, everything.labels[part.sample_ids])


def test_an_official_test_set_is_kept_whole_and_validation_comes_from_train():
    train, test = image_set([0, 1, 2, 3, 4] * 8), image_set([0, 1] * 5, seed=1)
    made = splits(OfficialParts(train=train, test=test), validation=0.25, test=0.9)
    assert made.test is test
    assert not made.test_is_drawn
    assert (len(made.train), len(made.validation)) == (30, 10)
    assert not set(made.train.sample_ids) & set(made.validation.sample_ids)


def test_a_data_set_with_only_a_test_part_can_be_evaluated():
    test = image_set([0, 1, 2])
    made = splits(OfficialParts(train=None, test=test))
    assert (len(made.train), len(made.validation), len(made.test)) == (0, 0, 3)
    assert made.train.class_names == test.class_names
    assert not made.test_is_drawn


def test_the_fingerprint_changes_with_a_pixel_a_label_and_the_seed():
    def fingerprint(images: ImageSet, seed: int = 0) -> str:
        return splits(OfficialParts(train=images), seed=seed).fingerprint

    labels = [0, 1, 2, 3, 4] * 10
    first = fingerprint(image_set(labels))
    assert fingerprint(image_set(labels)) == first
    changed = image_set(labels)
    changed.images[17, 1, 2, 0] ^= 1
    assert fingerprint(changed) != first
    assert fingerprint(image_set([1, 0, *labels[2:]])) != first
    assert fingerprint(image_set(labels), seed=1) != first


@pytest.mark.parametrize(
    ("validation", "test", "sentence"),
    [
        (1.2, 0.1, "expected validation_fraction in 0..1, found 1.2"),
        (0.1, -0.1, "expected test_fraction in 0..1, found -0.1"),
        (0.6, 0.6, r"of at most 1, found 0.6 \+ 0.6"),
    ],
)
def test_fractions_that_leave_nothing_are_refused(validation, test, sentence):
    with pytest.raises(InputError, match=sentence):
        splits(OfficialParts(train=image_set([0, 1])), validation=validation, test=test)


def test_a_label_without_a_class_is_named_with_its_row():
    with pytest.raises(InputError, match=r"labels in 0..4 for 5 classes, found 7 in row 2"):
        image_set([0, 1, 7])
