from __future__ import annotations

from pathlib import Path

import numpy as np

from core.display.correctness import correctness, passing_images
from core.store.connection import query
from core.store.subsets.base import SampleFilter
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
