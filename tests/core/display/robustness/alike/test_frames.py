from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import kendalltau

from core.display.robustness.alike.chart import CORRUPTIONS, ERRORS, GEOMETRY, MODELS, TREE
from core.display.robustness.alike.frames import (
    CORRUPTED,
    Question,
    alike,
    pair_interval,
    tree_lines,
)
from core.display.robustness.alike.ranking_frames import smallest_set
from core.stats.hierarchy import Merge
from core.store.queries.accuracy import accuracy
from core.store.rows import ModelRow
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter
from tests.answered_study import answers, write_answered_study
from tests.open_study import open_study
from tests.study_file import MODELS as WRITTEN
from tests.study_file import TWINS, write_study

DENSE = "lenet5-dense"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path = tmp_path_factory.mktemp("studies") / "tiny.duckdb"
    return open_study(write_study(path, sample_count=200, models=WRITTEN + TWINS))


@pytest.mark.parametrize("by", [ERRORS, GEOMETRY])
@pytest.mark.parametrize(
    "question", [Question(MODELS, "", under="fog-3"), Question(CORRUPTIONS, "", severity=3)]
)
def test_every_pair_has_a_cell_in_the_order_of_the_tree(
    study: Study, question: Question, by: str
) -> None:
    asked = Question(question.kind, by, question.under, question.severity)
    found = alike(study, asked, reference=DENSE, sample_filter=EVERYTHING)
    assert found is not None
    count = found.labels.height
    assert found.cells.height == count**2
    assert found.points.height == count
    assert found.edges.height == count - 1
    matrix = found.cells.sort("row", "column")["value"].to_numpy().reshape(count, count)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert (np.diag(matrix) == (1 if by == ERRORS else 0)).all()
    rows = found.cells.filter(pl.col("row") == pl.col("column"))
    assert (rows["first"] == rows["second"]).all()
    assert set(found.points["group"]) == set(found.colours)


def test_models_that_err_on_the_same_images_stand_side_by_side(tmp_path: Path) -> None:
    labels = [i % 3 for i in range(60)]
    wrong = {"a": range(10), "b": range(20, 32), "c": range(1, 11), "d": range(21, 32)}
    path = write_answered_study(
        tmp_path / "pairs.duckdb",
        labels,
        {(name, "clean"): answers(labels, list(one)) for name, one in wrong.items()},
        models=[ModelRow(name=name, network="net") for name in wrong],
    )
    question = Question(MODELS, ERRORS, under="clean")
    found = alike(open_study(path), question, reference="a", sample_filter=EVERYTHING)
    assert found is not None
    order = found.cells.filter(pl.col("column") == 0).sort("row")["first"].to_list()
    assert {frozenset(order[:2]), frozenset(order[2:])} == {frozenset("ac"), frozenset("bd")}


def test_the_interval_of_a_pair_holds_its_number(study: Study) -> None:
    for question, pair in (
        (Question(MODELS, ERRORS, under=CORRUPTED), (DENSE, "lenet5-magnitude-0.5")),
        (Question(CORRUPTIONS, ERRORS, severity=3), ("fog-3", "gaussian_noise-3")),
    ):
        found = alike(study, question, reference=DENSE, sample_filter=EVERYTHING)
        assert found is not None
        (value,) = found.cells.filter(first=pair[0], second=pair[1])["value"]
        interval = pair_interval(study, question, *pair, EVERYTHING)
        assert interval is not None
        assert interval[0] < value < interval[1]


def test_lines_of_the_tree_join_leaves_and_clusters() -> None:
    merges = [Merge(0, 2, 1.0), Merge(1, 3, 2.0)]
    lines = tree_lines(merges, [1, 0, 2])
    half = TREE / 2
    assert lines.rows() == [
        (0.0, half, 1.5, 1.5), (0.0, half, 2.5, 2.5), (half, half, 1.5, 2.5),
        (0.0, TREE, 0.5, 0.5), (half, TREE, 2.0, 2.0), (TREE, TREE, 0.5, 2.0),
    ]  # fmt: skip
    assert tree_lines([], [0]).is_empty()


def test_one_model_and_no_image_are_not_alike(study: Study, tmp_path: Path) -> None:
    one = open_study(write_study(tmp_path / "one.duckdb", models=WRITTEN[:1]))
    question = Question(MODELS, ERRORS, under="clean")
    assert alike(one, question, reference=DENSE, sample_filter=EVERYTHING) is None
    nobody = SampleFilter(77)
    assert alike(study, question, reference=DENSE, sample_filter=nobody) is None


def test_the_smallest_set_ranks_as_the_accuracies_do(study: Study) -> None:
    found, names, models = smallest_set(study, EVERYTHING)
    assert names == ["gaussian noise", "fog"]
    assert models == 6
    rows = study.run(accuracy).filter(pl.col("condition_id") > 0)
    wide = rows.pivot(on="condition_id", index="model_id", values="correct").sort("model_id")
    chosen = wide.select(str(i + 1) for i in found.chosen).mean_horizontal()
    whole = wide.select("1", "2").mean_horizontal()
    assert found.tau == pytest.approx(kendalltau(chosen, whole).statistic)
