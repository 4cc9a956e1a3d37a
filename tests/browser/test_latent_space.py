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
