"""Real drags on the local geometry page, against the same question asked in SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import duckdb
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_app import CHART, READY, open_at
from tests.study_file import write_study

LINK = "Local_Geometry?study=tiny&reference=lenet5-dense&compared=lenet5-magnitude-0.9&look=changed"
CHANGE = """
    SELECT count(*) FROM sample_metrics r JOIN sample_metrics m USING (sample_id)
    WHERE r.model_id = 0 AND r.condition_id = 0 AND m.model_id = 2 AND m.condition_id = 0
      AND m.{metric}::DOUBLE - r.{metric}::DOUBLE BETWEEN ? AND ?
"""
# Where the histogram lies in its chart, from top to bottom: the densities stand above.
HISTOGRAM = 0.7
PLACE = """
    SELECT count(*) FROM sample_metrics
    WHERE model_id = 0 AND condition_id = 0
      AND angle BETWEEN ? AND ? AND length BETWEEN ? AND ?
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same rows as in the app's study."""
    path = write_study(tmp_path_factory.mktemp("same") / "tiny.duckdb")
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def count(study: duckdb.DuckDBPyConnection, sql: str, *values: float) -> int:
    row = study.execute(sql, list(values)).fetchone()
    assert row is not None
    return int(row[0])


def chart(page: Page, key: str) -> Locator:
    """The drawing of a chart by the start of its key."""
    return page.locator(f"[class*='st-key-{key}'] svg.marks, [class*='st-key-{key}'] canvas").first


def drag(
    page: Page, drawing: Locator, start: tuple[float, float], end: tuple[float, float]
) -> None:
    """Press, move, release; places as shares of the drawing's width and height."""
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
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
    return int(found[1].replace(",", ""))


def in_url(page: Page, name: str) -> list[float]:
    page.wait_for_function(f"location.search.includes('{name}=')")
    (text,) = parse_qs(urlparse(page.url).query)[name]
    return [float(side) for side in text.split("~")]


@pytest.mark.parametrize("metric", ["angle", "length", "margin"])
def test_a_drag_along_a_histogram_selects_the_samples_that_sql_finds(
    page: Page, app_url: str, study: duckdb.DuckDBPyConnection, metric: str
) -> None:
    open_at(page, f"{app_url}/{LINK}")
    drag(page, chart(page, f"change_{metric}_chart"), (0.4, HISTOGRAM), (0.7, HISTOGRAM))
    found = selected(page)
    low, high = in_url(page, f"change_{metric}")
    assert 0 < found < 40
    assert found == count(study, CHANGE.format(metric=metric), low, high)


def test_a_second_drag_narrows_further_and_the_selection_can_be_cleared(
    page: Page, app_url: str, study: duckdb.DuckDBPyConnection
) -> None:
    open_at(page, f"{app_url}/{LINK}")
    drag(page, chart(page, "change_angle_chart"), (0.3, HISTOGRAM), (0.8, HISTOGRAM))
    first = selected(page)
    drag(page, chart(page, "change_length_chart"), (0.3, HISTOGRAM), (0.6, HISTOGRAM))
    page.wait_for_function("location.search.includes('change_length=')")
    assert selected(page) < first
    page.get_by_role("button", name="Clear selection").click()
    expect(page.get_by_text("All 40 samples")).to_be_visible()
    page.wait_for_function("!location.search.includes('change_')")


def test_a_drag_over_the_scatter_selects_the_samples_in_the_rectangle(
    page: Page, app_url: str, study: duckdb.DuckDBPyConnection
) -> None:
    open_at(page, f"{app_url}/{LINK}")
    drag(page, chart(page, "reference_scatter"), (0.25, 0.15), (0.7, 0.6))
    found = selected(page)
    values = [*in_url(page, "place_angle"), *in_url(page, "place_length")]
    assert found == count(study, PLACE, *values)
    assert 0 < found < 40


def test_a_moved_brush_selects_other_samples(
    page: Page, app_url: str, study: duckdb.DuckDBPyConnection
) -> None:
    open_at(page, f"{app_url}/{LINK}")
    histogram = chart(page, "change_angle_chart")
    drag(page, histogram, (0.3, HISTOGRAM), (0.5, HISTOGRAM))
    selected(page)
    before = in_url(page, "change_angle")
    drag(page, chart(page, "change_angle_chart"), (0.4, HISTOGRAM), (0.6, HISTOGRAM))
    page.wait_for_function(f"!location.search.includes('change_angle={before[0]:.5g}~')")
    low, high = in_url(page, "change_angle")
    assert low > before[0]
    page.wait_for_selector(READY)
    assert selected(page) == count(study, CHANGE.format(metric="angle"), low, high)


def test_the_selected_samples_become_the_filter_of_every_page(
    page: Page, app_url: str, study: duckdb.DuckDBPyConnection
) -> None:
    open_at(page, f"{app_url}/{LINK}")
    drag(page, chart(page, "change_angle_chart"), (0.4, HISTOGRAM), (0.7, HISTOGRAM))
    found = selected(page)
    page.get_by_role("button", name="Use as filter").click()
    expect(page.get_by_text(f"All {found} samples")).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_text("Evaluation Table").click()
    expect(page.get_by_role("heading", name="Evaluation table")).to_be_visible()
    expect(page.get_by_text(re.compile(rf"· {found} of 40"))).to_be_visible()


def test_the_same_link_gives_the_same_picture(page: Page, app_url: str) -> None:
    drawings = page.locator(f"{CHART} canvas")
    pictures = []
    for _ in range(2):
        open_at(page, f"{app_url}/{LINK}&change_angle=12~22&class=bird")
        expect(drawings).to_have_count(10)
        page.wait_for_timeout(500)
        pictures.append([one.evaluate("canvas => canvas.toDataURL()") for one in drawings.all()])
        page.goto("about:blank")
    assert len(set(pictures[0])) == 10
    assert pictures[0] == pictures[1]


def test_a_brush_stays_where_it_was_dragged_and_follows_the_numbers(
    page: Page, app_url: str, study: duckdb.DuckDBPyConnection
) -> None:
    open_at(page, f"{app_url}/{LINK}")
    histogram = chart(page, "change_angle_chart")
    before = histogram.evaluate("canvas => canvas.toDataURL()")
    drag(page, histogram, (0.4, HISTOGRAM), (0.7, HISTOGRAM))
    selected(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    dragged = histogram.evaluate("canvas => canvas.toDataURL()")
    page.get_by_role("button", name="Enter range").click()
    field = page.get_by_label("Angle changes by at least")
    field.fill("20")
    field.press("Enter")
    page.wait_for_function("location.search.includes('change_angle=20')")
    low, high = in_url(page, "change_angle")
    assert low == 20
    expect(page.get_by_text(re.compile("angle changed by 20° to"))).to_be_visible()
    assert selected(page) == count(study, CHANGE.format(metric="angle"), low, high)
    page.wait_for_timeout(500)
    typed = chart(page, "change_angle_chart").evaluate("canvas => canvas.toDataURL()")
    assert len({before, dragged, typed}) == 3
