"""Real drags and hovers on the parallel coordinates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.store.database import connect, query
from tests.study_file import write_study

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHART = "[data-testid=stVegaLiteChart] svg.marks"
AXES = 6  # four classes, length, margin


def box_of_axes(page: Page) -> tuple[float, float, float, float]:
    box: dict[str, float] = page.evaluate(
        f"""() => document.querySelector('{CHART} .mark-group.role-frame.root path.background')
            .getBoundingClientRect().toJSON()"""
    )
    return box["x"], box["y"], box["width"], box["height"]


def drag(page: Page, axis: int, foot: float, top: float) -> None:
    x, y, width, height = box_of_axes(page)
    across = x + width * (axis + 0.45) / (AXES - 0.4 + 0.45)
    down = [y + height * (1.03 - at) / 1.06 for at in (foot, top)]
    page.mouse.move(across, down[0])
    page.mouse.down()
    page.mouse.move(across + 3, sum(down) / 2, steps=4)
    page.mouse.move(across + 5, down[1], steps=4)
    page.mouse.up()


def opened(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector(READY)
    expect(page.locator(CHART).first).to_be_visible()


def kept_by(study: Path, condition: str) -> int:
    sql = f"""SELECT count(*) AS samples FROM sample_metrics m
              WHERE model_id = 0 AND condition_id = 0 AND label = 2 AND {condition}"""
    with connect(study) as connection:
        return int(query(connection, sql).item())


def intervals(page: Page) -> list[tuple[str, float, float]]:
    texts: list[str] = page.evaluate("new URLSearchParams(location.search).getAll('interval')")
    parts = [text.split(":") for text in texts]
    return [(kind, float(low or "-inf"), float(high or "inf")) for _, kind, low, high, _ in parts]


def test_drags_on_two_axes_keep_the_samples_that_sql_counts(
    page: Page, app_url: str, tmp_path: Path
) -> None:
    study = write_study(tmp_path / "tiny.duckdb")
    opened(page, f"{app_url}/Global_Geometry?class=bird&axes_of=reference")
    drag(page, 2, 0.0, 0.09)
    page.wait_for_function("new URLSearchParams(location.search).getAll('interval').length == 1")
    ((kind, low, high),) = intervals(page)
    assert kind == "angle"
    assert high == pytest.approx(20 + 0.09 * 120, abs=1)
    count = kept_by(study, f"angle BETWEEN {low if low > 0 else 0} AND {high}")
    assert 0 < count < 10
    expect(page.get_by_text(f"{count} of 10 samples kept")).to_be_visible()
    drag(page, 4, 0.5, 0.99)
    page.wait_for_function("new URLSearchParams(location.search).getAll('interval').length == 2")
    (_, (metric, shortest, longest)) = intervals(page)
    assert metric == "length"
    both = kept_by(study, f"angle <= {high} AND length BETWEEN {shortest} AND {min(longest, 1e9)}")
    expect(page.get_by_text(f"{both} of 10 samples kept")).to_be_visible()
    page.get_by_role("button", name="angle to bird").click()
    page.wait_for_function("new URLSearchParams(location.search).getAll('interval').length == 1")
    page.get_by_role("button", name="Make them the subset").click()
    page.wait_for_function("location.search.includes('subset=')")
    assert "interval" not in page.evaluate("location.search")


def test_a_hovered_line_shows_its_sample(page: Page, app_url: str) -> None:
    opened(page, f"{app_url}/Global_Geometry?class=bird&axes_of=reference")
    expect(page.locator(CHART)).to_have_count(2)  # nothing moves any more
    page.wait_for_selector(READY)
    x, y = page.evaluate(
        f"""() => {{
            const lines = [...document.querySelectorAll('{CHART} path')].filter(
                one => (one.getAttribute('aria-label') || '').includes('confidence'));
            const line = lines[lines.length - 1];
            const point = line.getPointAtLength(line.getTotalLength() * 0.06)
                .matrixTransform(line.getScreenCTM());
            return [point.x, point.y];
        }}"""
    )
    page.mouse.move(x, y)
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_contain_text("predicted as")
    expect(tooltip.locator("img")).to_have_count(1)


def test_a_click_on_a_cell_says_whose_samples_it_holds(page: Page, app_url: str) -> None:
    opened(page, f"{app_url}/Global_Geometry?compared=lenet5-random-0.5&axes_of=reference")
    cell = page.locator("path[aria-label*='true class: bird'][aria-label*='predicted as: cat']")
    cell.first.scroll_into_view_if_needed()
    text = str(cell.first.get_attribute("aria-label"))
    count = re.search(r"samples, compared: (\d+)", text)
    assert count is not None
    cell.first.click()
    expect(
        page.get_by_role("button", name=f"Make {count[1]} samples of the compared the subset")
    ).to_be_visible()
