from __future__ import annotations

import polars as pl

from core.display.headline import clean_and_corrupted, surviving_model


def _models(*rows: tuple[str, str, float, int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "model_id": i,
                "name": name,
                "network": "lenet5",
                "method": method,
                "ratio": sparsity,
                "sparsity": sparsity,
                "retrained": False,
                "seed": 0,
                "clean_correct": correct,
                "clean_samples": None if correct is None else 100,
            }
            for i, (name, method, sparsity, correct) in enumerate(rows)
        ]
    )


def test_the_most_pruned_model_within_five_points_of_dense_survives() -> None:
    models = _models(
        ("dense", "dense", 0, 98),
        ("m5", "magnitude", 0.5, 98),
        ("m9", "magnitude", 0.9, 93),
        ("m99", "magnitude", 0.99, 92),
    )
    survivor = surviving_model(models)
    assert survivor is not None
    assert survivor["name"] == "m9"


def test_where_all_are_harmed_the_most_accurate_stands_in() -> None:
    survivor = surviving_model(
        _models(("dense", "dense", 0, 98), ("a", "random", 0.5, 40), ("b", "random", 0.3, 60))
    )
    assert survivor is not None
    assert survivor["name"] == "b"


def test_there_is_no_survivor_without_dense_pruned_or_clean() -> None:
    assert surviving_model(_models(("a", "random", 0.5, 40))) is None
    assert surviving_model(_models(("dense", "dense", 0, 98))) is None
    assert surviving_model(_models(("d", "dense", 0, None), ("a", "random", 0.5, None))) is None


def test_corrupted_accuracy_is_the_mean_over_corrupted_conditions() -> None:
    accuracy = pl.DataFrame(
        {
            "model_id": [0, 0, 0],
            "condition_id": [0, 1, 2],
            "correct": [90, 80, 30],
            "samples": [100, 100, 100],
        }
    )
    conditions = pl.DataFrame({"condition_id": [0, 1, 2], "severity": [0, 1, 5]})
    rows = clean_and_corrupted(accuracy, _models(("dense", "dense", 0, 90)), conditions)
    assert rows.select("images", "accuracy").rows() == [("clean", 0.9), ("corrupted", 0.55)]
