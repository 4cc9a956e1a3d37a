"""The cells of the map of angle and length, in the units of its axes."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.display.components.prediction_map_frames import cells_of, prediction_tables
from core.store.combination import Combination
from core.store.connection import query
from core.store.study import Study
from tests.open_study import open_study
from tests.study_file import write_study

RANGES = {"angle": (20.0, 100.0), "length": (0.0, 10.0)}


def test_a_cell_lies_where_its_samples_are() -> None:
    cells = pl.DataFrame(
        {
            "angle_bin": [0, 3],
            "length_bin": [1, 0],
            "samples": [5, 6],
            "right": [1.0, 0.5],
            "confidence": [0.9, 0.6],
        }
    )
    assert cells_of(cells, RANGES, bins=4).select(
        "angle", "angle_to", "length", "length_to", "samples"
    ).rows() == [
        (20.0, 40.0, 2.5, 5.0, 5),
        (80.0, 100.0, 0.0, 2.5, 6),
    ]


def test_the_map_holds_every_sample_with_an_angle(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb"))
    tables = prediction_tables(study, study.key(Combination("lenet5-magnitude-0.9", "clean")))
    assert tables["cells"]["samples"].sum() == 39
    (axes,) = tables["axes"].to_dicts()
    assert axes["note"] == ""
    cells = tables["cells"]
    assert (
        axes["angle_low"]
        <= cells["angle"].min()
        < cells["angle_to"].max()
        <= axes["angle_high"] + 1e-9
    )
    right = (cells["right"] * cells["samples"]).sum()
    assert right == pytest.approx(_right(study, "lenet5-magnitude-0.9"))


def _right(study: Study, model: str) -> int:
    rows = study.ask(
        query,
        "SELECT count(*) AS n FROM sample_metrics WHERE model_id = $model AND condition_id = 0 "
        "AND correct AND angle IS NOT NULL",
        {"model": study.names.models[model]},
    )
    return int(rows["n"][0])
