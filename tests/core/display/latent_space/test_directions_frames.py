"""Cosines, norms and biases of two models, against the weights."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.display.latent_space.directions.frames import directions
from tests.open_study import open_study
from tests.plane_study import BIAS, CLASSES, WEIGHT, write_plane_study
from tests.study_file import write_study


def test_every_ordered_pair_has_both_cosines_and_their_difference(tmp_path: Path) -> None:
    found = directions(open_study(write_plane_study(tmp_path / "s.duckdb")), "flat", "wide")
    unit = WEIGHT / np.linalg.norm(WEIGHT, axis=1, keepdims=True)
    cosines = unit @ unit.T
    pairs = [(i, j) for i in range(3) for j in range(3) if i != j]
    expected = pl.DataFrame(
        {
            "row": [CLASSES[i] for i, _ in pairs],
            "column": [CLASSES[j] for _, j in pairs],
            "row_id": [i for i, _ in pairs],
            "column_id": [j for _, j in pairs],
            "reference": [cosines[i, j] for i, j in pairs],
            "compared": [0.0] * 6,
            "difference": [-cosines[i, j] for i, j in pairs],
        }
    )
    assert_frame_equal(found.cells, expected)
    above = cosines[np.triu_indices(3, 1)]
    assert found.mean_cosine == {"reference": pytest.approx(above.mean()), "compared": 0.0}
    assert found.mean_change == pytest.approx(np.abs(above).mean())


def test_norms_and_biases_are_those_of_the_last_layers(tmp_path: Path) -> None:
    found = directions(open_study(write_plane_study(tmp_path / "s.duckdb")), "flat", "wide")
    expected = pl.DataFrame(
        {
            "class": CLASSES * 2,
            "class_id": [0, 1, 2] * 2,
            "role": ["reference"] * 3 + ["compared"] * 3,
            "norm": [*np.linalg.norm(WEIGHT, axis=1), 1.0, 1.0, 1.0],
            "bias": [*BIAS, *BIAS],
        }
    )
    assert_frame_equal(found.classes, expected)
    assert found.undefined == {"reference": 0, "compared": 0}


def test_a_class_without_a_direction_is_counted_and_its_cosines_are_undefined(
    tmp_path: Path,
) -> None:
    path = write_plane_study(tmp_path / "s.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "UPDATE classifier SET weight_norm = 0 WHERE model_id = 1 AND class_id = 2"
        )
        connection.execute(
            "UPDATE class_cosines SET cosine = NULL WHERE model_id = 1 AND other_id = 2"
        )
    found = directions(open_study(path), "flat", "flat-90")
    assert found.undefined == {"reference": 0, "compared": 1}
    assert found.cells["compared"].null_count() == 4
    assert found.mean_change == pytest.approx(0)


def test_a_study_without_last_layers_gives_no_rows(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "s.duckdb"))
    found = directions(study, "lenet5-dense", "lenet5-magnitude-0.5")
    assert found.cells.is_empty() and found.classes.is_empty()
    assert found.mean_cosine == {"reference": None, "compared": None}
    assert found.mean_change is None
