"""Hover and drags over angle and length, against the same questions asked in SQL."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import duckdb
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_app import CHART, READY, open_at
from tests.study_file import write_study

LINK = "Local_Geometry?study=tiny&reference=lenet5-dense&compared=lenet5-magnitude-0.9"
PLACE = """
    SELECT count(*), count(*) FILTER (correct) FROM sample_metrics
    WHERE model_id = ? AND condition_id = 0
      AND angle::DOUBLE BETWEEN ? AND ? AND length::DOUBLE BETWEEN ? AND ?
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same rows as in the app's study."""
    path = write_study(tmp_path_factory.mktemp("same") / "tiny.duckdb")
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def scatter(page: Page, number: int = 0) -> Locator:
    drawing = page.locator(f"{CHART} canvas").nth(number)
    drawing.scroll_into_view_if_needed()
    return drawing


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move, release; places as shares of the large plot's width and height."""
    box = scatter(page).bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=8)
    page.mouse.up()


def selected(page: Page) -> int:
    line = page.get_by_text(re.compile(r"^Selected [\d,]+ of [\d,]+")).first
    expect(line).to_be_visible()
    page.wait_for_selector(READY)
    found = re.match(r"Selected ([\d,]+) of 40", line.inner_text())
    assert found, line.inner_text()
    return int(found[1])


def in_url(page: Page, name: str) -> list[float]:
    page.wait_for_function(f"location.search.includes('{name}=')")
    (text,) = parse_qs(urlparse(page.url).query)[name]
    return [float(side) for side in text.split("~")]


def hover_until_image(page: Page, drawing: Locator) -> tuple[str, Locator]:
    """Move over a drawing, row by row, until a mark says what it is: its words and image."""
    box = drawing.bounding_box()
    assert box is not None
    tip = page.locator("#vg-tooltip-element.visible")
    for down in range(int(0.2 * box["height"]), int(0.95 * box["height"]), 6):
        for across in range(int(0.1 * box["width"]), int(0.75 * box["width"]), 4):
            page.mouse.move(box["x"] + across, box["y"] + down)
            if tip.count() and tip.locator("img").count():
                return tip.inner_text(), tip.locator("img")
    raise AssertionError("no mark of the plot shows an image on hover.")


@pytest.mark.parametrize(("query", "number"), [("class=cat", 0), ("", 2)], ids=["large", "small"])
def test_hover_shows_the_image_and_the_numbers_of_the_sample(
    page: Page, app_url: str, study: duckdb.DuckDBPyConnection, query: str, number: int
) -> None:
    open_at(page, f"{app_url}/{LINK}&{query}")
    page.wait_for_timeout(500)
    words, image = hover_until_image(page, scatter(page, number))
    found = re.search(r"(\d+) \((\w+)\), predicted (\w+)", words)
    assert found, words
    row = study.execute(
        "SELECT thumbnail, round(angle::DOUBLE, 1) FROM sample_metrics JOIN samples "
        "USING (sample_id) WHERE model_id = 0 AND condition_id = 0 AND sample_id = ?",
        [int(found[1])],
    ).fetchone()
    assert row is not None
    assert f"angle {row[1]}°" in words
    expect(image).to_have_js_property("naturalWidth", 8)
    shown = image.evaluate(
        "async image => btoa(String.fromCharCode(...new Uint8Array("
        "await (await fetch(image.src)).arrayBuffer())))"
    )
    assert base64.b64decode(shown) == row[0]


def test_a_gallery_shows_the_images(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/{LINK}&class=cat")
    images = page.locator(".gallery img")
    expect(images.first).to_have_js_property("naturalWidth", 8)
    assert images.count() == 9  # of the ten cats of the study


@pytest.mark.parametrize(("role", "model_id"), [("reference", 0), ("compared", 2)])
def test_a_drag_over_the_plot_selects_the_samples_in_the_rectangle(
    page: Page, app_url: str, study: duckdb.DuckDBPyConnection, role: str, model_id: int
) -> None:
    open_at(page, f"{app_url}/{LINK}&layout=together&shown={role}")
    drag(page, (0.15, 0.3), (0.45, 0.75))
    found = selected(page)
    values = [*in_url(page, "shown_angle"), *in_url(page, "shown_length")]
    expected = study.execute(PLACE, [model_id, *values]).fetchone()
    assert expected is not None
    assert 0 < found == expected[0] < 40
    accuracy = f"accuracy {100 * expected[1] / expected[0]:.1f}"
    expect(page.get_by_text(re.compile("^Selected")).locator("..")).to_contain_text(accuracy)


def test_the_selected_samples_become_the_filter_and_go_to_the_evaluation_table(
    page: Page, app_url: str
) -> None:
    open_at(page, f"{app_url}/{LINK}&layout=together")
    drag(page, (0.15, 0.3), (0.45, 0.75))
    found = selected(page)
    page.get_by_role("button", name="Use as filter").click()
    expect(page.get_by_text(f"All {found} samples")).to_be_visible()
    page.wait_for_selector(READY)
    page.get_by_role("button", name="See filter in the evaluation table").click()
    expect(page.get_by_role("heading", name="Evaluation table")).to_be_visible()
    expect(page.get_by_text(re.compile(rf"· {found} of 40"))).to_be_visible()


def test_a_double_click_clears_the_selection(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/{LINK}&layout=together")
    drag(page, (0.15, 0.3), (0.45, 0.75))
    assert selected(page) < 40
    scatter(page).dblclick(position={"x": 250, "y": 250})
    expect(page.get_by_text("All 40 samples")).to_be_visible()
    page.wait_for_function("!location.search.includes('shown_angle')")


@pytest.mark.parametrize(
    "query",
    ["", "layout=together&shown_angle=30~40&shown_length=9~12"],
)
def test_the_same_link_gives_the_same_picture(page: Page, app_url: str, query: str) -> None:
    pictures = []
    for _ in range(2):
        open_at(page, f"{app_url}/{LINK}&{query}")
        scatter(page).wait_for()
        page.wait_for_timeout(1500)
        pictures.append(
            page.locator(f"{CHART} canvas").evaluate_all(
                "drawings => drawings.map(canvas => canvas.toDataURL())"
            )
        )
        page.goto("about:blank")
    assert len(pictures[0]) > 0
    assert min(map(len, pictures[0])) > 2000
    assert pictures[0] == pictures[1]
