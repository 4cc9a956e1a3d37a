"""The paper's table 1 on trained networks: those of the study that the repository carries."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from core.display.robustness.predictors.frames import robustness_predictors
from core.store.subsets.base import EVERYTHING
from tests.open_study import open_study

DEMO = Path(__file__).parents[5] / "data" / "demo.duckdb"
SIGNS = {"angle": -1, "length": 1, "margin": 1, "true_probability": 1}


def test_signs_are_those_of_the_paper_and_length_says_least() -> None:
    study = open_study(DEMO)
    dense = study.models.filter(pl.col("method") == "dense", pl.col("network") == "lenet5")
    rows = robustness_predictors(study, tuple(dense["model_id"]), EVERYTHING, True).rows
    assert dense.height > 0
    for model_id in dense["model_id"]:
        of_model = rows.filter(pl.col("model_id") == model_id, pl.col("measure") == "Pearson")
        found = {row["predictor"]: row for row in of_model.to_dicts()}
        for predictor, sign in SIGNS.items():
            row = found[predictor]
            assert min(sign * row["low"], sign * row["high"]) > 0, predictor
        sizes = {name: abs(row["value"]) for name, row in found.items()}
        assert min(sizes, key=sizes.__getitem__) == "length"
