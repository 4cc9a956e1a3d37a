"""What can be asked, and a result as tables, files and samples."""

from __future__ import annotations

import io

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.display.sql.frames import (
    answer,
    answer_words,
    as_csv,
    as_parquet,
    asked_tables,
    by_title,
    questions,
    sample_ids,
    shown_rows,
)
from core.store.sandbox.limits import Limits
from core.store.sandbox.process import Answer, Sandbox
from tests.open_study import context_of, open_study
from tests.study_file import write_study

NESTED = pl.DataFrame(
    {
        "i": [1, None],
        "list": [[1, None], []],
        "array": pl.Series([[0.25, 100 / 3], None], dtype=pl.Array(pl.Float32, 2)),
        "lists": [[["a"], ["b", "c"]], None],
        "bytes": [b"\x00\xff", None],
        "text": ['say "a, b"', None],
    }
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return open_study(write_study(tmp_path_factory.mktemp("study") / "study.duckdb"))


def test_what_people_ask_stands_before_the_tables_it_is_made_of(study):
    tables = asked_tables(study)
    kinds = [table.kind for table in tables]
    assert tables[0].name == "metrics"
    assert kinds == sorted(kinds, key=lambda kind: kind == "table")
    assert [table.name for table in tables if not table.meaning] == []
    (metrics,) = (table for table in tables if table.name == "metrics")
    assert metrics.columns.row(0) == ("model", "VARCHAR", "name of the model")
    (macro,) = (table for table in tables if table.kind == "macro")
    assert (macro.name, macro.columns.height) == ("relative_corruption_error(baseline)", 0)


def test_worked_questions_are_about_what_is_chosen(study):
    found = questions(context_of(study, class_name="car"))
    sql = found["Which samples of a class lie closest to the boundary?"]
    assert "model = 'lenet5-dense' AND condition = 'clean' AND class = 'car'" in sql
    assert by_title(found, sql) == "Which samples of a class lie closest to the boundary?"
    assert by_title(found, "SELECT 1") is None


def test_every_worked_question_runs_on_a_small_study(study):
    sandbox = Sandbox(Limits(seconds=60))
    for title, sql in questions(context_of(study)).items():
        found = answer(study, sandbox, sql)
        # the tiny study has no classifier, and thus no logits
        assert found.rows.height > 0 or "FROM logits" in sql, title
    sandbox.close()


@pytest.mark.parametrize(
    ("rows", "is_cut", "seconds", "words"),
    [
        (1, False, 0.0124, "**1** row · 12 ms"),
        (0, False, 0.5, "**0** rows · 500 ms"),
        (2_000, True, 1.25, "The first **2,000** rows; there are more · 1.2 s"),
    ],
)
def test_the_result_is_told_in_a_line(rows, is_cut, seconds, words):
    frame = pl.DataFrame({"i": range(rows)})
    assert answer_words(Answer(frame, is_cut, seconds)) == words


def test_a_table_on_screen_shows_no_bytes_and_rounds_lists():
    shown = shown_rows(NESTED)
    assert shown["bytes"].to_list() == ["2 bytes", None]
    assert shown["array"].to_list() == [[0.25, 33.333], None]
    rest = ["i", "list", "lists", "text"]
    assert_frame_equal(shown.select(rest), NESTED.select(rest))


def test_csv_has_lists_in_one_cell():
    read = pl.read_csv(io.StringIO(as_csv(NESTED)), infer_schema=False)
    assert read.rows() == [
        ("1", "1;", "0.25;33.333332", "[a];[b;c]", "00ff", 'say "a, b"'),
        (None, "", None, None, None, None),
    ]


def test_parquet_keeps_every_type():
    assert_frame_equal(pl.read_parquet(io.BytesIO(as_parquet(NESTED))), NESTED)


@pytest.mark.parametrize(
    ("rows", "ids"),
    [
        ({"sample_id": [7, 3, None, 7]}, (3, 7)),
        ({"sample_id": [2**40, -1, 5]}, (5,)),
        ({"sample_id": [1.0]}, ()),
        ({"sample_id": ["1"]}, ()),
        ({"label": [1]}, ()),
        ({"sample_id": pl.Series([], dtype=pl.Int32)}, ()),
    ],
)
def test_a_result_with_sample_ids_names_samples(rows, ids):
    assert sample_ids(pl.DataFrame(rows)) == ids
