from __future__ import annotations

import numpy as np
import pytest

from core.stats import bootstrap, prune_potential, resampling
from core.stats.prune_potential import Potential, largest_step, prune_potentials


@pytest.mark.parametrize(
    ("losses", "tolerated", "expected"),
    [
        ([0.0, 0.01, 0.03], 0.02, 2),
        ([0.0, 0.01, 0.02], 0.02, 3),  # as much as is tolerated is tolerated
        ([0.5, 0.5], 0.02, 0),
        ([0.5, 0.01, 0.5], 0.02, 2),  # whatever a smaller sparsity loses
        ([-0.1, np.nan, np.nan], 0.0, 1),
        ([np.nan], 0.02, 0),
        ([], 0.02, 0),
    ],
)
def test_the_potential_is_the_last_step_within_the_loss(losses, tolerated, expected):
    assert largest_step(np.array(losses), tolerated) == expected


def test_one_image_of_two_hundred_is_half_a_point():
    lost = np.zeros((1, 2, 200), int)
    lost[0, 0, 0] = 1
    lost[0, 1, :2] = 1
    found = prune_potentials(lost, np.ones((1, 2), int), tolerated=(0.005, 0.01))
    assert [found[loss][0].step for loss in (0.005, 0.01)] == [1, 2]


def test_the_interval_is_that_of_images_drawn_in_a_loop():
    rng = np.random.default_rng(0)
    images, versions = 150, np.array([[2, 2, 2], [4, 4, 0]])
    lost = rng.binomial(1, [[0.01, 0.03, 0.06], [0.02, 0.05, 0.0]], (images, 2, 3))
    lost -= rng.binomial(1, 0.02, lost.shape)
    lost[:, 1, 2] = 0
    found = prune_potentials(lost.transpose(1, 2, 0), versions, tolerated=(0.01,))[0.01]

    def steps(drawn: np.ndarray) -> list[int]:
        result = []
        for i in range(2):
            best = 0
            for k in range(3):
                count = versions[i, k]
                if count and lost[drawn, i, k].sum() / (count * images) <= 0.01:
                    best = k + 1
            result.append(best)
        return result

    loop = np.array([steps(rng.integers(0, images, images)) for _ in range(3000)])
    for i, potential in enumerate(found):
        assert potential.step == steps(np.arange(images))[i]
        low, high = (int(np.sort(loop[:, i])[int(share * 3000)]) for share in (0.025, 0.975))
        assert potential.interval == (low, high)
    assert found[0].interval[0] < found[0].interval[1]  # type: ignore[index]


def test_few_images_have_no_interval_and_no_images_no_potential():
    assert prune_potentials(np.zeros((1, 2, 4), int), np.ones((1, 2), int), tolerated=(0.02,)) == {
        0.02: [Potential(2, None)]
    }
    assert prune_potentials(np.zeros((1, 2, 9), int), np.zeros((1, 2), int), tolerated=(0.02,)) == {
        0.02: [Potential(0, (0, 0))]
    }
    nothing = prune_potentials(np.zeros((0, 2, 9), int), np.zeros((0, 2), int), tolerated=(0.02,))
    assert nothing == {0.02: []}


def test_many_images_need_no_draws_for_the_same_interval(monkeypatch):
    rng = np.random.default_rng(2)
    lost = rng.binomial(1, [[0.02, 0.021, 0.03]], (bootstrap.MANY, 3)).T[None]
    lost[:, 1:] -= rng.binomial(1, 0.01, (1, 2, bootstrap.MANY))
    versions = np.ones((1, 3), int)
    (found,) = prune_potentials(lost, versions, tolerated=(0.02,))[0.02]
    for module in (resampling, prune_potential):
        monkeypatch.setattr(module, "MANY", bootstrap.MANY + 1)
    (drawn,) = prune_potentials(lost, versions, tolerated=(0.02,))[0.02]
    assert found == drawn
    assert found.interval[0] < found.interval[1]  # type: ignore[index]
    assert prune_potentials(lost[:0], versions[:0], tolerated=(0.02,)) == {0.02: []}
