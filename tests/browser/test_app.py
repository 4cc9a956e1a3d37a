"""The app in a real browser: it opens, answers clicks, and reports no error."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, TimeoutError, expect

CHART = "[data-testid=stVegaLiteChart]"
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def open_at(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector(READY)


def go_back_to(page: Page, title: str) -> None:
    """Press Back; twice where Streamlit stored the page before its parameters as a step."""
    heading = page.get_by_role("heading", name=title)
    page.go_back()
    try:
        heading.wait_for(timeout=4000)
    except TimeoutError:
        page.go_back()
        heading.wait_for()


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.parametrize("path", ["", "Evaluation_Table", "Local_Geometry", "Global_Geometry"])
def test_a_page_opens_and_draws(page: Page, app_url: str, path: str) -> None:
    open_at(page, f"{app_url}/{path}")
    expect(page.locator(f"{CHART} svg.marks, {CHART} canvas").first).to_be_visible()
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_another_class_gives_another_picture(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/Local_Geometry?class=bird")
    chart = page.locator(f"{CHART} canvas").first
    expect(chart).to_be_visible()
    before = chart.evaluate("canvas => canvas.toDataURL()")
    choose(page, "Class", "cat")
    expect(page.get_by_text("class cat", exact=True)).to_be_visible()
    page.wait_for_function(
        f"old => document.querySelector('{CHART} canvas')?.toDataURL() !== old",
        arg=before,
    )
    assert "class=cat" in page.evaluate("location.search")


def test_a_choice_survives_a_page_change_a_reload_and_back(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/Local_Geometry")
    choose(page, "Class", "bird")
    expect(page.get_by_text("class bird", exact=True)).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_text("Evaluation Table").click()
    expect(page.get_by_role("heading", name="Evaluation table")).to_be_visible()
    page.wait_for_function(
        "location.pathname.endsWith('Evaluation_Table') && location.search.includes('class=bird')"
    )
    go_back_to(page, "Local geometry")
    expect(page.get_by_role("combobox", name="Class")).to_have_value("bird")
    page.reload()
    page.wait_for_selector(READY)
    expect(page.get_by_role("combobox", name="Class")).to_have_value("bird")


def test_a_click_on_a_bar_picks_its_model_in_every_column(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/Evaluation_Table")
    bars = page.locator(f"{CHART} svg.marks path[aria-roledescription=bar][aria-label*=Random]")
    expect(bars.first).to_be_visible()
    bars.first.click()
    expect(page.get_by_role("button", name="Set as compared")).to_be_visible()
    page.wait_for_function("location.search.includes('picked=lenet5-random-0.5')")
    lit = page.locator(f"{CHART} svg.marks path[aria-roledescription=bar][opacity='1']")
    expect(lit).to_have_count(3)
    page.get_by_role("button", name="Deselect").click()
    every = page.locator(f"{CHART} svg.marks path[aria-roledescription=bar][opacity='1']")
    expect(every).to_have_count(3 * 3)
    bars.first.click()
    expect(page.get_by_role("button", name="Deselect")).to_be_visible()
