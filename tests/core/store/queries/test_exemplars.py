"""How often samples stay right, and what populations of models say, on stated predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.metrics import METRICS
from core.store.combination import Key
from core.store.connection import Connection, connect, query
from core.store.queries.exemplars import modal_predictions, times_right
from core.store.rows import CLEAN, ConditionRow, ModelRow
from core.store.subsets.base import SampleFilter
from tests.answered_study import FOG, write_answered_study

LABELS = [0, 1, 2, 0, 1, 2]
SNOW = ConditionRow("snow-1", "snow", "weather", 1, "generated", True)
CONDITIONS = (CLEAN, FOG, SNOW)


def dense(seed: int) -> ModelRow:
    return ModelRow(name=f"net-{seed}", network="net", seed=seed)


def pruned(seed: int) -> ModelRow:
    return ModelRow(
        name=f"net-{seed}-magnitude", network="net", method="magnitude", ratio=0.5, sparsity=0.5,
        seed=seed, parent=f"net-{seed}",
    )  # fmt: skip


MODELS = [*map(dense, range(3)), *map(pruned, range(3))]
# predictions of each model on clean images, a column a sample
CLEAN_ANSWERS: Sequence[Sequence[int]] = [
    [0, 1, 0, 0, 2, 2],
    [0, 1, 0, 1, 0, 2],
    [0, 0, 2, 2, 1, 2],
    [0, 2, 2, 1, 0, 1],
    [0, 2, 2, 1, 0, 1],
    [1, 1, 0, 0, 0, 0],
]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Connection:
    rng = np.random.default_rng(0)
    predictions = {
        (model.name, condition.name): (
            CLEAN_ANSWERS[i] if condition == CLEAN else rng.integers(0, 3, 6).tolist()
        )
        for i, model in enumerate(MODELS)
        for condition in CONDITIONS
    }
    path = tmp_path_factory.mktemp("study") / "answers.duckdb"
    write_answered_study(path, LABELS, predictions, models=MODELS, conditions=CONDITIONS)
    return connect(Path(path))


def test_modes_by_hand(study: Connection) -> None:
    found = modal_predictions(
        study, dense_ids=[0, 1, 2], pruned_ids=[3, 4, 5], condition_id=0
    ).select("sample_id", "class", "dense_modes", "pruned_modes", "exemplar")
    names = ["class 0", "class 1", "class 2"]

    def modes(classes: str) -> list[str]:
        return [names[int(one)] for one in classes]

    assert found.rows() == [
        (0, "class 0", modes("0"), modes("0"), False),
        (1, "class 1", modes("1"), modes("2"), True),
        (2, "class 2", modes("0"), modes("2"), True),
        (3, "class 0", modes("012"), modes("1"), False),  # three answers, one of them the other's
        (4, "class 1", modes("012"), modes("0"), False),
        (5, "class 2", modes("2"), modes("1"), True),
    ]


def test_ties_without_a_common_class_are_exemplars(study: Connection) -> None:
    found = modal_predictions(study, dense_ids=[0, 1], pruned_ids=[2], condition_id=0)
    expected = []
    for answers in zip(*CLEAN_ANSWERS, strict=True):
        before = Counter(answers[:2])
        modes = {one for one, times in before.items() if times == max(before.values())}
        expected.append(answers[2] not in modes)
    assert found["exemplar"].to_list() == expected
    assert any(expected)


@pytest.mark.parametrize("condition_id", [0, 1])
def test_right_models_and_mean_metrics_are_counted_per_side(
    study: Connection, condition_id: int
) -> None:
    found = modal_predictions(
        study, dense_ids=[0, 2], pruned_ids=[3, 4, 5], condition_id=condition_id
    )
    sql = "SELECT * FROM sample_metrics WHERE condition_id = $condition ORDER BY ALL"
    rows = query(study, sql, {"condition": condition_id})
    for side, ids in (("dense", [0, 2]), ("pruned", [3, 4, 5])):
        own = rows.filter(pl.col("model_id").is_in(ids))
        counts = own.group_by("sample_id").agg(pl.col("correct").sum()).sort("sample_id")
        assert found[f"{side}_right"].to_list() == counts["correct"].to_list()
        assert set(found[f"{side}_models"]) == {len(ids)}
    own = rows.filter(pl.col("model_id").is_in([0, 2])).sort("sample_id", "model_id")
    for name in METRICS:
        values = own[name].cast(pl.Float64).to_list()
        if None in values:
            assert found[name].null_count() == 6
        else:
            means = np.array(values).reshape(6, 2).mean(1)
            np.testing.assert_allclose(found[name], means, rtol=1e-12)


def test_a_filter_leaves_the_other_samples_out(study: Connection) -> None:
    found = modal_predictions(
        study, dense_ids=[0], pruned_ids=[3], condition_id=0, sample_filter=SampleFilter(1)
    )
    assert found["sample_id"].to_list() == [1, 4]


def test_without_a_side_there_is_nothing(study: Connection) -> None:
    assert modal_predictions(study, dense_ids=[], pruned_ids=[3], condition_id=0).is_empty()
    assert modal_predictions(study, dense_ids=[0], pruned_ids=[], condition_id=0).is_empty()


@pytest.mark.parametrize("sample_filter", [SampleFilter(), SampleFilter(2)])
def test_times_right_are_those_of_the_rows(study: Connection, sample_filter: SampleFilter) -> None:
    found = times_right(study, dense=Key(1, 0), pruned_ids=[3, 5], sample_filter=sample_filter)
    rows = query(study, "SELECT * FROM sample_metrics")
    kept = [i for i, label in enumerate(LABELS) if sample_filter.class_id in (None, label)]
    assert found["sample_id"].to_list() == kept
    for row in found.iter_rows(named=True):
        own = rows.filter(pl.col("sample_id") == row["sample_id"])
        corrupted, clean = pl.col("condition_id") > 0, pl.col("condition_id") == 0
        pruned_rows = own.filter(pl.col("model_id").is_in([3, 5]))
        dense_rows = own.filter(pl.col("model_id") == 1)
        for scope, some in (
            ("pruning", pruned_rows.filter(clean)),
            ("corruption", dense_rows.filter(corrupted)),
            ("both", pruned_rows.filter(corrupted)),
        ):
            assert row[f"{scope}_of"] == some.height
            assert row[f"{scope}_right"] == some["correct"].sum()
        (first,) = dense_rows.filter(clean).iter_rows(named=True)
        assert row["class"] == f"class {first['label']}"
        assert row["correct"] == first["correct"]
        assert row["angle"] == pytest.approx(first["angle"])


def test_nothing_to_count_is_zero(study: Connection) -> None:
    found = times_right(study, dense=Key(1, 0), pruned_ids=[])
    assert found["pruning_of"].to_list() == [0] * 6
    assert found["both_of"].to_list() == [0] * 6
    assert found["corruption_of"].to_list() == [2] * 6
