"""Texts of a study and of a link make no link, no picture and no request in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlparse

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import serving
from tests.browser.test_app import READY, open_at
from tests.browser.test_local_geometry_looks import hover_until_image, scatter
from tests.pages.every_view import VIEWS
from tests.pages.hostile import HOSTILE, READABLE, write_hostile_study

# the app's own links name models in their parameters, percent-encoded
MADE = "a[href*='//evil'], a[href*='//www.evil'], a[href^='mailto:'], img[src*='evil']"
LINK = {
    "study": HOSTILE,
    "reference": HOSTILE,
    "class": HOSTILE,
    "subset": HOSTILE,
    "keep": HOSTILE,
    "interval": HOSTILE,
}


@pytest.fixture(scope="module")
def hostile_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    write_hostile_study(folder / "bad.duckdb", keep=READABLE)
    (folder / "![y](http:evil.test).duckdb").write_text("not a database")
    with serving(folder) as url:
        yield url


def address(page: str) -> str:
    name = Path(page).stem
    return "" if name == "Home" else name.split("_", 1)[1]


def test_no_page_asks_another_host_or_links_to_it(page: Page, hostile_url: str) -> None:
    hosts = set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    last_of_each = dict(VIEWS)
    for file, link in [*last_of_each.items(), ("Home.py", LINK), *VIEWS[2:5]]:
        open_at(page, f"{hostile_url}/{address(file)}?{urlencode(link)}")
        page.get_by_text("evil.test").first.wait_for(state="attached")
        page.wait_for_timeout(500)
        page.wait_for_selector(READY)
        assert page.locator(MADE).count() == 0, (file, link)
        assert page.locator("[data-testid='stException']").count() == 0, (file, link)
    assert hosts - {None} == {"localhost"}


def test_a_tooltip_shows_texts_as_they_are(page: Page, hostile_url: str) -> None:
    open_at(page, f"{hostile_url}/Local_Geometry?look=lie")
    page.wait_for_timeout(500)
    words, image = hover_until_image(page, scatter(page, 2))
    assert "[a](http://evil.test)<img" in words
    assert "media/sample-" in str(image.get_attribute("src"))
    assert page.locator(MADE).count() == 0
