"""Every table, view and column says what it is."""

from __future__ import annotations

from core.store.connection import connect
from core.store.queries.study import columns
from core.store.schema_comments import parse_comments, schema_comments
from tests.study_file import write_study


def test_every_table_and_column_of_a_study_has_a_comment(tmp_path):
    comments = schema_comments()
    with connect(write_study(tmp_path / "study.duckdb")) as connection:
        found = columns(connection)
    tables = set(found["table_name"])
    assert len(tables) > 15
    assert tables == {name for name, kind in comments.kinds.items() if kind != "MACRO"}
    assert [name for name, text in comments.tables.items() if not text] == []
    pairs = found.select("table_name", "column_name").rows()
    assert [pair for pair in pairs if not comments.column(*pair)] == []
    assert {name for _, name in pairs} >= set(comments.view_columns), "a view's column is gone"


def test_comments_are_read_from_above_and_beside():
    found = parse_comments(
        """-- A file.

-- what is left
-- of it
CREATE TABLE t (
    a INTEGER PRIMARY KEY,  -- an id
    b DOUBLE[],             -- values; NULL -- if none
    PRIMARY KEY (a)
);
-- Columns of views:
--   a   another thing
-- a view
CREATE VIEW v AS
SELECT a, b -- not a comment of a column
FROM t;
-- a macro
CREATE MACRO m(x, y) AS TABLE SELECT 1;
"""
    )
    assert found.tables == {"t": "what is left of it", "v": "a view", "m(x, y)": "a macro"}
    assert found.kinds == {"t": "TABLE", "v": "VIEW", "m(x, y)": "MACRO"}
    assert found.column("t", "a") == "an id"
    assert found.column("v", "a") == "another thing"
    assert found.column("v", "b") == found.column("t", "b") == "values; NULL -- if none"
    assert found.column("v", "c") == ""
