from __future__ import annotations

import polars as pl

from core.display.home.frames import clean_and_corrupted, headline_text, surviving_model
from core.display.home.questions import most_different_rivals


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


def _told(dense_correct: int, pruned_correct: int) -> tuple[str, str]:
    models = _models(
        ("dense", "dense", 0, dense_correct), ("m9", "magnitude", 0.9, pruned_correct)
    ).with_columns(retrain_epochs=0)
    rows = pl.DataFrame(
        {
            "model_id": [0, 0, 1, 1],
            "images": ["clean", "corrupted"] * 2,
            "accuracy": [0.98, 0.8, 0.95, 0.61],
        }
    )
    dense, pruned = models.to_dicts()
    return headline_text(pruned, dense, rows)


def test_the_headline_gives_both_rates_with_intervals() -> None:
    title, text = _told(98, 95)
    assert title == "Nearly as accurate, not the same model"
    words = text.replace("\u00a0", " ")
    assert "**90 %** of its weights removed by **magnitude** pruning" in words
    assert "95.0 % (95 % interval 88.8 % to 97.8 %)" in words
    assert "61.0 % against 80.0 %" in words


def test_a_harmed_model_is_not_called_nearly_as_accurate() -> None:
    assert _told(98, 60)[0] == "What pruning costs"


def _rated(*rows: tuple[str, str, float, bool, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "name": name,
                "network": "lenet5",
                "method": method,
                "ratio": ratio,
                "retrained": retrained,
                "images": "corrupted",
                "accuracy": accuracy,
            }
            for name, method, ratio, retrained, accuracy in rows
        ]
    )


def test_rivals_share_ratio_and_retraining_and_differ_most() -> None:
    rows = _rated(
        ("d", "dense", 0.0, False, 0.99),
        ("m5", "magnitude", 0.5, False, 0.9),
        ("r5", "random", 0.5, False, 0.6),
        ("m9", "magnitude", 0.9, False, 0.5),
        ("r9", "random", 0.9, False, 0.4),
        ("m9r", "magnitude", 0.9, True, 0.95),
    )
    assert most_different_rivals(rows) == ("m5", "r5")


def test_one_method_has_no_rivals() -> None:
    rows = _rated(("a", "random", 0.5, False, 0.6), ("b", "random", 0.5, False, 0.1))
    assert most_different_rivals(rows) is None
