"""The questions that Home leads to, each with a view that is set up."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.display.home.frames import home_frames
from core.display.home.questions import (
    PreparedView,
    hardest_condition,
    prepared_views,
)
from core.store.combination import Combination
from core.store.study import Study
from tests.open_study import DENSE, PRUNED, context_of, open_study
from tests.study_file import MODELS, TWINS, flip_fog, write_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    path = write_study(tmp_path / "tiny.duckdb", sample_count=1_200, models=(*MODELS, *TWINS))
    with duckdb.connect(str(path)) as connection:
        flip_fog(connection, model_id=5, share=0.3)
    return open_study(path)


def views(study: Study, reference: Combination, compared: Combination) -> list[PreparedView]:
    headline = home_frames(study).search.headline
    return list(prepared_views(context_of(study, reference, compared), headline))


def test_each_question_sets_both_combinations(study: Study) -> None:
    found = views(study, DENSE, PRUNED)
    assert [view.page for view in found] == [
        "evaluation",
        "local_geometry",
        "global_geometry",
        "local_geometry",
    ]
    keys = ["reference", "reference_condition", "compared", "compared_condition"]
    assert [tuple(view.choices[key] for key in keys) for view in found] == [
        ("lenet5-taylor-0.5", "fog-3", "lenet5-taylor-0.7", "fog-3"),
        ("lenet5-taylor-0.5", "fog-3", "lenet5-taylor-0.7", "fog-3"),
        ("lenet5-dense", "clean", "lenet5-dense", "fog-3"),
        ("lenet5-dense", "clean", "lenet5-magnitude-0.9", "clean"),
    ]


def test_broken_samples_stand_among_all_others(study: Study) -> None:
    choices = views(study, DENSE, PRUNED)[-1].choices
    assert choices["look"] == "changed"
    assert "subset" not in choices


def test_both_models_of_the_headline_are_lit_in_the_evaluation(study: Study) -> None:
    choices = views(study, DENSE, PRUNED)[0].choices
    assert choices["picked"] == ("lenet5-taylor-0.5", "lenet5-taylor-0.7")


def test_a_model_against_itself_breaks_nothing(study: Study) -> None:
    assert len(views(study, DENSE, DENSE)) == 3


def test_one_model_leaves_the_question_about_corruptions(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "one.duckdb", models=MODELS[:1]))
    (view,) = views(study, DENSE, DENSE)
    assert "clean and corrupted" in view.question


def test_the_hardest_condition_is_the_corrupted_one_of_lowest_accuracy(study: Study) -> None:
    correct = {
        name: study.ask(_correct, name) for name in study.conditions["name"] if name != "clean"
    }
    assert hardest_condition(study, "lenet5-dense") == min(correct, key=correct.__getitem__)


def _correct(connection: object, condition: str) -> int:
    sql = (
        "SELECT sum(correct::INT) FROM sample_metrics JOIN conditions USING (condition_id) "
        "WHERE model_id = 0 AND name = $name"
    )
    return int(connection.execute(sql, {"name": condition}).fetchall()[0][0])  # type: ignore[attr-defined]
