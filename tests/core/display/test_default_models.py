"""Which two models a page compares before anyone has chosen."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from core.display.default_models import default_combination_models, most_pruned_unharmed
from tests.open_study import open_study
from tests.study_file import MODELS, write_study


def _models(*rows: tuple[str, str, float, int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "name": name,
                "method": method,
                "sparsity": sparsity,
                "clean_correct": correct,
                "clean_samples": None if correct is None else 100,
            }
            for name, method, sparsity, correct in rows
        ]
    )


def test_the_most_pruned_model_within_five_points_of_dense_survives() -> None:
    models = _models(
        ("dense", "dense", 0, 98),
        ("m5", "magnitude", 0.5, 98),
        ("m9", "magnitude", 0.9, 93),
        ("m99", "magnitude", 0.99, 92),
    )
    survivor = most_pruned_unharmed(models)
    assert survivor is not None
    assert survivor["name"] == "m9"


def test_where_all_are_harmed_the_most_accurate_stands_in() -> None:
    survivor = most_pruned_unharmed(
        _models(("dense", "dense", 0, 98), ("a", "random", 0.5, 40), ("b", "random", 0.3, 60))
    )
    assert survivor is not None
    assert survivor["name"] == "b"


def test_there_is_no_survivor_without_dense_pruned_or_clean() -> None:
    assert most_pruned_unharmed(_models(("a", "random", 0.5, 40))) is None
    assert most_pruned_unharmed(_models(("dense", "dense", 0, 98))) is None
    assert (
        most_pruned_unharmed(_models(("d", "dense", 0, None), ("a", "random", 0.5, None))) is None
    )


def test_a_study_opens_with_dense_against_the_most_pruned_unharmed(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb"))
    assert default_combination_models(study) == ("lenet5-dense", "lenet5-magnitude-0.5")


def test_a_study_of_one_model_compares_it_with_itself(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "one.duckdb", models=MODELS[:1]))
    assert default_combination_models(study) == ("lenet5-dense", "lenet5-dense")
