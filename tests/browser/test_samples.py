"""The page of samples in a browser: from a brush, from a picture, from a link, by keyboard."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_app import READY, go_back_to, open_at
from tests.browser.test_local_geometry import HISTOGRAM, chart, drag, selected

PAIR = "study=tiny&reference=lenet5-dense&compared=lenet5-magnitude-0.9"
CARDS = ".sample-card"
# The random model under fog, from the corner of the drawing; cells are 26 by 20 pixels.
LAST_CELL = (136, 134)
LOADED = "images => images.every(one => one.complete && one.naturalWidth > 0)"


def in_link(page: Page, name: str) -> str:
    page.wait_for_function(f"location.search.includes('{name}=')")
    return parse_qs(urlparse(page.url).query)[name][0]


def on_samples(page: Page) -> None:
    expect(page.get_by_role("heading", name="Samples", exact=True)).to_be_visible()
    page.wait_for_selector(READY)


def test_a_brush_elsewhere_leads_to_the_images_of_what_it_selects(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/Local_Geometry?{PAIR}&look=changed")
    drag(page, chart(page, "change_angle_chart"), (0.4, HISTOGRAM), (0.7, HISTOGRAM))
    found = selected(page)
    page.get_by_role("button", name="Open in Samples").click()
    on_samples(page)
    expect(
        page.get_by_text(re.compile(rf"^1 to {min(24, found)} of {found} samples?\."))
    ).to_be_visible()
    expect(page.locator(CARDS)).to_have_count(min(24, found))
    images = page.locator(f"{CARDS} img")
    expect(images).to_have_count(min(24, found))
    page.wait_for_function(f"({LOADED})([...document.querySelectorAll('{CARDS} img')])")
    assert "lenet5-magnitude-0.9" in in_link(page, "subset")


def test_a_picture_elsewhere_leads_to_its_sample(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/Local_Geometry?{PAIR}&look=lie&class=bird")
    expect(page.get_by_text("Open in Samples:")).to_be_visible()
    button = page.locator("[class*='st-key-lowest_margin_'] button").first
    sample_id = button.inner_text()
    button.click()
    on_samples(page)
    expect(page.get_by_role("heading", name=f"Sample {sample_id}, class bird")).to_be_visible()
    assert in_link(page, "sample") == sample_id


def test_the_keyboard_opens_a_sample_and_goes_back(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/Samples?{PAIR}&gallery_sort=id&gallery_order=low")
    opens = page.get_by_role("button", name="Inspect 3", exact=True)
    opens.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sample 3, class cat")).to_be_visible()
    assert in_link(page, "sample") == "3"
    page.reload()
    page.wait_for_selector(READY)
    expect(page.get_by_role("heading", name="Sample 3, class cat")).to_be_visible()
    page.get_by_role("button", name="Back to the gallery").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 to 24 of 40 samples")).to_be_visible()
    page.get_by_role("button", name="Next", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("25 to 40 of 40 samples")).to_be_visible()


def test_a_click_on_the_map_sets_the_compared_combination(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/Samples?{PAIR}&sample=5&sample_part=map")
    drawing = chart(page, "sample_map")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    page.wait_for_timeout(1000)
    page.mouse.click(box["x"] + LAST_CELL[0], box["y"] + LAST_CELL[1])
    page.wait_for_function("location.search.includes('compared=lenet5-random-0.5')")
    assert in_link(page, "compared_condition") == "fog-3"
    expect(page.get_by_text("compared predicts").first).to_be_visible()


def test_a_click_on_the_strip_of_classes_chooses_one(page: Page, app_url: str) -> None:
    open_at(page, f"{app_url}/Samples?{PAIR}")
    page.get_by_text("Largest drop").click()
    drawing = chart(page, "class_strip")
    expect(drawing).to_be_visible()
    page.wait_for_timeout(1000)
    box = drawing.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"])
    page.wait_for_function("/class=(plane|car|bird|cat)/.test(location.search)")
    chosen = in_link(page, "class")
    expect(page.get_by_text(re.compile(f"class {chosen} ·"))).to_be_visible()
    page.get_by_role("button", name="All classes", exact=True).click()
    expect(page.get_by_text(re.compile("all samples ·"))).to_be_visible()


def test_occlusion_maps_lie_over_the_image_and_a_cell_says_its_change(
    page: Page, app_url: str
) -> None:
    open_at(page, f"{app_url}/Samples?{PAIR}&compared_condition=clean&sample=5&sample_part=where")
    drawing = chart(page, "attribution_difference")
    drawing.scroll_into_view_if_needed()
    picture = drawing.locator("image")
    expect(picture).to_have_count(1)
    address = picture.get_attribute("href")
    assert address is not None
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "image/png"
    expect(drawing.get_by_text("+8.00")).to_be_visible()
    cell = drawing.locator("path[aria-label='+8.000']")
    expect(cell).to_have_count(1)
    cell.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("+8.000")


def opened_sample(page: Page) -> str:
    """The number of the sample that is inspected, in the heading as in the link."""
    on_samples(page)
    heading = page.get_by_role("heading", name=re.compile(r"^Sample \d+, class "))
    expect(heading).to_be_visible()
    number = in_link(page, "sample")
    assert heading.inner_text().startswith(f"Sample {number},")
    return number


def under_pointer(page: Page, drawing: Locator, *, step: int = 6) -> str:
    """Move over a drawing until a tooltip shows a sample; its text."""
    drawing.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    box = drawing.bounding_box()
    assert box is not None
    tooltip = page.locator("#vg-tooltip-element.visible")
    for y in range(int(0.3 * box["height"]), int(0.75 * box["height"]), step):
        for x in range(int(0.3 * box["width"]), int(0.7 * box["width"]), step):
            page.mouse.move(box["x"] + x, box["y"] + y)
            if tooltip.count() and "sample" in tooltip.inner_text():
                return tooltip.inner_text()
    raise AssertionError("no sample under the pointer, anywhere on the drawing")


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ("Local_Geometry?look=lie&class=bird", "geometry_plot"),
        ("Local_Geometry?look=changed", "reference_scatter"),
        ("Local_Geometry?look=changed", "path_all"),
        ("Local_Geometry?look=ratios", "sweep_plots"),
        ("Local_Geometry?look=models", "share_scatter"),
        ("Global_Geometry?class=bird", "parallel_coordinates"),
    ],
)
def test_a_click_on_a_samples_mark_or_line_opens_that_sample(
    page: Page, app_url: str, link: str, key: str
) -> None:
    open_at(page, f"{app_url}/{link}&{PAIR}")
    told = under_pointer(page, chart(page, key))
    page.mouse.down()
    page.mouse.up()
    number = opened_sample(page)
    assert re.search(rf"\b{number}\b", told), told


def test_back_from_a_clicked_sample_stays_and_a_drag_still_selects(
    page: Page, app_url: str
) -> None:
    open_at(page, f"{app_url}/Local_Geometry?{PAIR}&look=lie&class=bird")
    under_pointer(page, chart(page, "geometry_plot"))
    page.mouse.down()
    page.mouse.up()
    opened_sample(page)
    go_back_to(page, "Local geometry")
    page.wait_for_selector(READY)
    page.wait_for_timeout(1500)
    expect(page.get_by_role("heading", name="Local geometry", exact=True)).to_be_visible()
    drag(page, chart(page, "geometry_plot"), (0.3, 0.4), (0.7, 0.7))
    in_link(page, "shown_angle")
    expect(page.get_by_role("heading", name="Local geometry", exact=True)).to_be_visible()
