from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.display.evaluation.table_frames import (
    averaged_over_seeds,
    corruption_sets_sentence,
    evaluation_rows,
    without_constant_columns,
)
from core.stats.paired import paired_interval
from core.stats.significance import mcnemar_p_value
from core.store.combination import Key
from core.store.connection import connect, query
from core.store.queries.accuracy import accuracy, paired_changes
from core.store.queries.study import conditions, models
from tests.study_file import write_study

CONDITIONS = pl.DataFrame(
    {
        "condition_id": [0, 1, 2, 3],
        "corruption": ["clean", "fog", "fog", "contrast"],
        "category": ["clean", "weather", "weather", "digital"],
        "severity": [0, 1, 3, 1],
        "in_benchmark": [False, True, True, True],
    }
)
MODELS = pl.DataFrame(
    {
        "model_id": [0, 1, 2],
        "name": ["dense", "m5", "m9"],
        "label": ["Dense", "Magnitude 50 %", "Magnitude 90 %"],
        "series": ["Dense", "Magnitude", "Magnitude"],
        "network": ["lenet5"] * 3,
        "method": ["dense", "magnitude", "magnitude"],
        "ratio": [0.0, 0.5, 0.9],
        "sparsity": [0.0, 0.5, 0.9],
        "retrained": [False] * 3,
        "recalibrated": [False] * 3,
        "degenerate": [False, False, True],
        "scope": [None, "global", "global"],
        "seed": [0, 0, 0],
    }
)
CORRECT = [[90, 80, 60, 50], [90, 70, 50, 25], [50, 30, 10, 0]]
ACCURACY = pl.DataFrame(
    [
        {"model_id": m, "condition_id": c, "correct": correct, "samples": 100}
        for m, row in enumerate(CORRECT)
        for c, correct in enumerate(row)
    ]
)
CHANGES = pl.DataFrame(
    {
        "model_id": [0, 1, 2],
        "samples": [100] * 3,
        "reference_correct": [90] * 3,
        "correct": [90, 90, 50],
        "broken": [0, 5, 42],
        "fixed": [0, 5, 2],
    }
)


@pytest.fixture
def rows() -> pl.DataFrame:
    return evaluation_rows(
        ACCURACY,
        CHANGES,
        models=MODELS,
        conditions=CONDITIONS,
        reference_model_id=0,
    )


def test_mean_corruption_error_averages_severities_before_corruptions(rows: pl.DataFrame) -> None:
    assert rows["mean corruption error"].to_list() == pytest.approx(
        [(0.3 + 0.5) / 2, (0.4 + 0.75) / 2, (0.8 + 1.0) / 2]
    )
    assert rows["relative mCE"].to_list() == pytest.approx(
        [1, (0.4 / 0.3 + 0.75 / 0.5) / 2, (0.8 / 0.3 + 1 / 0.5) / 2]
    )


def test_robustness_is_the_mean_over_samples_of_their_share(tmp_path: Path) -> None:
    with connect(write_study(tmp_path / "tiny.duckdb")) as connection:
        found = evaluation_rows(
            accuracy(connection),
            paired_changes(connection, Key(0, 0), condition_id=0),
            models=models(connection).with_columns(label="name"),
            conditions=conditions(connection),
            reference_model_id=0,
        )
        expected = query(
            connection,
            "SELECT model, avg(robustness) AS robustness FROM robustness GROUP BY model",
        )
    assert dict(found.select("name", "robustness").rows()) == pytest.approx(dict(expected.rows()))


def test_accuracy_stands_per_corruption(rows: pl.DataFrame) -> None:
    assert rows.select("clean accuracy", "fog", "contrast").row(1) == pytest.approx(
        (0.9, 0.6, 0.25)
    )


def test_differences_to_the_reference_carry_a_corrected_chance(rows: pl.DataFrame) -> None:
    assert rows["difference (points)"].to_list() == [None, 0, -40]
    assert rows["significant (Holm)"].to_list() == [None, False, True]
    assert rows["p"][2] == pytest.approx(2 * mcnemar_p_value(42, 2))
    assert rows.select("fixed", "broken").rows() == [(None, None), (5, 5), (2, 42)]
    low, high = (f"{100 * end:.1f}".replace("-", "−") for end in paired_interval(42, 2, 100))
    assert rows["95 % interval of the difference"].to_list()[::2] == [None, f"{low} to {high}"]


def test_models_keep_their_order_and_an_interval(rows: pl.DataFrame) -> None:
    assert rows["model"].to_list() == MODELS["label"].to_list()
    assert rows["95 % interval"][0].replace("\u00a0", " ") == "82.6 % to 94.5 %"


def test_an_average_over_seeds_comes_with_its_spread() -> None:
    rows = evaluation_rows(
        ACCURACY,
        CHANGES,
        models=MODELS.with_columns(ratio=pl.Series([0.0, 0.5, 0.5]), seed=pl.Series([0, 0, 1])),
        conditions=CONDITIONS,
        reference_model_id=0,
    )
    together = averaged_over_seeds(rows)
    assert together["seeds"].to_list() == [1, 2]
    assert not {"p", "fixed", "broken", "95 % interval of the difference"} & set(together.columns)
    assert together["clean accuracy"].to_list() == pytest.approx([0.9, 0.7])
    assert together["spread"].to_list() == pytest.approx([0, 0.4])
    assert together["fog"].to_list() == pytest.approx([0.7, 0.4])


def test_constant_columns_can_be_hidden(rows: pl.DataFrame) -> None:
    kept = without_constant_columns(rows).columns
    assert {"method", "target sparsity", "sparsity", "degenerate"} <= set(kept)
    assert not {"network", "retrained", "seed", "scope"} & set(kept)


def test_the_benchmark_has_its_own_column_where_the_study_goes_beyond_it() -> None:
    # a corruption of the user's own, in a category that the benchmark has too
    beyond = CONDITIONS.with_columns(
        corruption=pl.col("corruption").replace("fog", "rain"),
        in_benchmark=pl.col("corruption") == "contrast",
    )
    rows = evaluation_rows(
        ACCURACY, CHANGES, models=MODELS, conditions=beyond, reference_model_id=0
    )
    assert rows["benchmark corruption error"].to_list() == pytest.approx([0.5, 0.75, 1.0])
    assert rows["mean corruption error"].to_list() == pytest.approx([0.4, 0.575, 0.9])
    assert "2 corruptions of this study, of which 1 are among the 15" in corruption_sets_sentence(
        beyond
    )


def test_without_others_the_benchmark_is_the_mean_itself(rows: pl.DataFrame) -> None:
    assert "benchmark corruption error" not in rows.columns
