"""The page of the latent space in a browser: the slider moves points, a click measures one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import serving
from tests.browser.test_app import open_at
from tests.plane_study import write_plane_study

SLIDER = ".vega-bind input"
# words of the picture: the version, and the sample's length
WORDS = "[...document.querySelectorAll('.mark-text text')].map(one => one.textContent)"
# where the points of the first class are, in the picture's own coordinates
POINTS = (
    "[...document.querySelectorAll('.mark-symbol path')]"
    ".map(one => one.getAttribute('transform')).join()"
)


# every position that the slider is put to
RECORD = (
    f"window.seen = []; document.querySelector('{SLIDER}')"
    ".addEventListener('input', e => window.seen.push(Number(e.target.value)))"
)


@pytest.fixture(scope="module")
def plane_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("planes")
    write_plane_study(folder / "flat.duckdb")
    with serving(folder) as url:
        yield url


def slide(page: Page, to: float) -> None:
    page.eval_on_selector(
        SLIDER, f"e => {{ e.value = {to}; e.dispatchEvent(new Event('input')); }}"
    )


def test_the_slider_takes_points_from_version_to_version(page: Page, plane_url: str) -> None:
    open_at(page, f"{plane_url}/Latent_Space")
    page.wait_for_selector(SLIDER)
    page.wait_for_function(f"{WORDS}.some(one => one.startsWith('dense: '))")
    lengths = [one for one in page.evaluate(WORDS) if one.startswith("length ")]
    seen = [page.evaluate(POINTS)]
    slide(page, 0.4)
    # on the way nothing is measured
    page.wait_for_function(f"!{WORDS}.some(one => one.startsWith('length '))")
    seen.append(page.evaluate(POINTS))
    slide(page, 2)
    page.wait_for_function(f"{WORDS}.some(one => one.startsWith('magnitude, sparsity 90'))")
    page.wait_for_function(f"{WORDS}.some(one => one.startsWith('length '))")
    seen.append(page.evaluate(POINTS))
    shorter = [one for one in page.evaluate(WORDS) if one.startswith("length ")]
    assert len(set(seen)) == 3
    assert len(lengths) == len(shorter) == 1
    first, last = (float(one[0].removeprefix("length ")) for one in (lengths, shorter))
    assert last < first / 2


@pytest.mark.parametrize("page_path", ["/Latent_Space", "/"])
def test_play_takes_the_slider_to_the_end_and_again_from_the_start(
    page: Page, plane_url: str, page_path: str
) -> None:
    open_at(page, f"{plane_url}{page_path}")
    page.wait_for_selector(SLIDER)
    page.wait_for_function(f"{WORDS}.some(one => one.startsWith('dense: '))")
    first = page.evaluate(POINTS)
    page.evaluate(RECORD)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_have_count(1)
    expect(page.locator(SLIDER)).to_have_value("2", timeout=20_000)
    expect(page.get_by_role("button", name="Play")).to_have_count(1)
    page.wait_for_function(f"{WORDS}.some(one => one.startsWith('magnitude, sparsity 90'))")
    assert page.evaluate(POINTS) != first
    # on the way it stood between versions, and went forward only
    seen = page.evaluate("window.seen")
    assert any(one % 1 for one in seen) and seen == sorted(seen)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"Number(document.querySelector('{SLIDER}').value) < 1.5")
    page.get_by_role("button", name="Pause").click()
    stopped = page.locator(SLIDER).input_value()
    page.wait_for_timeout(1_000)
    assert page.locator(SLIDER).input_value() == stopped


def test_who_prefers_reduced_motion_gets_one_version_after_another(
    page: Page, plane_url: str
) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_at(page, f"{plane_url}/Latent_Space")
    page.wait_for_selector(SLIDER)
    page.evaluate(RECORD)
    page.get_by_role("button", name="Play").click()
    expect(page.locator(SLIDER)).to_have_value("2", timeout=20_000)
    assert set(page.evaluate("window.seen")) == {0, 1, 2}


def test_a_click_on_a_point_measures_it_and_the_slider_stays(page: Page, plane_url: str) -> None:
    open_at(page, f"{plane_url}/Latent_Space?plane_sample=0")
    page.wait_for_selector(SLIDER)
    page.wait_for_function(f"{WORDS}.some(one => one.startsWith('sample 0: '))")
    slide(page, 1)
    page.wait_for_function(f"{WORDS}.some(one => one.startsWith('magnitude, sparsity 50'))")
    page.locator("[aria-label*='sample: 8']").first.click()
    page.wait_for_function("location.search.includes('plane_sample=8')")
    page.wait_for_function(f"{WORDS}.some(one => one.startsWith('sample 8: '))")
    expect(page.locator(SLIDER)).to_have_value("1")
