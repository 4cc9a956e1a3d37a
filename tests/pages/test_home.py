"""Home: what the study holds, what it found, and links to views that are set up."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from core.display.shell.navigation import PAGES
from tests.pages.opening import chart, open_page
from tests.plane_study import write_plane_study
from tests.study_file import MODELS, TWINS, flip_fog, write_study

FIGURE = "Accuracy on clean and on corrupted images"


def headings(app: AppTest) -> list[str]:
    return [heading.value for heading in app.subheader]


def links(app: AppTest) -> list[dict[str, Any]]:
    """The query of each link, in the order of the page."""
    return [dict(parse_qsl(link.proto.query_string)) for link in app.get("page_link")]


def write_with_headline(path: Path) -> None:
    """A study of a pair that is alike on clean images and not in fog."""
    write_study(path, sample_count=1_200, models=(*MODELS, *TWINS))
    with duckdb.connect(str(path)) as connection:
        flip_fog(connection, model_id=5, share=0.3)


def test_a_question_leads_to_a_view_that_is_set_up(studies: Path) -> None:
    write_with_headline(studies / "tiny.duckdb")
    app = open_page("Home.py", only_method="random")
    why, *questions = [query for query in links(app) if "reference" in query][:5]
    assert (why["reference"], why["compared"]) == ("lenet5-taylor-0.5", "lenet5-taylor-0.7")
    assert (why["reference_condition"], why["look"]) == ("fog-3", "changed")
    broken = questions[-1]
    assert (broken["reference"], broken["compared"]) == ("lenet5-dense", "lenet5-taylor-0.7")
    assert broken["only_method"] == "random"
    assert "Four questions to start from" in headings(app)
    assert len(links(app)) == 1 + 4 + len(PAGES) - 1


@pytest.mark.parametrize(
    ("models", "heading"),
    [(MODELS[:1], "One question to start from"), (MODELS[:2], "Two questions to start from")],
)
def test_the_heading_says_how_many_questions_there_are(
    studies: Path, models: tuple[Any, ...], heading: str
) -> None:
    write_study(studies / "tiny.duckdb", models=models)
    assert heading in headings(open_page("Home.py"))


def test_every_page_has_its_question_and_a_link(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page("Home.py")
    labels = [link.proto.label for link in app.get("page_link")]
    others = [page.title for page in PAGES.values() if page.file != "Home.py"]
    assert labels[-len(others) :] == others
    assert any("Which classes are the samples confused with" in c.value for c in app.caption)


def test_the_headline_comes_with_its_evidence_images_and_figure(studies: Path) -> None:
    write_with_headline(studies / "tiny.duckdb")
    app = open_page("Home.py")
    (title,) = [one for one in headings(app) if "equally accurate on clean images" in one]
    assert "Under fog, severity 3, one falls to" in title
    for role in ("reference", "compared"):
        plot = chart(app, f"answers_{role}")
        assert [table.name for table in plot.datasets] == ["points", "axes"]
    text = next(m.value for m in app.markdown if "exact McNemar" in m.value)
    assert text.startswith("**Taylor 50")
    assert "for the search over 20 comparisons" in text  # 5 pruned models, 2 corruptions
    assert [table.name for table in chart(app, FIGURE).datasets] == ["points"]
    gallery = next(h.proto.body for h in app.get("html") if "<figure" in h.proto.body)
    assert gallery.count("<figure") == 6
    assert "first: " in gallery
    assert "second: " in gallery


def test_a_study_without_such_a_pair_says_so(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page("Home.py")
    assert "What pruning costs" in headings(app)
    text = next(m.value for m in app.markdown if "No two pruned models" in m.value)
    assert "corrected over the 6 comparisons searched" in text
    assert chart(app, FIGURE)


def test_the_table_of_models_is_made_for_who_opens_it(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page("Home.py")
    assert not app.dataframe
    app.session_state["provenance"] = True
    app.run()
    (table,) = app.dataframe
    assert list(table.value["name"]) == [row[0] for row in MODELS]
    assert "remaining parameters" in table.value.columns
    assert any("Data set **shapes** at 8 × 8 pixels" in m.value for m in app.markdown)


def test_another_class_needs_no_new_figure(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    first, second = (open_page("Home.py", **{"class": name}) for name in ("cat", "bird"))
    assert chart(first, FIGURE).spec == chart(second, FIGURE).spec


def test_a_network_with_two_features_is_drawn_and_links_to_its_page(studies: Path) -> None:
    write_plane_study(studies / "flat.duckdb")
    app = open_page("Home.py")
    assert '"bind"' in chart(app, "Features of samples in the plane").spec
    assert "What pruning does to features" in headings(app)
    assert any("**Play** prunes it" in one.value for one in app.markdown)


def test_without_such_a_network_home_has_no_such_part(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page("Home.py")
    assert "What pruning does to features" not in headings(app)
