from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from scipy.stats import spearmanr

from core.display.robustness.classes.chart import MARGINS
from core.display.robustness.classes.frames import ClassDisparity, change_rows, class_disparity
from core.stats.class_disparity import ClassChange
from core.store.connection import query
from core.store.rows import ModelRow
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter
from tests.answered_study import answers, write_answered_study
from tests.open_study import open_study
from tests.study_file import write_study

LABELS = [i % 3 for i in range(90)]
MODELS = [
    ModelRow(name="dense", network="net"),
    ModelRow(name="pruned", network="net", method="magnitude", ratio=0.5, parent="dense"),
    ModelRow(name="one", network="net", method="magnitude", ratio=0.9, parent="dense"),
]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    # 3 of 30 of class 0 wrong; pruned: 12 further ones of class 0, and one of class 1 is fixed
    wrong = [0, 3, 6, 1]
    pruned = [0, 3, 6, *range(9, 45, 3)]
    path = tmp_path_factory.mktemp("studies") / "a.duckdb"
    predictions = {
        ("dense", "clean"): answers(LABELS, wrong),
        ("pruned", "clean"): answers(LABELS, pruned),
        ("one", "clean"): [2] * 90,
    }
    return open_study(write_answered_study(path, LABELS, predictions, models=MODELS))


def found(
    study: Study, names: list[str], sample_filter: SampleFilter = EVERYTHING
) -> ClassDisparity:
    result = class_disparity(study, names, "clean", sample_filter, tested=True)
    assert result is not None
    return result


def test_the_class_that_loses_pays(study: Study) -> None:
    rows = found(study, ["pruned"]).rows.sort("class")
    assert rows["class"].to_list() == ["class 0", "class 1", "class 2"]
    assert rows["change"].to_list() == pytest.approx([-12 / 30, 1 / 30, 0])
    mean = (-12 + 1) / 90
    assert rows["excess"].to_list() == pytest.approx([-0.4 - mean, 1 / 30 - mean, -mean])
    assert rows["significant"].to_list() == [True, True, True]
    assert rows["low"][0] < rows["excess"][0] < rows["high"][0] < 0


def test_margins_are_quartiles_under_the_dense_model(study: Study) -> None:
    picture = found(study, ["pruned"])
    rows = study.ask(query, "SELECT * FROM sample_metrics WHERE model_id = 0 ORDER BY sample_id")
    for row in picture.margins.iter_rows(named=True):
        own = rows.filter(pl.col("label") == int(row["class"][-1]))["margin"].cast(pl.Float64)
        expected = [own.quantile(q, "linear") for q in (0.25, 0.5, 0.75)]
        assert [row["lower"], row["median"], row["upper"]] == pytest.approx(expected)
    assert list(picture.names) == picture.margins.sort("median")["class"].to_list()
    link = picture.links["Magnitude 50\N{NO-BREAK SPACE}%"]
    joined = picture.rows.join(picture.margins, on="class")
    assert link.value == pytest.approx(spearmanr(joined["median"], joined["excess"]).statistic)
    assert picture.dense == "Dense"


def test_a_model_that_predicts_one_class_is_named(study: Study) -> None:
    picture = found(study, ["pruned", "one", "dense"])
    assert picture.degenerate == ("Magnitude 90\N{NO-BREAK SPACE}%",)
    assert picture.tests == 6
    assert set(picture.tables["dots"]["series"]) == {MARGINS, *picture.links}
    assert picture.tables["dots"].height == 9


def test_holm_corrects_over_all_classes_and_models() -> None:
    one = ClassChange(0, 30, 0.9, 0.5, -0.3, (-0.5, -0.1), 0.02)
    changes = {"a": [one], "b": [one], "c": [ClassChange(1, 30, 1, 1, 0.0, None, None)]}
    rows = change_rows(changes, {0: "ant", 1: "bee"}, tested=True)
    assert rows["p"].to_list() == [0.04, 0.04, None]
    assert rows["significant"].to_list() == [True, True, False]
    untested = change_rows(changes, {0: "ant", 1: "bee"}, tested=False)
    assert untested.select("low", "high", "p").null_count().row(0) == (3, 3, 3)


def test_dense_models_alone_and_no_images_have_no_picture(study: Study) -> None:
    assert class_disparity(study, ["dense"], "clean", EVERYTHING, tested=True) is None
    assert class_disparity(study, ["pruned"], "clean", SampleFilter(77), tested=True) is None
    assert found(study, ["pruned"], SampleFilter(0)).names == ("class 0",)


def test_real_rows_are_drawn_within_their_panels(tmp_path: Path) -> None:
    tiny = open_study(write_study(tmp_path / "tiny.duckdb", sample_count=200))
    picture = class_disparity(
        tiny, ["lenet5-magnitude-0.9", "lenet5-random-0.5"], "fog-3", EVERYTHING, tested=True
    )
    assert picture is not None
    dots = picture.tables["dots"]
    assert dots["x"].is_between(0, 3).all()
    assert picture.names == tuple(picture.margins["class"])
