"""The report of a temporary study: whole, alone, and with the numbers of the frames."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.display.evaluation.frames import evaluation_frames, table_frames
from core.display.robustness.predictors.frames import robustness_predictors
from core.display.severity import MEAN_SEVERITY
from core.report.opening import open_context
from core.report.writing import write_report
from core.store.connection import connect
from core.store.errors import StudyError
from core.store.rows import CLEAN, ModelRow
from tests.answered_study import write_answered_study
from tests.study_file import MODELS, TWINS, write_study

ROOT = Path(__file__).parents[3]
FIGURES = {
    "accuracy", "robustness_predictors", "relative_margin_change", "relative_change_differences",
    "prune_potential", "fragility_predictors",
}  # fmt: skip
TABLES = {"evaluation_table", "ranks", "differences", "table_1"}


class Page(HTMLParser):
    """Every tag with its attributes, and the cells of each table by the heading above it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: dict[str, list[str]] = {}
        self._table, self._in_cell = "", False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "h3":
            self._table = dict(attrs).get("id") or ""
        self._in_cell = tag == "td"

    def handle_data(self, data):
        if self._in_cell:
            self.cells.setdefault(self._table, []).append(data)
            self._in_cell = False


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("published") / "tiny.duckdb"
    return write_study(path, sample_count=120, models=(*MODELS, *TWINS))


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    made = tmp_path_factory.mktemp("report")
    write_report(study, made, made_by="python -m pipelines.report tiny")
    return made


@pytest.fixture(scope="module")
def page(folder):
    return Page((folder / "index.html").read_text(encoding="utf-8"))


@pytest.fixture
def context(study):
    with connect(study) as connection:
        yield open_context(connection, study)


def test_it_is_whole(folder, page):
    assert {path.stem for path in (folder / "figures").glob("*.svg")} == FIGURES
    assert {path.stem for path in (folder / "figures").glob("*.pdf")} == FIGURES
    assert {path.stem for path in (folder / "tables").glob("*.csv")} == FIGURES | TABLES
    assert {path.stem for path in (folder / "tables").glob("*.tex")} == TABLES
    headings = [attrs.get("id") for tag, attrs in page.tags if tag == "h3"]
    assert [name for name in headings if name] == [
        "evaluation_table", "ranks", "differences", "table_1",
    ]  # fmt: skip
    assert {attrs["id"] for tag, attrs in page.tags if tag == "figure" and "id" in attrs} == FIGURES


def test_it_needs_nothing_but_itself(folder, page):
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed"}
    for _, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on")]
        assert (attrs.get("src") or "data:image/").startswith("data:image/")
        if "href" in attrs:
            assert (folder / attrs["href"]).is_file(), attrs["href"]
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert "url(" not in text and "@import" not in text and "://" not in text
    for found in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", text):
        drawing = ElementTree.fromstring(base64.b64decode(found))
        for node in drawing.iter():
            assert node.tag.rpartition("}")[2] not in {"script", "image", "foreignObject"}
            assert not [name for name in node.attrib if name.endswith("href")]


def test_images_of_samples_are_pngs(page):
    shown = [
        base64.b64decode(attrs["src"].partition(",")[2])
        for tag, attrs in page.tags
        if tag == "img" and attrs["src"].startswith("data:image/png")
    ]
    assert shown
    assert all(png.startswith(b"\x89PNG\r\n\x1a\n") for png in shown)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_figures_are_drawn_with_title_numbers_and_version(folder, name):
    drawing = ElementTree.parse(folder / "figures" / f"{name}.svg").getroot()
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    words = ["".join(node.itertext()) for node in drawing.iter("{http://www.w3.org/2000/svg}text")]
    spec = json.loads((folder / "figures" / f"{name}.vl.json").read_text(encoding="utf-8"))
    for line in (*spec["title"]["text"], *spec["title"]["subtitle"]):
        assert any(line in one for one in words)
    assert re.match(r"(up to )?1[12]\d (image|sample)s", spec["title"]["subtitle"][0])
    assert spec["title"]["subtitle"][-1] == (
        "Four classes, four models · version 000000000000 · published 2026-01-02 03:04 UTC"
    )
    made_by = spec["usermeta"]["provenance"]
    assert made_by[1] == "python -m pipelines.report tiny"
    assert made_by[2].startswith("core.display.")


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_figures_are_one_page_of_pdf(folder, name):
    content = (folder / "figures" / f"{name}.pdf").read_bytes()
    assert content.startswith(b"%PDF-1.")
    assert content.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1


