"""One sample in a browser: its image by severity, without images, and by keyboard alone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.corruptions import GENERATOR_VERSION
from tests.browser.conftest import serving
from tests.browser.test_app import READY, open_at
from tests.browser.test_samples import LOADED, in_link
from tests.many_classes import write_many_class_study
from tests.study_file import write_study

SIDE = 32


def write_severities(path: Path) -> None:
    """A study whose two corrupted conditions are fog of severity 1 and 5, made in the app."""
    write_study(path)
    with duckdb.connect(str(path)) as study:
        for condition_id, severity in ((1, 1), (2, 5)):
            study.execute(
                "UPDATE conditions SET corruption = 'fog', category = 'weather', severity = ?, "
                "name = ?, generator_version = ?, generator_seed = 3 WHERE condition_id = ?",
                [severity, f"fog-{severity}", GENERATOR_VERSION, condition_id],
            )
        study.execute("UPDATE study SET image_size = ?", [SIDE])
        png = io.BytesIO()
        pixels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(png, "PNG")
        study.execute("UPDATE samples SET thumbnail = ?", [png.getvalue()])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("studies")
    write_severities(folder / "severities.duckdb")
    write_many_class_study(folder / "many.duckdb", classes=120)
    with serving(folder) as address:
        yield address


def corrupted_image(page: Page) -> bytes:
    """The image beside the clean one, as the browser has it."""
    picture = page.locator(".sample-card.large img").nth(1)
    page.wait_for_function(f"({LOADED})([...document.querySelectorAll('.sample-card.large img')])")
    address = picture.get_attribute("src")
    assert address is not None
    answer = page.request.get(page.url.partition("/Samples")[0] + "/" + address)
    assert answer.ok
    return answer.body()


def test_the_slider_over_severities_changes_the_image(page: Page, url: str) -> None:
    open_at(page, f"{url}/Samples?study=severities&sample=5&compared_condition=fog-1")
    expect(page.get_by_text("fog, severity 1", exact=True)).to_be_visible()
    mild = corrupted_image(page)
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    assert in_link(page, "sample_severity") == "5"
    expect(page.get_by_text("fog, severity 5", exact=True)).to_be_visible()
    strong = corrupted_image(page)
    light = [np.asarray(Image.open(io.BytesIO(one)).convert("L")) for one in (mild, strong)]
    assert light[0].shape == light[1].shape == (SIDE, SIDE)
    assert light[1].std() < light[0].std()  # fog takes contrast


def test_a_study_without_images_says_so_and_works(page: Page, url: str) -> None:
    open_at(page, f"{url}/Samples?study=many&sample_part=where")
    expect(page.get_by_text("This study holds no images.")).to_be_visible()
    tiles = page.locator(".sample-card .tile")
    expect(tiles).to_have_count(24)
    expect(tiles.first).to_have_text("no image stored")
    page.get_by_role("button", name=re.compile("^Inspect ")).first.click()
    expect(page.get_by_role("heading", name=re.compile("^Sample "))).to_be_visible()
    expect(page.get_by_text("This study was imported without images.")).to_be_visible()
    page.get_by_role("radio", name="Nearest other samples").click()
    expect(page.get_by_role("button", name=re.compile("^Inspect ")).first).to_be_visible()
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def tab_to(page: Page, role: Literal["button", "radio"], name: str) -> None:
    """Press Tab until what has the focus is called so."""
    page.wait_for_selector(READY)
    wanted = page.get_by_role(role, name=name, exact=True)
    expect(wanted).to_be_visible()
    for _ in range(150):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_the_keyboard_alone_goes_from_the_gallery_to_another_compared(page: Page, url: str) -> None:
    link = "study=severities&reference=lenet5-dense&compared=lenet5-magnitude-0.9"
    open_at(page, f"{url}/Samples?{link}&gallery_sort=id&gallery_order=low")
    tab_to(page, "button", "Inspect 3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sample 3, class cat")).to_be_visible()
    assert in_link(page, "sample") == "3"
    box = page.locator(".st-key-sample_map_model [role=combobox]")
    expect(box).to_be_visible()
    page.wait_for_selector(READY)
    for _ in range(150):
        page.keyboard.press("Tab")
        if box.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.keyboard.type("Random")
    expect(page.get_by_role("option")).to_have_count(1)
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    page.wait_for_function("location.search.includes('compared=lenet5-random-0.5')")
    page.wait_for_selector(READY)
    expect(page.get_by_text("compared predicts").first).to_be_visible()
    tab_to(page, "radio", "Models and conditions")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert in_link(page, "sample_part") == "why"
    expect(page.get_by_text("Angles to class directions")).to_be_visible()
