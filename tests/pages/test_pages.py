"""Every page with a study, with studies that hold nothing, and with none."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from core.display.shell.navigation import PAGES as ENTRIES
from core.store.connection import SCHEMA_VERSION
from tests.many_classes import write_many_class_study
from tests.pages.opening import PAGES, open_page, unanswered, url, warnings, words_of
from tests.study_file import MODELS, write_study


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_the_study(page: str, studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(page)
    assert not app.warning
    assert not app.error
    (entry,) = (entry for entry in ENTRIES.values() if entry.file == page)
    assert [title.value for title in app.title] == [entry.title]
    assert app.main.markdown[0].value == entry.question
    assert app.selectbox(key="choose_study").value == "tiny"


def test_every_page_is_registered() -> None:
    assert sorted(entry.file for entry in ENTRIES.values()) == sorted(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_without_a_study_a_page_says_which_command_makes_one(page: str, studies: Path) -> None:
    app = open_page(page)
    assert "make demo" in app.info[0].value
    assert "python -m pipelines.run pipelines/studies/digits.toml" in app.info[0].value


@pytest.mark.parametrize("page", PAGES)
def test_a_study_without_models_is_said_to_hold_none(page: str, studies: Path) -> None:
    write_study(studies / "bare.duckdb", models=(), sample_count=0)
    assert "holds no model" in open_page(page).info[0].value


@pytest.mark.parametrize("page", PAGES)
def test_a_study_without_samples_has_nothing_to_draw_and_says_so(page: str, studies: Path) -> None:
    write_study(studies / "bare.duckdb", sample_count=0)
    (info,) = open_page(page).info
    assert info.value.startswith(
        "This study holds no samples yet" if page == "Home.py" else "No sample is in the chosen"
    )


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("what", [{"sample_count": 1}, {"models": MODELS[:1]}])
def test_one_sample_or_one_model_is_a_study(
    page: str, what: dict[str, object], studies: Path
) -> None:
    write_study(studies / "tiny.duckdb", **what)
    assert not open_page(page).warning


@pytest.mark.parametrize("page", PAGES)
def test_a_thousand_classes_without_images_or_corruptions_are_a_study(
    page: str, studies: Path
) -> None:
    write_many_class_study(studies / "many.duckdb", classes=1000)
    app = open_page(page)
    if page != "Home.py":
        assert "**3,000** of 3,000" in words_of(app, "samples")


@pytest.mark.parametrize("page", PAGES)
def test_a_file_that_is_no_study_gets_one_sentence_beside_the_good_one(
    page: str, studies: Path
) -> None:
    write_study(studies / "tiny.duckdb")
    (studies / "broken.duckdb").write_text("not a database")
    write_study(studies / "old.duckdb", schema_version=99)
    app = open_page(page)
    assert len(app.sidebar.warning) == 2
    assert any(w.startswith("broken.duckdb: expected a DuckDB file") for w in warnings(app))
    expected = f"expected schema version {SCHEMA_VERSION}, found 99"
    assert any(expected in text for text in warnings(app))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("key", ["study", "reference", "compared_condition", "class"])
def test_an_unknown_value_in_the_url_falls_back_with_a_notice(
    page: str, key: str, studies: Path
) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(page, **{key: "nonsense"})
    assert "“nonsense”" in app.main.warning[0].value
    assert "nonsense" not in url(app).values()


def test_a_link_opens_the_view_that_it_was_copied_from(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    link = {
        "study": "tiny",
        "reference": "lenet5-magnitude-0.9",
        "reference_condition": "fog-3",
        "class": "bird",
    }
    app = open_page("pages/2_Local_Geometry.py", **link)
    assert "class bird · **10** of 40" in words_of(app, "samples")
    assert "[reference] Magnitude 90 %, fog, severity 3" in words_of(app, "reference")
    for key, value in link.items():
        assert url(app)[key] == value


def test_a_choice_is_written_to_the_url(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page("pages/2_Local_Geometry.py")
    app.selectbox(key="choose_class").select("car").run()
    assert url(app)["class"] == "car"
    assert "class car" in words_of(app, "samples")


def test_swap_exchanges_reference_and_compared_with_their_conditions(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(
        "pages/1_Evaluation_Table.py", compared="lenet5-random-0.5", compared_condition="fog-3"
    )
    next(b for b in app.button if b.label == "Swap").click().run()
    assert url(app)["reference"] == "lenet5-random-0.5"
    assert url(app)["reference_condition"] == "fog-3"
    assert url(app)["compared"] == "lenet5-dense"
    assert url(app)["compared_condition"] == "clean"


def test_the_newest_study_opens_first_unless_another_is_named(
    studies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_study(studies / "old.duckdb", published_at=datetime(2025, 1, 1))
    write_study(studies / "new.duckdb", published_at=datetime(2026, 1, 1))
    assert open_page("Home.py").selectbox(key="choose_study").options == ["new", "old"]
    assert open_page("Home.py").selectbox(key="choose_study").value == "new"
    monkeypatch.setenv("PRUNESCOPE_STUDY", "old")
    assert open_page("Home.py").selectbox(key="choose_study").value == "old"


def test_a_newly_published_version_shows_on_the_next_interaction(studies: Path) -> None:
    first = write_study(studies / "versions" / "tiny-1.duckdb", title="First")
    second = write_study(studies / "versions" / "tiny-2.duckdb", title="Second", sample_count=20)
    pointer = studies / "tiny.duckdb"
    pointer.symlink_to(first)
    tabs = [open_page("Home.py"), open_page("Home.py")]
    assert [tab.subheader[-1].value for tab in tabs] == ["First", "First"]
    moving = studies / ".moving"
    moving.symlink_to(second)
    moving.replace(pointer)
    for tab in tabs:
        tab.run()
        assert tab.subheader[-1].value == "Second"
        assert any("20 test images" in one.value for one in tab.markdown)


@pytest.mark.parametrize("page", PAGES)
def test_an_idle_tab_moves_to_the_newest_version_whose_old_ones_are_gone(
    page: str, studies: Path
) -> None:
    pointer, moving = studies / "tiny.duckdb", studies / ".moving"
    tab = None
    for number in range(1, 5):
        version = write_study(
            studies / "versions" / f"tiny-{number}.duckdb", sample_count=10 * number
        )
        moving.symlink_to(version)
        moving.replace(pointer)
        for gone in studies.glob("versions/*.duckdb"):
            if gone != version:
                gone.unlink()
        # the tab saw the first version and sleeps until the fourth is there
        tab = tab or open_page(page)
    tab.run()
    assert not tab.exception
    assert unanswered(tab) == []
    if page != "Home.py":  # which is about all samples
        assert "of 40" in words_of(tab, "samples")
    assert not tab.warning


def test_choices_survive_a_republished_study_unless_what_they_name_is_gone(studies: Path) -> None:
    first = write_study(studies / "versions" / "tiny-1.duckdb")
    second = write_study(studies / "versions" / "tiny-2.duckdb", models=MODELS[:3])
    pointer = studies / "tiny.duckdb"
    pointer.symlink_to(first)
    app = open_page(
        "Home.py",
        reference="lenet5-magnitude-0.9",
        compared="lenet5-random-0.5",
        keep=["lenet5-magnitude-0.5@fog-3", "lenet5-random-0.5@clean"],
        **{"class": "bird"},
    )
    moving = studies / ".moving"
    moving.symlink_to(second)
    moving.replace(pointer)
    app.run()
    assert not app.exception
    kept = url(app)
    assert (kept["reference"], kept["class"]) == ("lenet5-magnitude-0.9", "bird")
    assert kept["compared"] == "lenet5-magnitude-0.5"
    assert kept["keep"] == "lenet5-magnitude-0.5@fog-3"
    assert len(warnings(app)) == 2
    assert all("lenet5-random-0.5" in notice for notice in warnings(app))
