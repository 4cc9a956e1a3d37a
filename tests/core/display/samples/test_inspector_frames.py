"""What the inspector shows of one sample, on small studies whose numbers are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.display.samples.inspector.anatomy_frames import anatomy, waterfall
from core.display.samples.inspector.frames import (
    class_angles,
    numbers_table,
    sample_angles,
    sample_head,
    sample_paths,
)
from core.display.samples.inspector.map_frames import (
    answers_along,
    column_heads,
    map_cells,
    sample_map,
)
from core.display.samples.inspector.path_frames import ratio_steps, severity_steps
from core.display.samples.inspector.words import anatomy_words, path_notes
from core.geometry import ClassDirections
from core.stats.logit_gap import ARGUMENTS
from core.store.combination import Combination
from core.store.study import Study
from tests.many_classes import write_many_class_study
from tests.open_study import DENSE, PRUNED, open_study
from tests.study_file import write_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(write_study(tmp_path_factory.mktemp("study") / "tiny.duckdb"))


def read(words: list[str]) -> list[str]:
    """Texts with ordinary spaces."""
    return [one.replace("\N{NO-BREAK SPACE}", " ") for one in words]


def class_rows(
    features: np.ndarray, weight: np.ndarray, bias: np.ndarray, own: int
) -> pl.DataFrame:
    """One sample's rows, as `sample_class_angles` returns them."""
    layer = ClassDirections(weight, bias)
    measured = layer.measure(features[None, :], np.array([own]))
    classes = range(len(weight))
    angles = [None if np.isnan(one) else float(one) for one in measured.angles[0]]
    return pl.DataFrame(
        {
            "class_id": pl.Series(classes, dtype=pl.UInt16),
            "class": [f"class {k}" for k in classes],
            "own": [k == own for k in classes],
            "predicted": [k == int(measured.prediction[0]) for k in classes],
            "angle": pl.Series(angles, dtype=pl.Float64),
            "length": float(measured.length[0]),
            "weight_norm": layer.weight_norms,
            "bias": layer.bias,
        }
    )


def test_the_anatomy_sums_to_the_change_between_networks_of_different_width() -> None:
    rng = np.random.default_rng(5)
    rows, gaps = [], []
    for width in (6, 9):
        weight, bias = rng.normal(size=(4, width)), rng.normal(size=4)
        features = np.abs(rng.normal(size=width))
        rows.append(class_rows(features, weight, bias, own=2))
        logits = weight @ features + bias
        gaps.append(logits[2] - np.delete(logits, 2).max())
        rows[-1] = rows[-1].with_columns(rival=pl.lit(f"class {np.argsort(logits)[-1]}"))
    found = anatomy(*(one.drop("rival") for one in rows))
    assert found.missing is None
    assert (found.before, found.after) == pytest.approx(tuple(gaps))
    assert found.classes == 4
    steps = found.steps
    assert steps["step"][0] == "gap under the reference"
    assert steps["low"][0] == min(0, found.before)
    shares = [
        (high - low) * (1 if kind == "rises" else -1)
        for low, high, kind in steps.select("low", "high", "kind").rows()[1:-1]
    ]
    assert sum(shares) == pytest.approx(gaps[1] - gaps[0])
    assert len(shares) == len(ARGUMENTS)
    wrong = [gap < 0 for gap in gaps]
    for rival, frame, is_wrong in zip(found.rivals, rows, wrong, strict=True):
        assert rival != "class 2"
        if is_wrong:
            assert rival == frame["rival"][0]


def test_a_waterfall_stands_where_the_step_before_ended() -> None:
    shares = {"length": -1.0, "angles": -3.5, "norms": 0.0, "biases": 0.5}
    steps = waterfall(2.0, shares, -2.0)
    assert steps.select("low", "high", "kind", "label").rows() == [
        (0.0, 2.0, "reference", "2.00"),
        (1.0, 2.0, "falls", "−1.00"),
        (-2.5, 1.0, "falls", "−3.50"),
        (-2.5, -2.5, "rises", "0.00"),
        (-2.5, -2.0, "rises", "+0.50"),
        (-2.0, 0.0, "compared", "−2.00"),
    ]
    assert steps["place"].to_list() == list(range(6))


