"""The sparsity sweep and the look across models in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_app import CHART, READY, open_at
from tests.browser.test_local_geometry_looks import LINK, hover_until_image, scatter


@pytest.mark.parametrize("look", ["ratios", "models"])
def test_the_same_link_gives_the_same_picture(page: Page, app_url: str, look: str) -> None:
    pictures = []
    for _ in range(2):
        open_at(page, f"{app_url}/{LINK}&look={look}")
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


@pytest.mark.parametrize(
    ("look", "words"),
    [
        ("ratios", r"\d+ \((right|wrong)\), angle [\d.]+°, length [\d.]+"),
        ("models", r"\d+ \(\w+\), right under \d of 3 models"),
    ],
)
def test_hover_shows_the_image_and_the_sample_in_words(
    page: Page, app_url: str, look: str, words: str
) -> None:
    open_at(page, f"{app_url}/{LINK}&look={look}")
    page.wait_for_timeout(500)
    found, image = hover_until_image(page, scatter(page))
    assert re.search(words, found), found
    expect(image).to_have_js_property("naturalWidth", 8)
    labels = page.locator("#vg-tooltip-element .key").all_inner_texts()
    assert not [label for label in labels if "_" in label]


def test_the_table_of_a_sweep_opens(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/{LINK}&look=ratios")
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    page.get_by_text("Table", exact=True).click()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(1)


@pytest.mark.parametrize(
    ("look", "title"), [("ratios", "Sparsity sweep"), ("models", "Across models")]
)
def test_back_returns_to_the_look_before_with_one_press(
    page: Page, app_url: str, look: str, title: str
) -> None:
    open_at(page, f"{app_url}/{LINK}&reference_condition=clean&compared_condition=clean")
    page.wait_for_function("location.search.includes('class=')")
    first = page.get_by_text(re.compile("^All 40 samples"))
    expect(first).to_be_visible()
    page.get_by_role("radio", name=title).or_(page.get_by_role("button", name=title)).click()
    page.wait_for_function(f"location.search.includes('look={look}')")
    expect(first).to_be_hidden()
    page.wait_for_selector(READY)
    page.go_back()
    page.wait_for_function("!location.search.includes('look=')")
    expect(first).to_be_visible()
