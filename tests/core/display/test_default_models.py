"""Which two models a page compares before anyone has chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.display.default_models import (
    default_combination_models,
    most_pruned_unharmed,
    with_loss,
)
from tests.open_study import open_study
from tests.study_file import MODELS, write_study

DENSE: dict[str, Any] = {"name": "dense", "network": "net"}


def _models(*rows: tuple[str, str, float, int | None], **columns: Any) -> pl.DataFrame:
    return (
        pl.DataFrame(
            [
                {
                    "name": name,
                    "network": "net",
                    "method": method,
                    "retrained": False,
                    "parent": None,
                    "degenerate": False,
                    "sparsity": sparsity,
                    "clean_correct": correct,
                    "clean_samples": None if correct is None else 100,
                }
                for name, method, sparsity, correct in rows
            ],
            schema_overrides={"parent": pl.String, "clean_samples": pl.Int64},
        )
        .with_columns(**columns)
        .with_row_index("model_id")
    )


def _unharmed(models: pl.DataFrame, dense: dict[str, Any] = DENSE) -> str | None:
    found = most_pruned_unharmed(models, dense)
    return found and found["name"]


PRUNED = _models(
    ("dense", "dense", 0, 98),
    ("m5", "magnitude", 0.5, 98),
    ("m9", "magnitude", 0.9, 93),
    ("m99", "magnitude", 0.99, 92),
)


def test_the_most_pruned_model_within_five_points_of_dense_survives() -> None:
    assert _unharmed(PRUNED) == "m9"


def test_where_all_are_harmed_the_most_accurate_stands_in() -> None:
    models = _models(("dense", "dense", 0, 98), ("a", "random", 0.5, 40), ("b", "random", 0.3, 60))
    assert _unharmed(models) == "b"


def test_there_is_no_survivor_without_dense_pruned_or_clean() -> None:
    assert _unharmed(_models(("a", "random", 0.5, 40))) is None
    assert _unharmed(_models(("dense", "dense", 0, 98))) is None
    nothing = _models(("dense", "dense", 0, None), ("a", "random", 0.5, None))
    assert _unharmed(nothing) is None


def test_each_network_is_judged_by_its_own_dense_model() -> None:
    """A better network beside it neither forgives nor condemns."""
    weaker = _models(("small", "dense", 0, 80), ("s5", "random", 0.5, 79), network=pl.lit("other"))
    both = pl.concat([PRUNED, weaker]).with_columns(model_id=pl.int_range(pl.len()))
    assert _unharmed(both) == "m9"
    assert _unharmed(both, {"name": "small", "network": "other"}) == "s5"
    assert with_loss(both)["loss"].to_list() == pytest.approx([0, 0, 0.05, 0.06, 0, 0.01])


def test_a_model_is_judged_by_its_own_parent() -> None:
    models = _models(
        ("dense", "dense", 0, 90),
        ("worse", "dense", 0, 70),
        ("a", "random", 0.5, 68),
        ("b", "random", 0.9, 89),
    ).with_columns(parent=pl.Series([None, None, "worse", "dense"]))
    assert with_loss(models)["loss"].to_list() == pytest.approx([0, 0, 0.02, 0.01])
    assert _unharmed(models, {"name": "worse", "network": "net"}) == "a"
    assert _unharmed(models) == "b"


def test_a_degenerate_model_is_no_survivor() -> None:
    assert _unharmed(PRUNED.with_columns(degenerate=pl.col("name") == "m9")) == "m5"


def test_a_study_opens_with_dense_against_the_most_pruned_unharmed(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb"))
    assert default_combination_models(study) == ("lenet5-dense", "lenet5-magnitude-0.5")


def test_a_study_of_one_model_compares_it_with_itself(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "one.duckdb", models=MODELS[:1]))
    assert default_combination_models(study) == ("lenet5-dense", "lenet5-dense")
