"""Predicted and observed fragility on rows made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from core.display.samples.fragility.frames import (
    FRAGILE,
    PREDICTORS,
    ROBUST,
    RULE,
    area_rows,
    fragility,
    is_fragile,
    picked_samples,
    scored,
)
from core.metrics import METRICS
from core.store.subsets.base import EVERYTHING
from tests.open_study import DENSE, open_study
from tests.study_file import MODELS, write_study


def rows_of(angle: Sequence[float | None], right: Sequence[int], of: int = 4) -> pl.DataFrame:
    """Samples whose length, margin and confidence fall as their angle rises."""
    count = len(angle)
    undefined = [None if one is None else -one for one in angle]
    return pl.DataFrame(
        {
            "sample_id": pl.Series(range(count), dtype=pl.Int32),
            "class": ["cat"] * count,
            "correct": [True] * count,
            "angle": pl.Series(angle, dtype=pl.Float64),
            **{name: pl.Series(undefined, dtype=pl.Float64) for name in METRICS if name != "angle"},
            **{f"{scope}_right": right for scope in ("pruning", "corruption", "both")},
            **{f"{scope}_of": [of] * count for scope in ("pruning", "corruption", "both")},
        }
    )


@pytest.mark.parametrize(
    ("level", "expected"),
    [(0, [False, True, True, True]), (10, [False, True, True, True]),
     (25, [False, True, True, True]), (50, [False, False, True, True])],
)  # fmt: skip
def test_a_sample_is_fragile_from_a_share_of_wrong_predictions_on(
    level: int, expected: list[bool]
) -> None:
    rows = rows_of([10, 20, 30, 40], [4, 3, 2, 0])
    assert is_fragile(rows, "both", level).to_list() == expected


def test_areas_are_those_of_the_scores_and_the_signs_point_to_fragile() -> None:
    rng = np.random.default_rng(0)
    angle = rng.uniform(20, 80, 60)
    right = np.clip(8 - np.round((angle + rng.normal(0, 18, 60)) / 10), 0, 4).astype(int)
    placed = scored(rows_of(angle.tolist(), right.tolist()))
    areas = area_rows(placed, 50, tested=True)
    assert areas.height == 3 * len(PREDICTORS)
    expected = roc_auc_score(2 * right <= 4, angle)
    assert 0.6 < expected < 0.99
    np.testing.assert_allclose(areas["value"], expected)
    assert (areas["low"] < expected).all()
    assert (areas["high"] > expected).all()
    fragile = int((2 * right <= 4).sum())
    assert areas["words"][0].endswith(f"{fragile} of 60 fragile")
    assert area_rows(placed, 50, tested=False).select("low", "high").null_count().row(0) == (15, 15)


def test_undefined_margins_are_left_out_of_their_area_only() -> None:
    placed = scored(rows_of([10, 20, 30, 40], [4, 3, 1, 0])).with_columns(
        margin=pl.Series([None, 3.0, 2.0, 1.0])
    )
    areas = area_rows(placed, 50, tested=True).filter(scope="Pruning")
    assert dict(areas.select("predictor", "samples").iter_rows()) == {
        "the rule": 4, "large angle": 4, "short feature": 4, "low margin": 3, "low confidence": 4,
    }  # fmt: skip


def test_all_alike_have_no_area_and_nothing_known_has_no_row() -> None:
    placed = scored(rows_of([10, 20, 30], [4, 4, 4]))
    areas = area_rows(placed, 25, tested=True)
    assert areas["value"].null_count() == areas.height == 15
    assert set(areas["words"]) == {"0 of 3 fragile: nothing to tell apart"}
    nothing = placed.with_columns(pruning_of=pl.lit(0), both_of=pl.lit(0))
    assert set(area_rows(nothing, 25, tested=True)["scope"]) == {"Corruption"}


def test_the_ends_of_both_orders_are_picked_and_no_more_than_a_third() -> None:
    placed = scored(rows_of([50, 10, 20, 60, 30, 40], [0, 1, 2, 3, 4, 4]))
    picked = picked_samples(placed, "both", 50)

    def ids(by: str, group: str) -> list[int]:
        return picked.filter(by=by, group=group)["sample_id"].to_list()

    assert ids("predicted", ROBUST) == [1, 2]
    assert ids("predicted", FRAGILE) == [3, 0]
    assert ids("observed", FRAGILE) == [0, 1, 2]
    assert sorted(ids("observed", ROBUST)[:2]) == [4, 5]  # equal: by chance
    assert ids("observed", ROBUST)[2:] == [3]
    assert picked_samples(placed.head(0), "both", 50).is_empty()


def test_what_is_never_wrong_is_not_observed_fragile() -> None:
    picked = picked_samples(scored(rows_of([10, 20, 30], [4, 4, 4])), "both", 0)
    assert set(picked.filter(by="observed")["group"]) == {ROBUST}


def test_a_sample_without_an_angle_has_no_score() -> None:
    placed = scored(rows_of([50, None, 20], [4, 4, 4]))
    assert placed.select("sample_id", RULE).rows() == [(0, 1.0), (2, 0.0)]


def test_only_what_the_dense_model_gets_right_counts(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb"))
    found = fragility(
        study, "lenet5-magnitude-0.9", EVERYTHING, scope="both", level=25, tested=True
    )
    assert found.dense == DENSE.model
    assert (found.samples + found.wrong, found.models, found.degenerate) == (40, 3, 0)
    assert found.wrong > 0
    assert found.fragile + found.always_right <= found.samples
    assert set(found.picked["of"]) == {6}


def test_without_a_dense_model_there_is_nothing(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb", models=MODELS[1:2]))
    found = fragility(
        study, "lenet5-magnitude-0.5", EVERYTHING, scope="both", level=25, tested=True
    )
    assert found.dense is None
    assert found.picked.is_empty()
    assert found.areas.is_empty()
