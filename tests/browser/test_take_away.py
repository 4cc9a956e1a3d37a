"""Real downloads of a chart and a table in every kind, and a finding to copy."""

from __future__ import annotations

import io
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import polars as pl
from PIL import Image
from playwright.sync_api import Locator, Page
from polars.testing import assert_frame_equal

from core.display.evaluation.frames import evaluation_frames, table_frames
from core.display.severity import MEAN_SEVERITY
from core.report.opening import open_context
from core.store.connection import connect
from tests.study_file import write_study

TITLE = "Accuracy by method, target sparsity and corruption"


def opened(page: Page, key: str) -> Locator:
    """The contents of a popover, after a click on its button."""
    button = page.locator(f'[class*="st-key-{key}"] button').first
    button.wait_for(timeout=60_000)
    button.scroll_into_view_if_needed()
    button.click()
    body = page.get_by_test_id("stPopoverBody")
    body.get_by_test_id("stCode").first.wait_for(timeout=60_000)
    return body


def downloaded(page: Page, body: Locator, label: str) -> tuple[str, bytes]:
    with page.expect_download(timeout=90_000) as found:
        body.get_by_role("button", name=label, exact=True).click()
    return found.value.suggested_filename, Path(found.value.path()).read_bytes()


def test_a_chart_leaves_as_picture_and_as_vega_lite(page, app_url, tmp_path):
    with connect(write_study(tmp_path / "tiny.duckdb")) as connection:
        context = open_context(connection, tmp_path / "tiny.duckdb")
        frames = evaluation_frames(context, context.study.models, MEAN_SEVERITY)
    page.goto(f"{app_url}/Evaluation_Table?class=bird")
    body = opened(page, "export_evaluation_chart")
    name, svg = downloaded(page, body, "SVG")
    assert name == "tiny-000000000000-recall-by-method-target-sparsity-and-corruption.svg"
    root = ElementTree.fromstring(svg)
    words = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    title = TITLE.replace("Accuracy", "Recall")
    assert any(title in text for text in words)
    assert any("10 samples: class bird" in text for text in words), words
    about = root.find("{http://www.w3.org/2000/svg}desc").text
    assert "class=bird" in about and "FROM accuracy_rollup" in about

    page.goto(f"{app_url}/Evaluation_Table")
    body = opened(page, "export_evaluation_chart")
    _, png = downloaded(page, body, "PNG")
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.info["Title"]) == ("PNG", TITLE)
    assert "version 000000000000" in image.info["Description"]
    assert image.size[0] == 1800

    _, text = downloaded(page, body, "Vega-Lite")
    spec = json.loads(text)
    assert spec["title"]["text"] == [TITLE]
    assert spec["datasets"]["bars"] == frames.histograms.tables["bars"].to_dicts()
    (link,) = [one for one in spec["usermeta"]["provenance"] if one.startswith("link: ")]
    asked = urlsplit(link.removeprefix("link: "))
    assert f"{asked.scheme}://{asked.netloc}{asked.path}" == f"{app_url}/Evaluation_Table"
    assert parse_qs(asked.query)["reference"] == ["lenet5-dense"]

    _, sql = downloaded(page, body, "SQL")
    assert b"FROM accuracy_rollup" in sql


def test_a_table_leaves_as_csv_parquet_and_latex(page, app_url, tmp_path):
    with connect(write_study(tmp_path / "tiny.duckdb")) as connection:
        context = open_context(connection, tmp_path / "tiny.duckdb")
        expected = table_frames(context, context.study.models, "clean").models
    page.goto(f"{app_url}/Evaluation_Table")
    page.get_by_text("Hide constant columns").click(timeout=60_000)
    body = opened(page, "export_table_evaluation_table")
    name, csv = downloaded(page, body, "CSV")
    assert name == "tiny-000000000000-evaluation-table.csv"
    found = pl.read_csv(io.BytesIO(csv), schema_overrides=expected.schema)
    assert_frame_equal(found, expected)
    _, parquet = downloaded(page, body, "Parquet")
    assert_frame_equal(pl.read_parquet(io.BytesIO(parquet)), expected)
    assert "lenet5-dense" in pl.read_parquet_metadata(io.BytesIO(parquet))["provenance"]
    _, latex = downloaded(page, body, "LaTeX")
    text = latex.decode()
    assert text.startswith("% 40 samples\n")
    assert r"\toprule" in text
    assert text.count(r" \\") == expected.height + 1
    shown = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").inner_text()
    assert "version 000000000000" in shown


def test_a_finding_is_a_sentence_with_a_link_that_leads_back(page, app_url):
    query = "compared=lenet5-magnitude-0.9&compared_condition=fog-3&look=changed"
    page.goto(f"{app_url}/Local_Geometry?{query}")
    body = opened(page, "finding_paired")
    sentence = " ".join(body.get_by_test_id("stCode").inner_text().split())
    assert sentence.startswith("On the same 40 images (all samples), accuracy is ")
    assert "(95 % interval " in sentence and "exact McNemar test, p" in sentence
    link = sentence.partition("version 000000000000, ")[2].removesuffix("].")
    page.goto(link)
    again = opened(page, "finding_paired")
    assert " ".join(again.get_by_test_id("stCode").inner_text().split()) == sentence


def test_nothing_is_sent_before_it_is_asked_for(page, app_url):
    page.goto(f"{app_url}/Evaluation_Table")
    page.locator('[class*="st-key-export_evaluation_chart"] button').wait_for(timeout=60_000)
    assert page.get_by_test_id("stDownloadButton").count() == 0
