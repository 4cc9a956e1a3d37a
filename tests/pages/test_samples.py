"""The page of samples without a browser: gallery, its order and pages, views of all samples."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from core.display.samples.gallery.frames import PAGE_SIZE
from core.display.samples.gallery.frames import SORTS as WORDS
from core.store.connection import connect, query
from core.store.queries.gallery import SORTS
from tests.many_classes import write_many_class_study
from tests.pages.opening import open_page, url
from tests.pages.samples_page import COMPARED, PAGE, cards, shown, texts
from tests.study_file import MODELS, write_study


@pytest.fixture
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


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
    inspected = open_page(PAGE, **COMPARED, study="tiny", sample="3", sample_part="why")
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