def test_numbers_are_those_of_the_frames(folder, page, context):
    study = context.study
    bars = evaluation_frames(context, study.models, MEAN_SEVERITY).histograms.tables["bars"]
    drawn = json.loads((folder / "figures" / "accuracy.vl.json").read_text())["datasets"]["bars"]
    assert drawn == bars.to_dicts()
    assert pl.read_csv(folder / "tables" / "accuracy.csv")["accuracy"].to_list() == (
        bars["accuracy"].to_list()
    )
    rows = table_frames(context, study.models, "clean").models
    shown = rows.filter(pl.col("model") != "lenet5: Dense" if "lenet5: Dense" in rows["model"]
                        else pl.col("model") != "Dense")  # fmt: skip
    written = pl.read_csv(folder / "tables" / "differences.csv")
    assert_frame_equal(
        written,
        shown.select(written.columns),
        check_dtypes=False,
    )
    cells = page.cells["differences"]
    assert cells[0 :: len(written.columns)] == shown["model"].to_list()
    assert cells[1 :: len(written.columns)] == [
        f"{100 * one:.1f}\u00a0%" for one in shown["clean accuracy"]
    ]
    assert cells[5 :: len(written.columns)] == [str(one) for one in shown["fixed"]]
    predictors = study.derive(
        robustness_predictors, tuple(study.models["model_id"]), context.sample_filter, True
    ).rows.filter(measure="Pearson", predictor="angle")
    assert [one.split(" ")[0] for one in page.cells["table_1"][2::6]] == [
        f"{one:.2f}".replace("-", "−") for one in predictors["value"]
    ]


def test_the_same_study_gives_the_same_report(study, folder, tmp_path):
    write_report(study, tmp_path, made_by="python -m pipelines.report tiny")
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pdf":
            assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes(), path


def test_the_sql_of_a_section_runs_and_gives_its_rows(folder, study):
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert text.count("<summary>SQL: ") == 6
    spec = json.loads((folder / "figures" / "accuracy.vl.json").read_text(encoding="utf-8"))
    (sql,) = [
        one
        for one in spec["usermeta"]["provenance"]
        if one.startswith("SELECT model_id, condition_id, sum(correct_count)")
    ]
    query, _, values = sql.partition(";\n-- ")
    with duckdb.connect(str(study), read_only=True) as connection:
        found = connection.execute(query, json.loads(values)).fetchall()
    assert [row[3] for row in found] == [120] * (6 * 3)


def test_a_study_of_one_model_on_clean_images_says_what_is_missing(tmp_path):
    dense = ModelRow(name="only", network="net", method="dense", ratio=0.0, sparsity=0.0)
    labels = [0, 1, 0, 1]
    study = write_answered_study(
        tmp_path / "one.duckdb", labels, {("only", "clean"): labels}, models=[dense],
        conditions=(CLEAN,),
    )  # fmt: skip
    folder = tmp_path / "report"
    folder.mkdir()
    write_report(study, folder)
    text = (folder / "index.html").read_text(encoding="utf-8")
    for sentence in (
        "No pruned model has been evaluated in this study.",
        "This study has no model with clean and corrupted images.",
        "This needs a method with more than one target sparsity",
    ):
        assert sentence in text


def test_hostile_words_of_a_study_stay_words(tmp_path):
    study = write_study(
        tmp_path / "evil.duckdb", title='<script>alert(1)</script> & "quotes" | $x$'
    )
    folder = tmp_path / "report"
    folder.mkdir()
    write_report(study, folder)
    page = Page((folder / "index.html").read_text(encoding="utf-8"))
    assert "script" not in {tag for tag, _ in page.tags}
    ElementTree.parse(folder / "figures" / "accuracy.svg")


def test_no_such_model_is_one_sentence(study, tmp_path):
    with pytest.raises(StudyError, match="expected the name of one of its models, found nothing"):
        write_report(study, tmp_path, reference="nothing")


WITHOUT_STREAMLIT = """
import sys
from pathlib import Path
for name in ("streamlit", "torch"):
    sys.modules[name] = None
from core.report.writing import write_report
write_report(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_it_is_made_where_streamlit_and_torch_are_not_installed(study, tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_STREAMLIT, str(study), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "index.html").is_file()
