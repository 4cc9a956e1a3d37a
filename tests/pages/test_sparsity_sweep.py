"""The sparsity sweep on the local geometry page, without a browser."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.many_classes import write_many_class_study
from tests.pages.opening import open_page, url
from tests.study_file import MODELS, write_study

PAGE = "pages/2_Local_Geometry.py"


def words(app: AppTest) -> str:
    return " ".join(text.value for text in [*app.main.markdown, *app.main.caption, *app.main.info])


def test_a_sweep_shows_each_method_that_has_several_sparsities(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, look="ratios", **{"class": "car"})
    assert app.multiselect(key="choose_sweep").value == ["Magnitude"]
    assert "the same 10 samples under clean images, grey right and red wrong" in words(app)
    assert len(app.main.get("vega_lite_chart")) == 1
    assert "sweep" not in url(app), "the page's own default stays out of the link"


def test_a_link_chooses_methods_and_an_unknown_one_is_left_out(studies: Path) -> None:
    models = (*MODELS, ("lenet5-random-0.9", "random", 0.9, 0.8))
    write_study(studies / "tiny.duckdb", models=models)
    app = open_page(PAGE, look="ratios", sweep=["Random", "Sorcery"])
    assert app.multiselect(key="choose_sweep").value == ["Random"]
    app.multiselect(key="choose_sweep").set_value(["Magnitude", "Random"]).run()
    assert not app.exception
    assert app.query_params["sweep"] == ["Magnitude", "Random"]


def test_the_table_is_made_for_who_opens_it(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, look="ratios")
    assert "Table" in [expander.label for expander in app.expander]
    assert not app.dataframe


def test_missing_marks_are_counted(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    assert "1 mark is missing" in words(open_page(PAGE, look="ratios"))


def test_without_a_method_of_several_sparsities_a_sentence_says_so(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", models=MODELS[:1])
    app = open_page(PAGE, look="ratios")
    assert "No method of this study has more than one target sparsity." in words(app)
    assert not app.main.get("vega_lite_chart")


def test_one_sample_is_swept(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=1)
    assert "the same 1 sample" in words(open_page(PAGE, look="ratios"))


def test_many_classes_and_no_images(studies: Path) -> None:
    write_many_class_study(studies / "many.duckdb", classes=1000)
    assert "No method" in words(open_page(PAGE, look="ratios"))
