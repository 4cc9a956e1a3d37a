"""The page SQL: query, result, chart, filter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opening import chart, open_page, url, words_of
from tests.study_file import write_study

PAGE = "pages/7_SQL.py"
BY_METHOD = "SELECT method, avg(margin) AS margin FROM metrics GROUP BY method ORDER BY method"


def rows_of(app: AppTest) -> pl.DataFrame:
    (table,) = app.dataframe
    return pl.from_pandas(table.value)


def line(app: AppTest) -> str:
    """The line with the number of rows."""
    (found,) = (m.value for m in app.main.markdown if " · " in m.value and "row" in m.value)
    return str(found)


def test_it_opens_with_a_worked_question_and_its_answer(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE)
    assert app.selectbox(key="sql_question").value.startswith("Which models lose most")
    assert app.text_area(key="sql_text").value.startswith("-- the models that lose most")
    assert rows_of(app).columns == ["model", "clean", "corrupted"]
    assert line(app).startswith("**4** rows · ")
    assert "sql" not in url(app)


def test_a_query_of_ones_own_runs_and_is_in_the_link(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE)
    app.text_area(key="sql_text").input(BY_METHOD)
    next(b for b in app.button if b.label == "Run").click().run()
    assert not app.exception
    assert url(app)["sql"] == BY_METHOD
    assert app.selectbox(key="sql_question").value is None
    linked = open_page(PAGE, sql=BY_METHOD)
    assert linked.text_area(key="sql_text").value == BY_METHOD
    for opened in (app, linked):
        assert rows_of(opened)["method"].to_list() == ["dense", "magnitude", "random"]


def test_a_worked_question_replaces_the_query(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, sql=BY_METHOD)
    title = "How many samples change sides between two models?"
    app.selectbox(key="sql_question").select(title).run()
    assert not app.exception
    assert "count(*) AS samples" in app.text_area(key="sql_text").value
    assert rows_of(app)["samples"].sum() == 40


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("DROP TABLE models", "Expected one SELECT statement, found DROP."),
        ("SELECT * FROM read_csv('/etc/passwd')", "The table function “read_csv” is not for"),
        ("SELECT nope FROM metrics", 'Binder Error: Referenced column "nope" not found'),
        ("SELECT 1 -- " + "x" * 30_000, "Expected a query of at most 20,000 characters"),
    ],
)
def test_a_refused_query_gets_one_sentence(studies: Path, sql: str, sentence: str) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, sql=sql)
    (error,) = app.error
    assert error.value.replace("\\", "").startswith(sentence)
    assert str(studies) not in error.value
    assert not app.dataframe


def test_a_long_query_runs_and_is_said_to_be_in_no_link(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE)
    app.text_area(key="sql_text").input(BY_METHOD + " -- " + "x" * 1_300)
    next(b for b in app.button if b.label == "Run").click().run()
    assert rows_of(app).height == 3
    assert "sql" not in url(app)
    assert any("longer than a link carries" in caption.value for caption in app.caption)


def test_a_result_that_was_cut_says_so(studies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_study(studies / "tiny.duckdb")
    monkeypatch.setenv("PRUNESCOPE_SQL_ROWS", "5")
    app = open_page(PAGE, sql="SELECT sample_id FROM samples ORDER BY sample_id")
    assert line(app).startswith("The first **5** rows; there are more · ")
    assert rows_of(app).height == 5


def test_wrong_limits_are_said(studies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_study(studies / "tiny.duckdb")
    monkeypatch.setenv("PRUNESCOPE_SQL_ROWS", "many")
    (error,) = open_page(PAGE).error
    assert "expected a positive number, found 'many'" in error.value.replace("\\", "")


def test_samples_of_a_result_become_the_filter(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, sql="SELECT sample_id FROM samples WHERE sample_id < 7 ORDER BY 1")
    button = app.button(key="use_sql")
    assert button.label == "Use as filter: 7 samples"
    button.click().run()
    assert not app.exception
    assert words_of(app, "samples").endswith("**7** of 40")


def test_a_result_without_samples_offers_no_filter(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, sql=BY_METHOD)
    assert not [button for button in app.button if button.label.startswith("Use as filter")]


def drawn(app: AppTest) -> dict[str, Any]:
    spec: dict[str, Any] = json.loads(chart(app, "by ").spec)
    return spec


def test_the_chart_follows_the_choices(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, sql=BY_METHOD, sql_colour="by method")
    spec = drawn(app)
    assert spec["mark"]["type"] == "bar"
    assert spec["encoding"]["x"]["axis"]["title"] == "method"
    assert spec["encoding"]["color"]["scale"]["domain"] == ["dense", "magnitude", "random"]
    app.selectbox(key="choose_sql_mark").select("point").run()
    assert drawn(app)["mark"]["type"] == "point"
    assert url(app)["sql_mark"] == "point"


def test_too_many_colours_are_said(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    sql = "SELECT 'sample ' || sample_id AS name, margin FROM metrics ORDER BY ALL"
    app = open_page(PAGE, sql=sql, sql_colour="by name")
    assert "color" not in drawn(app)["encoding"]
    assert any("at most 10 values, and name has 40" in caption.value for caption in app.caption)


def test_a_result_without_numbers_has_no_chart(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, sql="SELECT name FROM models ORDER BY name")
    assert not app.get("vega_lite_chart")


def test_tables_say_what_their_columns_mean(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, sql_table="sample_metrics")
    shown = "".join(markdown.value for markdown in app.main.markdown).replace("\\", "")
    assert "**margin** :gray[FLOAT] distance to the decision boundary" in shown
    macro = open_page(PAGE, sql_table="relative_corruption_error(baseline)")
    assert any("relative to a model of the study" in caption.value for caption in macro.caption)
