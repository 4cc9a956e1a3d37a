from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from core.display.home.frames import accuracy_curves, clean_and_corrupted, home_frames
from tests.open_study import open_study
from tests.study_file import MODELS, TWINS, flip_fog, write_study


def _models(*rows: tuple[str, str, float, int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "model_id": i,
                "name": name,
                "network": "lenet5",
                "series": method.capitalize(),
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


def test_home_shows_what_the_worse_one_breaks_in_the_studys_colours(tmp_path: Path) -> None:
    path = write_study(
        tmp_path / "tiny.duckdb", sample_count=1_200, models=(*MODELS, *TWINS), clamp=0.99
    )
    with duckdb.connect(str(path)) as connection:
        flip_fog(connection, model_id=5, share=0.3)
    rows = home_frames(open_study(path))
    assert rows.accuracy.height == 6 * 2
    assert set(rows.curve_colours) == {"Magnitude", "Random", "Taylor"}
    assert set(rows.colours) == {"Dense", *rows.curve_colours}
    assert rows.curves["ratio"].min() == 0
    headline = rows.search.headline
    assert headline is not None
    assert headline.condition == "fog-3"
    assert rows.broken["total"][0] == headline.corrupted.broken > 14
    assert rows.broken.height == 6


@pytest.mark.parametrize(
    "what", [{"models": MODELS[:1]}, {"models": MODELS[1:]}, {"sample_count": 0}]
)
def test_without_pairs_or_samples_there_is_no_headline(
    tmp_path: Path, what: dict[str, object]
) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb", **what))
    found = home_frames(study)
    assert found.search.headline is None
    assert found.broken.is_empty()
