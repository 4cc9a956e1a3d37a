"""The robustness page in a browser: every view draws, views are a click apart, pairs are picked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_app import CHART, READY, open_at

VIEWS = {
    "predictors": 5, "potential": 1, "severity": 1, "change": 2, "alike": 2, "confidence": 3,
    "classes": 1, "decks": 1,
}  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("width", [900, 1440])
def test_every_view_draws_its_charts(page: Page, app_url: str, view: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    link = "compared=lenet5-magnitude-0.5&alike_under=fog-3"
    open_at(page, f"{app_url}/Robustness?robustness={view}&{link}")
    drawn = page.locator(f"{CHART} svg.marks, {CHART} canvas.marks")
    expect(drawn).to_have_count(VIEWS[view])
    # what is wider than its container scrolls in it, and does not widen the page
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_view_is_a_click_and_stands_in_the_link(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/Robustness")
    view = page.get_by_role("radio", name="Prune potential")
    view.or_(page.get_by_role("button", name="Prune potential")).click()
    page.wait_for_function("location.search.includes('robustness=potential')")
    expect(page.get_by_text("Prune potential: the largest target sparsity")).to_be_visible()


def test_a_click_on_a_cell_picks_its_pair(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/Robustness?robustness=alike&alike_under=fog-3")
    matrix = page.locator("[class*='st-key-wide_similarity'] canvas").first
    expect(matrix).to_be_visible()
    page.wait_for_timeout(800)
    matrix.scroll_into_view_if_needed()
    box = matrix.bounding_box()
    assert box is not None
    # above the matrix is its legend, left of it the names, right of it the tree
    points = ((across, down) for down in (0.6, 0.75, 0.9) for across in (0.5, 0.55, 0.6))
    for across, down in points:
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
        page.wait_for_timeout(700)
        if "pair=" in page.evaluate("location.search"):
            break
    page.wait_for_function("location.search.includes('pair=')")
    page.wait_for_selector(READY)
    assert page.evaluate("new URLSearchParams(location.search).getAll('pair').length") == 2
