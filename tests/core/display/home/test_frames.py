from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.display.home.frames import (
    accuracy_curves,
    clean_and_corrupted,
    headline_text,
    home_frames,
)
from tests.open_study import open_study
from tests.study_file import MODELS, write_study


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
                "scope": None,
                "seed": 0,
                "clean_correct": correct,
                "clean_samples": None if correct is None else 100,
            }
            for i, (name, method, sparsity, correct) in enumerate(rows)
        ]
    )


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
    assert words.startswith("At **90 %** sparsity, by **magnitude** pruning, lenet5 gets **95.0 %")
    assert "95.0 % (95 % interval 88.8 % to 97.8 %)" in words
    assert "61.0 % against 80.0 %" in words


def test_a_harmed_model_is_not_called_nearly_as_accurate() -> None:
    assert _told(98, 60)[0] == "What pruning costs"


def test_curves_start_at_the_dense_model_of_their_network() -> None:
    rows = pl.DataFrame(
        {
            "network": ["lenet5", "lenet5", "vgg", "vgg"],
            "method": ["dense", "magnitude"] * 2,
            "series": ["lenet5: Dense", "lenet5: Magnitude", "vgg: Dense", "vgg: Magnitude"],
            "retrained": [False] * 4,
            "ratio": [0.0, 0.5] * 2,
            "images": ["clean"] * 4,
            "accuracy": [0.98, 0.9, 0.7, 0.6],
        }
    )
    assert accuracy_curves(rows).rows() == [
        ("lenet5: Magnitude", "clean", 0.0, 0.98),
        ("lenet5: Magnitude", "clean", 0.5, 0.9),
        ("vgg: Magnitude", "clean", 0.0, 0.7),
        ("vgg: Magnitude", "clean", 0.5, 0.6),
    ]


def test_curves_are_means_over_seeds() -> None:
    rows = pl.DataFrame(
        {
            "network": ["lenet5"] * 2,
            "method": ["random"] * 2,
            "series": ["Random"] * 2,
            "retrained": [False] * 2,
            "ratio": [0.5] * 2,
            "images": ["clean"] * 2,
            "accuracy": [0.4, 0.6],
        }
    )
    assert accuracy_curves(rows).rows() == [("Random", "clean", 0.5, pytest.approx(0.5))]


def test_home_finds_what_the_unharmed_model_breaks(tmp_path: Path) -> None:
    rows = home_frames(open_study(write_study(tmp_path / "tiny.duckdb")))
    assert rows.accuracy.height == 4 * 2
    assert rows.finding is not None
    assert list(rows.finding.colours) == ["Magnitude", "Random"]
    assert rows.finding.curves["ratio"].min() == 0
    assert rows.finding.broken["total"][0] == rows.finding.broken.height > 0
    assert rows.finding.broken["thumbnail"][0].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "what", [{"models": MODELS[:1]}, {"models": MODELS[1:]}, {"sample_count": 0}]
)
def test_without_a_pruned_or_a_dense_model_or_samples_there_is_no_finding(
    tmp_path: Path, what: dict[str, object]
) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb", **what))
    assert home_frames(study).finding is None
