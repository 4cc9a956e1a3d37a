"""One sample on the page of samples without a browser: link, map, images, numbers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.display.samples.inspector.view import PARTS
from tests.many_classes import write_many_class_study
from tests.pages.opening import open_page, select_on_chart, url, warnings
from tests.pages.samples_page import COMPARED, PAGE, cards, images, shown
from tests.study_file import write_study


@pytest.fixture
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


@pytest.mark.usefixtures("_study")
def test_a_click_opens_the_sample_and_the_link_carries_it() -> None:
    app = open_page(PAGE, **COMPARED, sample_part="near")
    first = shown(app)[0]
    app.button(key=f"inspect_{first}").click().run()
    assert not app.exception
    assert url(app)["sample"] == str(first)
    assert app.main.subheader[0].value.startswith(f"Sample {first}, class ")
    assert first not in shown(app)  # its neighbours are
    assert len(shown(app)) == 8
    again = open_page(PAGE, **COMPARED, sample=str(first))
    assert again.main.subheader[0].value == app.main.subheader[0].value
    app.button(key="close_sample").click().run()
    assert "sample" not in url(app)
    assert shown(app)[0] == first


@pytest.mark.usefixtures("_study")
@pytest.mark.parametrize("sample", ["40", "-1", "seven", "9" * 30, "٣"])
def test_an_unknown_sample_is_said_and_the_gallery_shown(sample: str) -> None:
    app = open_page(PAGE, sample=sample)
    assert warnings(app) == [f"This study has no sample “{sample}”; showing the gallery."]
    assert "sample" not in url(app)
    assert shown(app)


@pytest.mark.usefixtures("_study")
@pytest.mark.parametrize("role", ["compared", "reference"])
def test_a_click_on_the_map_sets_a_combination(role: str) -> None:
    app = open_page(PAGE, **COMPARED, sample="5", sample_sets=role)
    app = select_on_chart(app, "sample_map_1", {"cell": [{"row": 3, "column": 1}]})
    assert url(app)[role] == "lenet5-random-0.5"
    assert url(app)[f"{role}_condition"] == "gaussian_noise-3"


@pytest.mark.usefixtures("_study")
def test_one_combination_against_itself_has_no_change() -> None:
    same = {"reference": "lenet5-dense", "compared": "lenet5-dense"}
    app = open_page(PAGE, **same, sample="5")
    (table,) = (one.value for one in app.main.table)
    assert list(table["change"]) == ["0.0°", "0.00", "0.00", "0.000", "0.000"]


@pytest.mark.usefixtures("_study")
def test_the_corrupted_image_stands_beside_the_clean_one_with_both_answers() -> None:
    app = open_page(PAGE, **COMPARED, sample="5")
    assert [one.split("-", 2)[2] for one in images(app)] == ["0-5.png", "2-5.png"]
    app.selectbox(key="choose_sample_corruption").select("gaussian_noise").run()
    assert not app.exception
    assert url(app)["sample_corruption"] == "gaussian_noise"
    assert [one.split("-", 2)[2] for one in images(app)] == ["0-5.png", "1-5.png"]
    said = [one.value for one in app.main.markdown if "gaussian noise, severity 3" in one.value]
    assert any(":gray-badge[reference] predicts" in one for one in said)
    assert any(":orange-badge[compared] predicts" in one for one in said)


def test_the_slider_goes_over_the_severities_of_the_corruption(studies: Path) -> None:
    path = write_study(studies / "tiny.duckdb")
    with duckdb.connect(str(path)) as study:
        study.execute(
            "UPDATE conditions SET corruption = 'fog', severity = 1, name = 'fog-1' "
            "WHERE condition_id = 1"
        )
    app = open_page(PAGE, **COMPARED, sample="5")
    slider = app.select_slider(key="choose_sample_severity")
    assert (slider.options, slider.value) == (["1", "3"], 3)
    slider.set_value(1).run()
    assert not app.exception
    assert url(app)["sample_severity"] == "1"
    assert images(app)[1].endswith("-1-5.png")
    assert open_page(PAGE, sample="5", sample_severity="x").select_slider(
        key="choose_sample_severity"
    ).value == 3  # fmt: skip


def test_a_study_without_images_says_so_and_works(studies: Path) -> None:
    write_many_class_study(studies / "many.duckdb", classes=120)
    app = open_page(PAGE)
    assert "no image stored" in cards(app)[0]
    assert any("This study holds no images." in one.value for one in app.main.caption)
    app = open_page(PAGE, sample="7", sample_part="why")
    assert "no image stored" in cards(app)[0]
    assert any("Beyond 100 classes" in one.value or "No anatomy" in one.value
               for one in app.main.markdown)  # fmt: skip


@pytest.mark.usefixtures("_study")
@pytest.mark.parametrize("role", ["compared", "reference"])
def test_boxes_beside_the_map_set_the_same_combination_as_a_click(role: str) -> None:
    app = open_page(PAGE, **COMPARED, sample="5", sample_sets=role)
    app.selectbox(key="sample_map_model").select("lenet5-random-0.5").run()
    app.selectbox(key="sample_map_condition").select("gaussian_noise-3").run()
    assert not app.exception
    assert url(app)[role] == "lenet5-random-0.5"
    assert url(app)[f"{role}_condition"] == "gaussian_noise-3"
    other = "reference" if role == "compared" else "compared"
    assert url(app)[other] == {"reference": "lenet5-dense", **COMPARED}[other]


def test_the_options_of_the_boxes_say_whether_the_sample_is_right(studies: Path) -> None:
    path = write_study(studies / "tiny.duckdb")
    with duckdb.connect(str(path)) as study:
        study.execute("DELETE FROM sample_metrics WHERE model_id = 1 AND condition_id = 2")
        answers = study.execute(
            "SELECT correct FROM sample_metrics "
            "WHERE sample_id = 5 AND condition_id = 2 ORDER BY model_id"
        ).fetchall()
    app = open_page(PAGE, **COMPARED, sample="5")
    said = [one.rpartition(": ")[2] for one in app.selectbox(key="sample_map_model").options]
    words = ["right" if correct else "wrong" for (correct,) in answers]
    assert said == [words[0], "not tested", *words[1:]]


@pytest.mark.usefixtures("_study")
@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_inspector_stands_alone(part: str) -> None:
    order = {"gallery_sort": "id", "gallery_order": "low"}
    app = open_page(PAGE, **COMPARED, **order, sample="5", sample_part=part)
    drawn = {"map": 1, "why": 1, "where": 0, "way": 2, "near": 0}
    assert len(app.main.get("vega_lite_chart")) == drawn[part]
    app.button(key="close_sample").click().run()
    app.button(key="inspect_3").click().run()
    assert url(app).get("sample_part", "map") == part
