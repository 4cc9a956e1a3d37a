"""The page of samples without a browser: gallery, its order and pages, one sample, links."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from core.display.samples.gallery.frames import PAGE_SIZE
from core.display.samples.gallery.frames import SORTS as WORDS
from core.store.connection import connect, query
from core.store.queries.gallery import SORTS
from tests.many_classes import write_many_class_study
from tests.pages.opening import open_page, select_on_chart, url, warnings
from tests.study_file import MODELS, write_study

PAGE = "pages/4_Samples.py"
COMPARED = {"compared": "lenet5-magnitude-0.9", "compared_condition": "fog-3"}


@pytest.fixture
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


def shown(app: AppTest) -> list[int]:
    """Ids of the samples that can be inspected, in order."""
    found = (re.match(r"Inspect (\d+)", button.label) for button in app.main.button)
    return [int(one[1]) for one in found if one]


def cards(app: AppTest) -> list[str]:
    bodies = [one.proto.body for one in app.main.get("html")]
    return [body for body in bodies if body.startswith('<div class="sample-card')]


def test_every_sort_of_the_query_has_words() -> None:
    assert list(WORDS) == list(SORTS)


@pytest.mark.usefixtures("_study")
def test_the_gallery_starts_with_the_largest_loss_and_turns_its_pages(studies: Path) -> None:
    sql = """
        SELECT sample_id FROM sample_metrics m JOIN sample_metrics r USING (sample_id)
        WHERE m.model_id = 2 AND m.condition_id = 2 AND r.model_id = 0 AND r.condition_id = 0
        ORDER BY r.true_probability::DOUBLE - m.true_probability::DOUBLE DESC, sample_id
    """
    expected = query(connect(studies / "tiny.duckdb"), sql)["sample_id"].to_list()
    app = open_page(PAGE, **COMPARED)
    assert shown(app) == expected[:PAGE_SIZE]
    assert "gallery_page" not in url(app)
    app.button(key="gallery_next").click().run()
    assert shown(app) == expected[PAGE_SIZE:]
    assert url(app)["gallery_page"] == "2"
    assert app.button(key="gallery_next").disabled
    app.button(key="gallery_first").click().run()
    assert shown(app) == expected[:PAGE_SIZE]


@pytest.mark.usefixtures("_study")
def test_another_order_starts_from_the_first_page() -> None:
    app = open_page(PAGE, gallery_page="2", gallery_sort="id", gallery_order="low")
    assert shown(app) == list(range(24, 40))
    app.selectbox(key="choose_gallery_sort").select("compared_margin").run()
    assert "gallery_page" not in url(app)
    assert len(shown(app)) == PAGE_SIZE


@pytest.mark.usefixtures("_study")
@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "³", "77"])
def test_a_page_that_is_not_there_is_one_that_is(page: str) -> None:
    assert shown(open_page(PAGE, gallery_page=page))


@pytest.mark.usefixtures("_study")
def test_a_card_says_the_answers_the_outcome_and_the_changes() -> None:
    app = open_page(PAGE, **COMPARED, gallery_sort="id", gallery_order="low")
    zero = cards(app)[0]
    found = re.search(r'<img alt="sample 0, plane, clean original" src="(media/[^"]+)"', zero)
    assert found
    assert "true <b>plane</b>" in zero
    assert zero.count('class="bar"') == 4  # a zero feature has no angle
    assert re.search(r"<th>Angle</th><td>\d+\.\d° → –</td><td></td>", zero)


@pytest.mark.usefixtures("_study")
def test_a_click_opens_the_sample_and_the_link_carries_it() -> None:
    app = open_page(PAGE, **COMPARED)
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
    cell = {"model_name": "lenet5-random-0.5", "condition_name": "gaussian_noise-3"}
    app = select_on_chart(app, "sample_map_1", {"cell": [cell]})
    assert url(app)[role] == "lenet5-random-0.5"
    assert url(app)[f"{role}_condition"] == "gaussian_noise-3"


@pytest.mark.usefixtures("_study")
def test_one_combination_against_itself_has_no_change() -> None:
    same = {"reference": "lenet5-dense", "compared": "lenet5-dense"}
    app = open_page(PAGE, **same, sample="5")
    table = next(frame.value for frame in app.dataframe if "change" in frame.value.columns)
    assert list(table["change"]) == ["0.0°", "0.00", "0.00", "0.000", "0.000"]


def images(app: AppTest) -> list[str]:
    """Addresses of the large images, clean first."""
    found = [re.search(r'src="([^"]+)"', body) for body in cards(app)]
    return [one[1] for one, body in zip(found, cards(app), strict=True) if one and "large" in body]


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
    app = open_page(PAGE, sample="7")
    assert "no image stored" in cards(app)[0]
    assert any("Beyond 100 classes" in one.value or "No anatomy" in one.value
               for one in app.main.markdown)  # fmt: skip


def texts(app: AppTest) -> str:
    kinds = (app.main.markdown, app.main.caption, app.main.info, app.main.subheader)
    return " ".join(str(one.value) for kind in kinds for one in kind).replace("\\", "")


@pytest.mark.usefixtures("_study")
def test_fragile_samples_are_predicted_and_observed() -> None:
    app = open_page(PAGE, **COMPARED, samples_view="fragile", fragile_scope="both")
    text = texts(app)
    assert "gets right on clean images, without" in text
    for title in ("Predicted fragile", "Observed fragile", "Predicted robust", "Observed robust"):
        assert f"**{title}**" in text
    assert "fragile if wrong at least in 25 % of the predictions" in text
    assert "95 % intervals by DeLong's method" in text
    app.button_group(key="choose_fragile_level").set_value("0").run()
    assert "fragile if wrong at least once, " in texts(app)
    chosen = '{"answered":["lenet5-random-0.5","clean"],"correct":true}'
    chosen_app = open_page(PAGE, samples_view="fragile", subset=chosen)
    assert "chosen by this; no test" in texts(chosen_app)


def test_why_answers_change_is_drawn_from_the_classifier_and_else_says_why_not(
    studies: Path,
) -> None:
    write_study(studies / "without.duckdb")
    path = write_study(studies / "tiny.duckdb")
    with duckdb.connect(str(path)) as study:
        study.execute(
            "INSERT INTO classifier (model_id, class_id, weight_norm, bias) "
            "SELECT m.model_id, c.class_id, 1, 0 FROM models m, classes c"
        )
    app = open_page(PAGE, **COMPARED, study="without", samples_view="why")
    assert "no norms and biases" in app.main.info[0].value
    app = open_page(PAGE, **COMPARED, study="tiny", samples_view="why")
    assert len(app.main.get("vega_lite_chart")) == 2
    assert "Does most for the change: " in texts(app)
    same = open_page(PAGE, study="tiny", samples_view="why", compared="lenet5-dense")
    assert "nothing differs" in same.main.info[0].value
    inspected = open_page(PAGE, **COMPARED, study="tiny", sample="3")
    assert "The logit gap of the true class against" in texts(inspected)


@pytest.mark.usefixtures("_study")
def test_one_seed_gives_prediction_changes_that_become_the_filter() -> None:
    app = open_page(PAGE, **COMPARED, samples_view="exemplars")
    assert [one.value for one in app.main.subheader] == ["Prediction changes"]
    text = texts(app)
    (number,) = re.findall(r"\*\*(\d+)\*\* of 40 samples \(clean images\)", text)
    assert int(number) > 0
    assert "at least 3 seeds on each side" in text
    app.button(key="use_exemplars").click().run()
    assert not app.exception
    assert f"**{number}** of 40" in texts(app)
    assert "hand-picked; no test" in texts(app)


@pytest.mark.parametrize("view", ["fragile", "exemplars"])
def test_a_study_without_a_dense_or_a_pruned_model_says_so(view: str, studies: Path) -> None:
    write_study(studies / "tiny.duckdb", models=MODELS[1:2])
    assert "no dense model" in texts(open_page(PAGE, samples_view=view))


@pytest.mark.parametrize("view", ["fragile", "exemplars"])
def test_a_thousand_classes_and_one_sample_are_shown(view: str, studies: Path) -> None:
    write_many_class_study(studies / "many.duckdb", classes=1000)
    assert not open_page(PAGE, samples_view=view).warning
    write_study(studies / "one.duckdb", sample_count=1)
    open_page(PAGE, samples_view=view, study="one")


@pytest.mark.usefixtures("_study")
@pytest.mark.parametrize("page", [PAGE, "pages/2_Local_Geometry.py", "pages/3_Global_Geometry.py"])
def test_the_strip_of_classes_names_the_worst_and_a_click_chooses_one(page: str) -> None:
    app = open_page(page, **COMPARED)
    (strip,) = [one for one in app.main.expander if "largest drop" in one.label]
    assert not [one for one in app.get("vega_lite_chart") if "class_strip" in one.proto.id]
    del strip
    app.session_state["class_strip_open"] = True
    app.run()
    assert not app.exception
    app = select_on_chart(app, "class_strip", {"class": [{"class": "bird"}]})
    assert url(app)["class"] == "bird"
    app.button(key="class_strip_all").click().run()
    assert "class" not in url(app) or url(app)["class"] == "All classes"


@pytest.mark.usefixtures("_study")
def test_one_combination_against_itself_has_no_strip() -> None:
    app = open_page(PAGE, reference="lenet5-dense", compared="lenet5-dense")
    assert not [one for one in app.main.expander if "class" in one.label.lower()]


def attributed(studies: Path, *rows: str) -> Path:
    path = write_study(studies / "tiny.duckdb")
    with duckdb.connect(str(path)) as study:
        for row in rows:
            study.execute(f"INSERT INTO attribution VALUES {row}")
    return path


REFERENCE_MAP = "(0, 0, 5, '{}', 4, 4, 2, [0, 1, 2, -4])"
COMPARED_MAP = "(2, 2, 5, '{}', 4, 4, 2, [0, 1, 2, 4])"


def maps(app: AppTest) -> list[str]:
    alts = [one.proto.alt for one in app.get("vega_lite_chart")]
    return [one for one in alts if one.startswith("Occlusion map")]


def test_occlusion_maps_stand_over_the_image_with_their_difference(studies: Path) -> None:
    both = [REFERENCE_MAP, COMPARED_MAP]
    attributed(studies, *(one.format(name) for one in both for name in ("margin", "angle")))
    app = open_page(PAGE, **COMPARED, sample="5")
    assert maps(app) == [
        "Occlusion map over the image, reference: −4.000 to +2.000.",
        "Occlusion map over the image, compared: 0.000 to +4.000.",
        "Occlusion map over the image, difference: 0.000 to +8.000.",
    ]
    assert "a square of 4 × 4 pixels, moved by 4" in texts(app)
    assert "no occlusion map" not in texts(app)
    app.button_group(key="choose_attribution_metric").set_value("angle").run()
    assert not app.exception
    assert maps(app)[2] == "Occlusion map over the image, difference: 0.00 to +8.00°."
    assert url(app)["attribution_metric"] == "angle"


def test_a_sample_without_a_map_says_how_to_make_one(studies: Path) -> None:
    attributed(studies, REFERENCE_MAP.format("margin"))
    app = open_page(PAGE, **COMPARED, sample="5")
    assert len(maps(app)) == 1
    said = [one.value.replace("\\", "") for one in app.main.info]
    (missing,) = [one for one in said if "occlusion map" in one]
    assert "no occlusion map of sample 5" in missing
    assert (
        "`python -m pipelines.attribute STUDY.toml --models lenet5-magnitude-0.9 --samples 5 "
        "--conditions fog-3`"
    ) in missing
    same = {"reference": "lenet5-random-0.5", "compared": "lenet5-random-0.5"}
    again = open_page(PAGE, **same, sample="5")
    assert texts(again).count("no occlusion map of sample 5") == 1


def test_imported_features_have_no_map_and_say_so(studies: Path) -> None:
    path = attributed(studies, REFERENCE_MAP.format("margin"))
    with duckdb.connect(str(path)) as study:
        study.execute("UPDATE models SET sparsity_source = 'stated' WHERE model_id = 2")
    app = open_page(PAGE, **COMPARED, sample="5")
    assert "the model's features were imported" in texts(app)
    assert "pipelines.attribute" not in texts(app)


def test_maps_of_different_squares_have_no_difference_and_say_so(studies: Path) -> None:
    other = "(2, 2, 5, 'margin', 8, 8, 1, [3])"
    attributed(studies, REFERENCE_MAP.format("margin"), other)
    app = open_page(PAGE, **COMPARED, sample="5")
    assert len(maps(app)) == 2
    assert "made with different squares, so there is no difference" in texts(app)


def test_a_study_without_images_has_no_maps(studies: Path) -> None:
    path = attributed(studies)
    with duckdb.connect(str(path)) as study:
        study.execute("UPDATE study SET image_size = NULL")
    app = open_page(PAGE, **COMPARED, sample="5")
    assert "This study was imported without images" in texts(app)
    assert "no occlusion map" not in texts(app)
