"""The look across models on the local geometry page, without a browser."""

from __future__ import annotations

from pathlib import Path

import duckdb
from streamlit.testing.v1 import AppTest

from tests.many_classes import write_many_class_study
from tests.pages.opening import open_page
from tests.study_file import MODELS, write_study

PAGE = "pages/2_Local_Geometry.py"


def words(app: AppTest) -> str:
    return " ".join(text.value for text in [*app.main.markdown, *app.main.caption, *app.main.info])


def test_robust_and_fragile_samples_are_compared_with_all(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, look="models")
    text = words(app)
    assert "**Predicted robust**: right under" in text
    assert "**Predicted fragile**: right under" in text
    assert "3 models of the reference's network under clean images, not counting the ref" in text
    assert "degenerate" not in text
    assert len(app.main.get("vega_lite_chart")) == 2


def test_degenerate_models_are_left_out_and_counted(studies: Path) -> None:
    path = write_study(studies / "tiny.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "UPDATE most_frequent_prediction SET degenerate = true WHERE model_id = 3"
        )
    text = words(open_page(PAGE, look="models"))
    assert "2 models of the reference's network" in text
    assert "not counting the reference itself and 1 degenerate model." in text


def test_a_study_of_one_model_says_that_nobody_else_can_judge(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", models=MODELS[:1])
    app = open_page(PAGE, look="models")
    assert "The reference's network has no other model in this study: nothing" in words(app)
    assert not app.main.get("vega_lite_chart")


def test_samples_without_a_position_are_counted(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    text = words(open_page(PAGE, look="models", reference="lenet5-magnitude-0.9"))
    assert "1 sample without an angle under the reference" in text


def test_one_sample_is_too_few_to_pick_from(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=1)
    app = open_page(PAGE, look="models")
    assert "Too few samples to pick robust and fragile ones." in words(app)
    assert len(app.main.get("vega_lite_chart")) == 1


def test_many_classes_and_no_images(studies: Path) -> None:
    write_many_class_study(studies / "many.duckdb", classes=1000)
    assert "1 model of the reference's network" in words(open_page(PAGE, look="models"))
