"""Prune potential of studies of stated answers, against loops over the rows."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.display.robustness.potential.answers import (
    ALL_ROW,
    CLEAN_ROW,
    pruned_series,
)
from core.display.robustness.potential.frames import (
    CLASSES_CLEAN,
    CLASSES_CORRUPTED,
    CORRUPTIONS,
    UNFILTERED_ROW,
    PrunePotential,
    prune_potential,
)
from core.display.severity import MEAN_SEVERITY
from core.store.rows import CLEAN, ConditionRow, ModelRow
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter
from tests.answered_study import answers, write_answered_study
from tests.open_study import open_study

COUNT = 200
LABELS = [i % 4 for i in range(COUNT)]
CONDITIONS = (
    CLEAN,
    ConditionRow("fog-1", "fog", "weather", 1, "generated", True),
    ConditionRow("fog-5", "fog", "weather", 5, "generated", True),
    ConditionRow("jpeg_compression-5", "jpeg_compression", "digital", 5, "generated", True),
)


def model(name: str, ratio: float, seed: int = 0, parent: str = "dense") -> ModelRow:
    method = "magnitude" if ratio else "dense"
    return ModelRow(
        name=name, network="net", method=method, ratio=ratio, sparsity=ratio, seed=seed,
        parent=parent if ratio else None, scope="global" if ratio else None,
    )  # fmt: skip


MODELS = [
    model("dense", 0), model("m50", 0.5), model("m90", 0.9), model("m99", 0.99),
]  # fmt: skip
# how many of the first samples each model gets wrong: clean, fog 1, fog 5, JPEG
WRONG = {
    "dense": (0, 10, 20, 0),
    "m50": (1, 10, 21, 9),
    "m90": (4, 10, 24, 0),
    "m99": (150, 150, 150, 150),
}


def study_of(
    path: Path, wrong: dict[str, tuple[int, ...]], models: list[ModelRow] = MODELS
) -> Study:
    predictions = {
        (name, condition.name): answers(LABELS, list(range(count)))
        for name, counts in wrong.items()
        for condition, count in zip(CONDITIONS, counts, strict=True)
    }
    return open_study(
        write_answered_study(path, LABELS, predictions, models=models, conditions=CONDITIONS)
    )


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return study_of(tmp_path_factory.mktemp("studies") / "a.duckdb", WRONG)


def found(
    study: Study, sample_filter: SampleFilter = EVERYTHING, **changed: object
) -> PrunePotential:
    options = {"kind": CORRUPTIONS, "severity": MEAN_SEVERITY, "tested": True, **changed}
    return prune_potential(study, ["Magnitude"], sample_filter, **options)  # type: ignore[arg-type]


def ratios(picture: PrunePotential, measure: str) -> dict[str, float]:
    rows = picture.rows.filter(pl.col("measure") == measure)
    return dict(rows.select("row", "ratio").iter_rows())


def test_each_corruption_breaks_where_its_accuracy_falls(study: Study) -> None:
    picture = found(study)
    assert picture.names == (CLEAN_ROW, ALL_ROW, "fog", "JPEG")
    # of 200 images clean loses 1 and 4; fog 0 or 1 and 0 or 4; JPEG 9 and 0; all 10 and 4 of 600
    expected = {CLEAN_ROW: 0.5, ALL_ROW: 0.0, "fog": 0.5, "JPEG": 0.9}
    assert ratios(picture, "0.5 points") == expected
    assert ratios(picture, "2 points") == {CLEAN_ROW: 0.9, ALL_ROW: 0.9, "fog": 0.9, "JPEG": 0.9}
    assert picture.fewest == COUNT
    assert (picture.rows["low"] <= picture.rows["ratio"]).all()
    assert (picture.rows["ratio"] <= picture.rows["high"]).all()
    assert not picture.rows["last"].any()


def test_one_severity_is_looked_at_alone(study: Study) -> None:
    picture = found(study, severity=1)
    assert picture.names == (CLEAN_ROW, ALL_ROW, "fog")
    assert ratios(picture, "0.5 points")["fog"] == 0.9


def test_seeds_are_averaged_each_against_its_own_dense_model(tmp_path: Path) -> None:
    models = [
        model("dense", 0), model("other", 0, 1), model("m50", 0.5), model("m50b", 0.5, 1, "other"),
        model("m90", 0.9), model("m90b", 0.9, 1, "other"),
    ]  # fmt: skip
    wrong = {
        "dense": (0, 0, 0, 0), "other": (50, 0, 0, 0), "m50": (2, 0, 0, 0), "m50b": (50, 0, 0, 0),
        "m90": (2, 0, 0, 0), "m90b": (52, 0, 0, 0),
    }  # fmt: skip
    picture = found(study_of(tmp_path / "seeds.duckdb", wrong, models))
    # 2 of 200 under one seed and none under the other; then 2 under both
    assert ratios(picture, "0.5 points")[CLEAN_ROW] == 0.5
    assert ratios(picture, "2 points")[CLEAN_ROW] == 0.9


def test_the_sparsest_one_tested_is_a_bound(tmp_path: Path) -> None:
    even = dict.fromkeys(WRONG, (3, 3, 3, 3))
    picture = found(study_of(tmp_path / "even.duckdb", even))
    assert picture.rows["ratio"].unique().to_list() == [0.99]
    assert picture.rows["last"].all()
    assert picture.tables["dots"]["words"].str.starts_with("at least 99 %").all()


def test_a_class_is_a_row_of_its_own_images(study: Study) -> None:
    picture = found(study, kind=CLASSES_CLEAN)
    assert picture.names == ("class 0", "class 1", "class 2", "class 3")
    # sample 0 is of class 0: one of 50 is 2 points; each class loses one at 90 %
    expected = {"class 0": 0.0, "class 1": 0.5, "class 2": 0.5, "class 3": 0.5}
    assert ratios(picture, "0.5 points") == expected
    assert set(ratios(picture, "2 points").values()) == {0.9}
    assert picture.fewest == 50
    corrupted = found(study, SampleFilter(1), kind=CLASSES_CORRUPTED)
    assert corrupted.names == ("class 1",)


def test_a_filter_is_shown_beside_all_samples(study: Study) -> None:
    picture = found(study, SampleFilter(0), tested=False)
    assert picture.names[:2] == (UNFILTERED_ROW, CLEAN_ROW)
    assert ratios(picture, "0.5 points")[UNFILTERED_ROW] == 0.5
    assert ratios(picture, "0.5 points")[CLEAN_ROW] == 0.0
    tested = picture.rows.filter(pl.col("low").is_not_null())["row"].unique().to_list()
    assert tested == [UNFILTERED_ROW]


def test_a_model_that_predicts_one_class_is_broken_for_that_class_too(tmp_path: Path) -> None:
    conditions = (CLEAN,)
    predictions = {
        ("dense", "clean"): answers(LABELS, [0]),
        ("m50", "clean"): answers(LABELS, [0]),
        ("m90", "clean"): [0] * COUNT,
    }
    path = write_answered_study(
        tmp_path / "one.duckdb", LABELS, predictions, models=MODELS[:3], conditions=conditions
    )
    picture = found(open_study(path), kind=CLASSES_CLEAN)
    assert ratios(picture, "2 points") == dict.fromkeys(picture.names, 0.5)
    assert picture.degenerate == 4


def test_what_has_no_dense_model_or_one_sparsity_is_no_series(tmp_path: Path) -> None:
    assert pruned_series(study_of(tmp_path / "a.duckdb", WRONG)) == ["Magnitude"]
    two = {name: WRONG[name] for name in ("dense", "m50")}
    assert pruned_series(study_of(tmp_path / "b.duckdb", two, MODELS[:2])) == []
    without = {name: WRONG[name] for name in ("m50", "m90")}
    assert pruned_series(study_of(tmp_path / "c.duckdb", without, MODELS[1:3])) == []


def test_dots_stand_on_the_lines_of_their_panel(study: Study) -> None:
    tables = found(study).tables
    assert tables["ticks"]["label"].to_list() == ["0", "50", "", "99"]
    assert set(tables["dots"]["x"]) <= set(tables["ticks"]["x"])
