"""Real drags and hovers on the parallel coordinates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.display.global_geometry.plot_area import NAMES_HEIGHT, PlotArea
from core.store.connection import connect, query
from tests.browser.test_app import choose
from tests.study_file import write_study

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHART = "[class*='st-key-parallel_coordinates'] canvas"
AXES = 7  # four classes, length, margin, true-class probability
PLOT_AREA = PlotArea(AXES, pixels=448, names=NAMES_HEIGHT)
# Left of the plane stand the degrees and their title; below it is air.
LEFT, BELOW = 66, 20


def place(page: Page, axis: float, height: float) -> tuple[float, float]:
    """Where on the screen a height of an axis is."""
    drawing = page.locator(CHART).first
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    left, right = PLOT_AREA.positions
    foot, top = PLOT_AREA.heights
    across = (axis - left) / (right - left) * (box["width"] - LEFT)
    down = (top - height) / (top - foot) * (box["height"] - BELOW)
    return box["x"] + LEFT + across, box["y"] + down


def drag(page: Page, axis: int, foot: float, top: float) -> None:
    (across, low), (_, high) = place(page, axis, foot), place(page, axis, top)
    page.mouse.move(across, low, steps=5)  # on its way it leaves what it had a tooltip of
    page.mouse.down()
    page.mouse.move(across + 3, (low + high) / 2, steps=4)
    page.mouse.move(across + 5, high, steps=4)
    page.mouse.up()


def opened(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector(READY)
    expect(page.locator(CHART).first).to_be_visible()


def counted(study: Path, condition: str) -> int:
    sql = f"""SELECT count(*) AS samples FROM sample_metrics m
              WHERE model_id = 0 AND condition_id = 0 AND label = 2 AND {condition}"""
    with connect(study) as connection:
        return int(query(connection, sql).item())


def intervals(page: Page) -> list[tuple[str, float, float]]:
    texts: list[str] = page.evaluate("new URLSearchParams(location.search).getAll('interval')")
    parts = [text.split(":") for text in texts]
    return [(kind, float(low or "-inf"), float(high or "inf")) for _, kind, low, high, _ in parts]


def test_drags_on_two_axes_select_the_samples_that_sql_counts(
    page: Page, app_url: str, tmp_path: Path
) -> None:
    study = write_study(tmp_path / "tiny.duckdb")
    opened(page, f"{app_url}/Global_Geometry?class=bird&axes_of=reference")
    drag(page, 2, 0.0, 0.09)
    page.wait_for_function("new URLSearchParams(location.search).getAll('interval').length == 1")
    ((kind, low, high),) = intervals(page)
    assert kind == "angle"
    assert high == pytest.approx(20 + 0.09 * 120, abs=1)
    count = counted(study, f"angle BETWEEN {low if low > 0 else 0} AND {high}")
    assert 0 < count < 10
    expect(page.get_by_text(f"Selected {count} of 10 samples")).to_be_visible()
    drag(page, 4, 0.5, 0.99)
    page.wait_for_function("new URLSearchParams(location.search).getAll('interval').length == 2")
    (_, (metric, shortest, longest)) = intervals(page)
    assert metric == "length"
    both = counted(study, f"angle <= {high} AND length BETWEEN {shortest} AND {min(longest, 1e9)}")
    expect(page.get_by_text(f"Selected {both} of 10 samples")).to_be_visible()
    page.get_by_role("button", name="angle to bird").click()
    page.wait_for_function("new URLSearchParams(location.search).getAll('interval').length == 1")
    page.get_by_role("button", name="Use as filter").click()
    page.wait_for_function("location.search.includes('subset=')")
    assert "interval" not in page.evaluate("location.search")


def test_a_drag_redraws_no_chart_and_replaces_the_interval_of_its_axis(
    page: Page, app_url: str, tmp_path: Path
) -> None:
    study = write_study(tmp_path / "tiny.duckdb")
    opened(page, f"{app_url}/Global_Geometry?class=bird&axes_drag=reference")
    page.locator(CHART).first.evaluate("one => { one.dataset.kept = 'yes'; }")
    drag(page, 2, 0.0, 0.09)
    page.wait_for_function("new URLSearchParams(location.search).getAll('interval').length == 1")
    before = intervals(page)
    drag(page, 2, 0.05, 0.3)
    page.wait_for_function("old => !location.search.includes(old)", arg=f"%3A{before[0][2]:.6g}%3A")
    ((kind, low, high),) = intervals(page)
    assert kind == "angle"
    assert (low, high) == pytest.approx((20 + 0.05 * 120, 20 + 0.3 * 120), abs=1)
    count = counted(study, f"angle BETWEEN {low} AND {high}")
    expect(page.get_by_text(f"Selected {count} of 10 samples")).to_be_visible()
    assert page.locator(CHART).first.get_attribute("data-kept") == "yes"


def test_a_typed_end_selects_the_samples_that_sql_counts(
    page: Page, app_url: str, tmp_path: Path
) -> None:
    study = write_study(tmp_path / "tiny.duckdb")
    opened(page, f"{app_url}/Global_Geometry?class=bird&axes_of=reference")
    with connect(study) as connection:
        middle = query(
            connection,
            """SELECT round(median(angle)::DOUBLE, 1) FROM sample_metrics
               WHERE model_id = 0 AND condition_id = 0 AND label = 2""",
        ).item()
    page.get_by_role("button", name="Enter range").click()
    page.get_by_role("combobox", name="Axis", exact=True).click()
    page.get_by_role("option", name="angle to bird").click()
    page.get_by_label("Angle to bird at most").fill(str(middle))
    page.get_by_label("Angle to bird at most").press("Enter")
    page.wait_for_function("location.search.includes('interval=')")
    count = counted(study, f"angle <= {middle}")
    assert 0 < count < 10
    expect(page.get_by_text(f"Selected {count} of 10 samples")).to_be_visible()


def test_a_hovered_line_shows_its_sample(page: Page, app_url: str, tmp_path: Path) -> None:
    study = write_study(tmp_path / "tiny.duckdb")
    opened(page, f"{app_url}/Global_Geometry?class=bird&axes_of=reference&axes_bend=straight")
    # Where cells have their middle, and the line that is furthest from its neighbours.
    across = 0.9375
    sql = """SELECT sample_id, (1 - $across) * angles[2] + $across * angle AS angle
             FROM sample_metrics WHERE model_id = 0 AND condition_id = 0 AND label = 2"""
    with connect(study) as connection:
        lines = query(connection, sql, {"across": across}).rows()
    sample, angle = max(
        lines, key=lambda one: min(abs(one[1] - other[1]) for other in lines if other != one)
    )
    page.mouse.move(*place(page, 1 + across, (angle - 20) / 120))
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_contain_text(f"sample{sample}")
    expect(tooltip).to_contain_text("true bird, predicted ")
    expect(tooltip).not_to_contain_text("_")
    expect(tooltip.locator("img")).to_have_count(1)


def test_the_same_link_gives_the_same_picture(page: Page, app_url: str) -> None:
    pictures = []
    for _ in range(2):
        opened(page, f"{app_url}/Global_Geometry?class=bird&interval=compared:length:5::")
        page.wait_for_timeout(800)
        pictures.append(page.locator(CHART).first.screenshot())
        page.goto("about:blank")
    assert pictures[0] == pictures[1]


def test_back_undoes_a_class_in_one_step(page: Page, app_url: str) -> None:
    opened(page, f"{app_url}/Global_Geometry?class=bird")
    page.wait_for_function("location.search.includes('reference=')")
    page.wait_for_selector(READY)
    choose(page, "Class", "cat")
    expect(page.get_by_text("class cat")).to_be_visible()
    page.wait_for_function("location.search.includes('class=cat')")
    page.wait_for_selector(READY)
    page.go_back()
    expect(page.get_by_text("class bird")).to_be_visible()


def test_a_click_on_a_cell_says_whose_samples_it_holds(page: Page, app_url: str) -> None:
    opened(page, f"{app_url}/Global_Geometry?compared=lenet5-random-0.5&axes_of=reference")
    cell = page.locator("path[aria-label^='true bird, predicted cat;']")
    cell.first.scroll_into_view_if_needed()
    text = str(cell.first.get_attribute("aria-label"))
    count = re.search(r"compared: (\d+)", text)
    assert count is not None
    cell.first.click(force=True)  # on its number
    expect(
        page.get_by_role("button", name=f"Use as filter: {count[1]} samples under the compared")
    ).to_be_visible()


def test_unpinned_rows_go_at_once(page: Page, app_url: str) -> None:
    pins = "keep=lenet5-magnitude-0.5%40clean&keep=lenet5-magnitude-0.9%40clean"
    opened(page, f"{app_url}/Global_Geometry?class=bird&axes_rows=show&{pins}")
    unpin = page.get_by_role("button", name="Unpin", exact=True)
    expect(unpin).to_have_count(2)
    unpin.first.click()
    expect(unpin).to_have_count(1)
    page.get_by_role("button", name="Unpin all").click()
    expect(unpin).to_have_count(0)
