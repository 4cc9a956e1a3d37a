from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.stats.class_disparity import class_changes


def drawn(rng: np.random.Generator, costs: list[float], each: int = 80):
    classes = np.repeat(np.arange(len(costs)) * 3, each)
    before = (rng.random(classes.size) < 0.85).astype(int)
    lost = rng.random(classes.size) < np.repeat(costs, each)
    return before, np.where(lost, 0, before), classes


def excess_in_a_loop(before: np.ndarray, after: np.ndarray, classes: np.ndarray) -> np.ndarray:
    found = np.unique(classes)
    changes = [after[classes == k].mean() - before[classes == k].mean() for k in found]
    return np.array(changes) - np.mean(changes)


def test_the_excess_is_the_change_minus_the_mean_change():
    before, after, classes = drawn(np.random.default_rng(0), [0.1, 0.2, 0.5])
    found = class_changes(before, after, classes)
    expected = excess_in_a_loop(before, after, classes)
    assert [one.excess for one in found] == pytest.approx(expected)
    assert [one.class_id for one in found] == [0, 3, 6]
    assert [one.images for one in found] == [80] * 3
    assert found[2].after == after[classes == 6].mean()
    assert found[2].before == before[classes == 6].mean()


def test_the_interval_is_that_of_images_drawn_within_classes():
    rng = np.random.default_rng(1)
    before, after, classes = drawn(rng, [0.1, 0.2, 0.5, 0.3])
    loop = []
    for _ in range(3000):
        one = np.concatenate(
            [rng.choice(np.flatnonzero(classes == k), (classes == k).sum()) for k in (0, 3, 6, 9)]
        )
        loop.append(excess_in_a_loop(before[one], after[one], classes[one]))
    errors = np.std(loop, axis=0)
    for one, error in zip(class_changes(before, after, classes), errors, strict=True):
        assert one.interval is not None
        assert one.interval[1] - one.interval[0] == pytest.approx(2 * 1.96 * error, rel=0.06)
        assert one.p_value == pytest.approx(2 * stats.norm.sf(abs(one.excess) / error), abs=0.03)


def test_where_no_class_pays_more_a_twentieth_of_the_tests_say_so():
    rng = np.random.default_rng(2)
    p_values = [
        one.p_value for _ in range(300) for one in class_changes(*drawn(rng, [0.2] * 5, each=100))
    ]
    assert 0.03 < np.mean(np.array(p_values) < 0.05) < 0.075


def test_what_does_not_vary_is_not_tested():
    same = np.ones(30, int)
    classes = np.repeat([0, 1, 2], 10)
    for after in (same, 1 - same):
        for one in class_changes(same, after, classes):
            assert (one.excess, one.interval, one.p_value) == (0, None, None)


def test_few_images_of_a_class_leave_no_test_and_no_images_no_class():
    before, after, classes = drawn(np.random.default_rng(3), [0.2, 0.5], each=4)
    assert [one.p_value for one in class_changes(before, after, classes)] == [None, None]
    assert class_changes(before[:0], after[:0], classes[:0]) == []
