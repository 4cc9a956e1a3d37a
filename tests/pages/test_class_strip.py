"""The strip of classes on three pages without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opening import open_page, select_on_chart, url
from tests.pages.samples_page import COMPARED, PAGE
from tests.study_file import write_study


def popovers(app: AppTest) -> list[str]:
    return [block.proto.popover.label.replace("\\", "") for block in app.get("popover")]


@pytest.fixture
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


@pytest.mark.usefixtures("_study")
@pytest.mark.parametrize("page", [PAGE, "pages/2_Local_Geometry.py", "pages/3_Global_Geometry.py"])
def test_the_strip_of_classes_names_the_worst_and_a_click_chooses_one(page: str) -> None:
    app = open_page(page, **COMPARED)
    (strip,) = [one for one in popovers(app) if "Largest drop" in one]
    assert not [one for one in app.get("vega_lite_chart") if "class_strip" in one.proto.id]
    assert strip.startswith("Largest drop: class ")
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
    assert not [one for one in popovers(app) if "drop" in one]
