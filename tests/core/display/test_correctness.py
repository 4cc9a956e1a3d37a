from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.display.correctness import correctness, passing_images
from core.store.connection import query
from core.store.rows import CLEAN, ModelRow
from core.store.subsets.base import SampleFilter
from tests.answered_study import FOG, write_answered_study
from tests.open_study import open_study
from tests.study_file import write_study


def test_bits_are_the_answers_of_the_rows(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb"))
    passing = passing_images(study, SampleFilter(2))
    assert (np.flatnonzero(passing) % 4 == 2).all()
    found = correctness(study, [3, 0, 9], [1, 2], passing)
    assert found.right.shape == (3, 2, passing.sum())
    assert found.present.tolist() == [[True, True], [True, True], [False, False]]
    for i, model_id in enumerate([3, 0]):
        for j, condition_id in enumerate([1, 2]):
            rows = study.ask(
                query,
                "SELECT correct FROM sample_metrics WHERE model_id = $m AND condition_id = $c "
                "AND label = 2 ORDER BY sample_id",
                {"m": model_id, "c": condition_id},
            )
            assert found.right[i, j].tolist() == rows["correct"].cast(int).to_list()


@pytest.mark.parametrize("samples", [1, 7, 8, 9, 203])
def test_every_combination_is_that_of_its_rows(tmp_path: Path, samples: int) -> None:
    rng = np.random.default_rng(samples)
    labels = rng.integers(0, 3, samples).tolist()
    names = ["mixed", "never", "always"]
    predictions = {
        ("mixed", "clean"): rng.integers(0, 3, samples).tolist(),
        ("never", "clean"): [3] * samples,
        ("always", "clean"): labels,
        **{(name, "fog-5"): rng.integers(0, 3, samples).tolist() for name in names},
    }
    study = open_study(
        write_answered_study(
            tmp_path / "s.duckdb",
            labels,
            predictions,
            models=[ModelRow(name=name, network="n", seed=0) for name in names],
            conditions=[CLEAN, FOG],
        )
    )
    passing = rng.random(samples) < 0.5
    for chosen in (np.ones(samples, bool), passing, np.zeros(samples, bool)):
        found = correctness(study, [0, 1, 2], [0, 1], chosen)
        rows = study.ask(
            query,
            "SELECT correct::UTINYINT AS correct FROM sample_metrics "
            "ORDER BY model_id, condition_id, sample_id",
        )
        expected = rows["correct"].to_numpy().reshape(3, 2, samples)
        np.testing.assert_array_equal(found.right, expected[:, :, chosen])
        assert found.present.all()
