"""The first minute at 1440 x 900: the finding, its why in one click, low headers, nothing moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import serving
from tests.browser.test_app import CHART, READY, open_at
from tests.browser.test_global_geometry import intervals, opened, place
from tests.browser.test_local_geometry import HISTOGRAM, chart, drag
from tests.study_file import MODELS, TWINS, flip_fog, write_study

MOST = 160
"""Pixels from the top of the window to the first chart, or to the line that is its title."""
PAIR = "reference=lenet5-dense&compared=lenet5-magnitude-0.9"
VIEWS = [
    "",
    "Evaluation_Table?",
    *(f"Local_Geometry?look={look}" for look in ("lie", "changed", "ratios", "models")),
    "Local_Geometry?look=ratios&sweep_shows=densities",
    "Local_Geometry?look=lie&layout=together",
    "Global_Geometry?",
    *(
        f"Robustness?robustness={view}"
        for view in (
            "predictors", "potential", "severity", "change", "alike", "confidence", "classes",
            "decks",
        )
    ),
    "Latent_Space?latent=dimensions",
]  # fmt: skip
TOP = """() => {
  const chart = document.querySelector('[data-testid=stMain] [data-testid=stVegaLiteChart]');
  let top = chart.getBoundingClientRect().top;
  const title = chart.closest('[data-testid=stElementContainer]').previousElementSibling;
  if (title && title.querySelector('p > strong + br'))
    top = Math.min(top, title.getBoundingClientRect().top);
  return top + document.querySelector('[data-testid=stMain]').scrollTop;
}"""


@pytest.fixture(scope="module")
def headline_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with a study of two models that are alike on clean images and not in fog."""
    folder: Path = tmp_path_factory.mktemp("headline")
    path = write_study(folder / "tiny.duckdb", sample_count=1_200, models=(*MODELS, *TWINS))
    with duckdb.connect(str(path)) as connection:
        flip_fog(connection, model_id=5, share=0.3)
    with serving(folder) as url:
        yield url


@pytest.fixture
def screen(page: Page) -> Page:
    page.set_viewport_size({"width": 1440, "height": 900})
    return page


def on_screen(page: Page, selector: str, count: int = 1) -> bool:
    """Whether so many elements are wholly inside the window, without scrolling."""
    boxes = [one.bounding_box() for one in page.locator(selector).all()[:count]]
    return len(boxes) == count and all(
        box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 900 for box in boxes
    )


@pytest.mark.parametrize("view", VIEWS)
def test_the_first_chart_stands_high_on_the_page(
    screen: Page, headline_url: str, view: str
) -> None:
    open_at(screen, f"{headline_url}/{view}&{PAIR}" if view else headline_url)
    expect(screen.locator(CHART).first).to_be_visible()
    screen.wait_for_timeout(300)
    assert screen.evaluate(TOP) <= MOST


def test_home_shows_the_finding_and_its_why_is_a_click_away(
    screen: Page, headline_url: str
) -> None:
    open_at(screen, headline_url)
    sentence = screen.get_by_role("heading", name="equally accurate on clean images")
    expect(sentence).to_be_visible()
    expect(screen.locator(f"{CHART} canvas").nth(1)).to_be_visible()
    expect(screen.locator(".gallery figure")).to_have_count(6)
    assert on_screen(screen, "[class*='st-key-answers_reference'] canvas")
    assert on_screen(screen, "[class*='st-key-answers_compared'] canvas")
    assert on_screen(screen, ".gallery figure", 6)
    assert on_screen(screen, ".st-key-see_why a")
    screen.get_by_role("link", name="See why").click()
    expect(screen.get_by_role("heading", name="Local geometry")).to_be_visible()
    expect(chart(screen, "change_angle_chart")).to_be_visible()
    expect(screen.get_by_text("fog, severity 3").first).to_be_visible()
    assert "look=changed" in screen.evaluate("location.search")


def test_picture_counts_and_images_of_a_comparison_are_on_one_screen(
    screen: Page, headline_url: str
) -> None:
    open_at(screen, f"{headline_url}/Local_Geometry?look=changed&{PAIR}")
    expect(screen.locator(".gallery img").first).to_be_visible()
    assert on_screen(screen, "[class*='st-key-change_angle_chart'] canvas")
    assert on_screen(screen, "[class*='st-key-reference_scatter'] canvas")
    assert on_screen(screen, "[class*='st-key-path_all'] canvas")
    assert on_screen(screen, ".st-key-answers_paired table")
    assert on_screen(screen, ".gallery figure", 6)


def test_nothing_moves_at_the_first_brush(screen: Page, headline_url: str) -> None:
    open_at(screen, f"{headline_url}/Local_Geometry?look=changed&{PAIR}")
    expect(chart(screen, "path_all")).to_be_visible()
    screen.wait_for_timeout(500)
    shown = "[class*='st-key-change_'] canvas, [class*='st-key-reference_scatter'] canvas, "
    shown += "[class*='st-key-path_all'] canvas, .gallery"
    places = "all => all.map(one => [one.getBoundingClientRect().x, one.getBoundingClientRect().y])"
    before: list[Any] = screen.locator(shown).evaluate_all(places)
    drag(screen, chart(screen, "change_angle_chart"), (0.4, HISTOGRAM), (0.7, HISTOGRAM))
    expect(screen.get_by_text("Selected").first).to_be_visible()
    screen.wait_for_selector(READY)
    assert len(before) == 7
    assert screen.locator(shown).evaluate_all(places) == before


def test_a_drag_straight_up_an_axis_selects(page: Page, app_url: str) -> None:
    opened(page, f"{app_url}/Global_Geometry?class=bird&axes_of=reference")
    (across, low), (_, high) = place(page, 2, 0.0), place(page, 2, 0.09)
    page.mouse.move(across, low, steps=5)
    page.mouse.down()
    page.mouse.move(across, (low + high) / 2, steps=4)
    page.mouse.move(across, high, steps=4)
    page.mouse.up()
    page.wait_for_function("location.search.includes('interval=')")
    ((kind, _, top),) = intervals(page)
    assert kind == "angle"
    assert top == pytest.approx(20 + 0.09 * 120, abs=1)


def test_the_tour_has_three_steps_and_can_be_left(screen: Page, headline_url: str) -> None:
    open_at(screen, headline_url)
    screen.get_by_role("button", name="Tour in three steps").click()
    expect(screen.get_by_text("1 of 3")).to_be_visible()
    screen.get_by_role("button", name="Next", exact=True).click()
    expect(screen.get_by_text("2 of 3")).to_be_visible()
    expect(chart(screen, "change_angle_chart")).to_be_visible()
    screen.get_by_role("button", name="Next", exact=True).click()
    expect(screen.get_by_text("3 of 3")).to_be_visible()
    expect(screen.get_by_role("heading", name=re.compile(r"Sample \d+"))).to_be_visible()
    screen.get_by_role("button", name="Leave the tour").click()
    expect(screen.get_by_text("3 of 3")).to_have_count(0)
    assert "tour" not in screen.evaluate("location.search")
