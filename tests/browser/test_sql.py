"""The page SQL in a browser: typing, running by keyboard, the link, the filter."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

QUERY = "SELECT sample_id, margin FROM metrics WHERE model = 'lenet5-dense' ORDER BY ALL LIMIT 7"


def test_a_query_is_typed_run_by_keyboard_and_stands_in_the_link(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/SQL")
    expect(page.get_by_text("4 rows · ")).to_be_visible(timeout=60_000)
    editor = page.get_by_label("Query")
    editor.fill(QUERY)
    editor.press("Control+Enter")
    expect(page.get_by_text("7 rows · ")).to_be_visible(timeout=60_000)
    assert parse_qs(urlsplit(page.url).query)["sql"] == [QUERY]
    expect(page.get_by_role("button", name="Use as filter")).to_be_visible()
    page.reload()
    expect(page.get_by_text("7 rows · ")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Query")).to_have_value(QUERY)


def test_what_is_typed_stays_while_something_else_changes(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/SQL")
    expect(page.get_by_text("4 rows · ")).to_be_visible(timeout=60_000)
    page.get_by_label("Query").fill("SELECT 1 AS not_yet")
    page.get_by_label("Mark").click()
    page.get_by_role("option", name="Points").click()
    expect(page.get_by_text("4 rows · ")).to_be_visible()
    expect(page.get_by_label("Query")).to_have_value("SELECT 1 AS not_yet")


def test_a_hostile_query_gets_a_sentence_and_an_honest_one_answers_after_it(
    page: Page, app_url: str
) -> None:
    page.goto(f"{app_url}/SQL?sql=SELECT+repeat('x',+4000000000)")
    expect(page.get_by_text("memory.")).to_be_visible(timeout=60_000)
    page.goto(f"{app_url}/SQL?sql=SELECT+count(*)+AS+models+FROM+models")
    expect(page.get_by_text("1 row · ")).to_be_visible(timeout=60_000)