def test_without_the_classifier_there_is_no_anatomy_and_the_sentence_says_why(study: Study) -> None:
    found = sample_angles(study, 3, DENSE, PRUNED)
    assert found.anatomy.steps.is_empty()
    assert "no norms and biases" in anatomy_words(found.anatomy, found.nearest_only)


def test_a_zero_feature_leaves_the_biases(study: Study) -> None:
    rng = np.random.default_rng(0)
    weight, bias = rng.normal(size=(3, 4)), np.array([0.5, 0.0, 2.0])
    alive = class_rows(np.ones(4), weight, bias, own=0)
    dead = class_rows(np.zeros(4), weight, bias, own=0)
    found = anatomy(alive, dead)
    assert found.after == pytest.approx(0.5 - 2.0)
    assert found.rivals[1] == "class 2"


def test_beyond_100_classes_the_gap_is_over_the_classes_known_under_both(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    weight, bias = rng.normal(size=(6, 4)), rng.normal(size=6)
    reference = class_rows(np.ones(4), weight, bias, own=1)
    compared = class_rows(np.array([1.0, 2.0, 0.5, 0.1]), weight, bias, own=1)
    some = anatomy(
        reference.filter(pl.col("class_id") < 4), compared.filter(pl.col("class_id") > 0)
    )
    assert some.classes == 3
    logits = weight @ np.ones(4) + bias
    assert some.before == pytest.approx(logits[1] - logits[[2, 3]].max())
    assert "3 classes that are known under both" in anatomy_words(some, nearest_only=True)
    alone = anatomy(reference.filter("own"), compared)
    assert alone.missing is not None
    many = open_study(write_many_class_study(tmp_path / "many.duckdb", classes=200))
    names = list(many.names.models)
    found = sample_angles(many, 5, *(Combination(name, "clean") for name in names[:2]))
    assert found.nearest_only
    assert found.angles["class"].n_unique() <= 21


def test_the_map_has_a_cell_for_each_combination_in_the_order_of_the_study(study: Study) -> None:
    found = sample_map(study, 4, DENSE, PRUNED)
    cells = found.cells
    assert cells.height == 4 * 3
    assert read(cells["model"].unique(maintain_order=True).to_list()) == [
        "Dense", "Magnitude 50 %", "Magnitude 90 %", "Random 50 %",
    ]  # fmt: skip
    assert cells["condition"].unique(maintain_order=True).to_list() == [
        "clean", "gaussian noise, severity 3", "fog, severity 3",
    ]  # fmt: skip
    assert found.right == (cells["answer"] == "right").sum()
    assert found.shown.select("role", "row", "column").rows() == [
        ("reference", 0, 0), ("compared", 2, 2),
    ]  # fmt: skip
    assert found.heads == ("clean", "gaussian noise", "fog")
    assert read(list(found.models)) == ["Dense", "Magnitude 50 %", "Magnitude 90 %", "Random 50 %"]
    assert found.drawn.equals(cells.select("row", "column", "answer", "probability", "words"))
    assert found.combination_at(2, 2) == PRUNED
    assert found.combination_at(9, 0) is None


def test_missing_combinations_have_no_cell(study: Study) -> None:
    everywhere = pl.DataFrame(
        {
            "model_id": pl.Series([2, 0], dtype=pl.UInt16),
            "condition_id": pl.Series([1, 0], dtype=pl.UInt16),
            "predicted": ["cat", "car"],
            "correct": [False, True],
            "true_probability": [None, 0.25],
        }
    )
    cells = map_cells(everywhere, study.models, study.conditions)
    assert cells.select("row", "column", "answer", "probability").rows() == [
        (0, 0, "right", 0.25), (2, 1, "wrong", None),
    ]  # fmt: skip
    assert read(cells["words"].to_list()) == [
        "Dense, clean: right, predicted car, true-class probability 0.25",
        "Magnitude 90 %, gaussian noise, severity 3: wrong, predicted cat, true-class probability "
        "undefined",
    ]


def test_answers_along_a_row_and_a_column_say_what_the_cells_do(study: Study) -> None:
    cells = sample_map(study, 4, DENSE, PRUNED).cells
    row = answers_along(cells, "condition_name", model_name=PRUNED.model)
    assert list(row) == ["clean", "gaussian_noise-3", "fog-3"]
    column = answers_along(cells, "model_name", condition_name="fog-3")
    assert list(column) == list(study.names.models)
    assert row["fog-3"] == column[PRUNED.model]
    assert answers_along(cells, "model_name", condition_name="none") == {}


def test_heads_stand_above_the_middle_severities() -> None:
    conditions = pl.DataFrame(
        {
            "corruption": ["clean", *["fog"] * 5, *["jpeg_compression"] * 2],
            "severity": [0, 5, 4, 3, 2, 1, 1, 5],
        }
    )
    assert column_heads(conditions) == ("clean", "", "", "fog", "", "", "", "JPEG")


def test_class_angles_say_the_true_class_and_the_answer() -> None:
    frame = class_rows(np.array([3.0, 1.0]), np.eye(2), np.array([0.0, 0.0]), own=1)
    found = class_angles({"reference": frame, "compared": frame})
    assert found.select("class", "role", "own").rows() == [
        ("class 0", "reference", ""), ("class 0", "compared", ""),
        ("class 1", "reference", "true class"), ("class 1", "compared", "true class"),
    ]  # fmt: skip
    assert found["words"][0] == "class 0 (reference), predicted, 18.4°, logit 3.0"
    assert found["words"][3] == "class 1 (compared), true class, 71.6°, logit 1.0"


def test_the_head_has_both_rows_and_both_models_answers_everywhere(study: Study) -> None:
    found = sample_head(study, 7, DENSE, PRUNED)
    assert (found.sample_id, found.class_name) == (7, "cat")
    assert {role: row["condition_id"] for role, row in found.numbers.items()} == {
        "reference": 0,
        "compared": 2,
    }
    assert found.answers.select("role", "condition_id").rows() == [
        (role, condition) for role in ("reference", "compared") for condition in range(3)
    ]


def test_numbers_are_rounded_and_undefined_ones_a_dash() -> None:
    row = {"angle": 41.23, "length": 2.0, "margin": None, "confidence": 0.5}
    found = numbers_table({"reference": row, "compared": {**row, "angle": 50.0, "length": None}})
    assert found.rows()[:3] == [
        ("Angle", "41.2°", "50.0°", "+8.8°"),
        ("Length", "2.00", "–", "–"),
        ("Margin", "–", "–", "–"),
    ]


def test_ways_start_at_the_dense_model_and_go_to_the_sparsest(study: Study) -> None:
    steps = ratio_steps(study.models, PRUNED.model)
    labelled = zip(steps["line"], steps["step"], read(steps["label"].to_list()), strict=True)
    assert list(labelled) == [
        ("Magnitude", 0, "dense"), ("Magnitude", 1, "50 %"), ("Magnitude", 2, "90 %"),
        ("Random", 0, "dense"), ("Random", 1, "50 %"),
    ]  # fmt: skip
    assert severity_steps(study.conditions, "fog")["label"].to_list() == ["clean", "3"]
    assert severity_steps(study.conditions, "")["label"].to_list() == ["clean"]


def test_points_without_a_position_are_left_out_and_counted(study: Study) -> None:
    found = sample_paths(study, 0, DENSE, PRUNED, "fog")
    assert found.ratios.height == 4  # the most pruned model gives a zero feature
    assert found.severities["line"].to_list() == ["reference"] * 2
    assert found.without_angle == 3
    assert path_notes(found) == ["3 points without an angle (a zero feature) can't be drawn."]
    last = found.ratios.filter(pl.col("label") != "")
    assert dict(zip(last["line"], read(last["label"].to_list()), strict=True)) == {
        "Magnitude": "50 %",
        "Random": "50 %",
    }
