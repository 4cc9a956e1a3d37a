"""What may be asked, however it is spelled."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store.connection import connect
from core.store.sandbox.statement import RefusedError, check_statement
from tests.core.store.sandbox.hostile_statements import ATTACHING, FILE_READS, LEAKS, SETTINGS
from tests.study_file import write_study

TABLES = {"metrics", "models", "samples", "study"}
MACROS = {"relative_corruption_error"}
HONEST = (
    "SELECT 1",
    "FROM metrics",
    "TABLE metrics",
    "VALUES (1), (2)",
    "select * from MAIN.Metrics;",
    'SELECT "model" FROM "metrics"',
    "SELECT model, avg(margin) FROM metrics GROUP BY ALL HAVING count(*) > 1 ORDER BY 2 LIMIT 3",
    "WITH a AS (SELECT 1 AS x), b AS MATERIALIZED (FROM a) SELECT * FROM b JOIN a USING (x)",
    "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r WHERE i < 9) FROM r",
    "SELECT a.model FROM metrics a LEFT JOIN metrics b USING (sample_id) WHERE a.margin > b.margin",
    "SELECT * FROM metrics POSITIONAL JOIN models",
    "SELECT * FROM metrics ASOF JOIN models ON metrics.seed >= models.seed",
    "SELECT (SELECT max(margin) FROM metrics), EXISTS (FROM models), 1 IN (SELECT 1)",
    "SELECT rank() OVER (PARTITION BY model ORDER BY margin) FROM metrics QUALIFY true",
    "SELECT list_transform(angles, lambda a: a + 1), angles[1:2], {'a': 1} FROM metrics",
    "SELECT [x FOR x IN [1]], list_sort(angles) FROM metrics",
    "SELECT CASE WHEN correct THEN 'a' ELSE 'b' END::VARCHAR, CAST(1 AS DOUBLE) FROM metrics",
    "SELECT COLUMNS('.*_id'), * EXCLUDE (label) REPLACE (1 AS sample_id) FROM samples",
    "SELECT count(*) FILTER (correct), corr(margin, angle), median(margin) FROM metrics",
    "SELECT * FROM metrics USING SAMPLE 10 ROWS",
    "SELECT * FROM metrics LIMIT 10%",
    "SELECT 1 UNION SELECT 2 EXCEPT SELECT 3 INTERSECT SELECT 4",
    "SELECT * FROM range(3), generate_series(1, 2), unnest([1, 2])",
    "SELECT * FROM relative_corruption_error('a')",
    "SELECT * FROM metrics PIVOT (avg(margin) FOR method IN ('dense', 'random'))",
    "FROM metrics UNPIVOT (value FOR name IN (margin, angle))",
    "SELECT DISTINCT ON (model) * FROM metrics ORDER BY model, margin NULLS LAST",
    "SELECT model FROM metrics GROUP BY GROUPING SETS ((model), ())",
    "SELECT now()::DATE, version(), current_date, random(), length('x'), 'a' LIKE 'b'",
    "DESCRIBE metrics",
    "SUMMARIZE models",
)


@pytest.fixture(scope="module")
def parser(tmp_path_factory):
    with connect(write_study(tmp_path_factory.mktemp("study") / "study.duckdb")) as connection:
        yield connection


@pytest.mark.parametrize("sql", HONEST)
def test_what_reads_the_study_may_be_asked(parser, sql):
    check_statement(parser, sql, TABLES, MACROS)


def refused(parser, sql: str) -> bool:
    try:
        check_statement(parser, sql, TABLES, MACROS)
    except (RefusedError, duckdb.Error):
        return True
    return False


# functions that this DuckDB lacks: the engine refuses them, whatever the statement
LACKING = ("lo_import", "http_get")
CHECKED = [
    sql
    for sql in (*FILE_READS, *ATTACHING, *SETTINGS, *LEAKS)
    if not any(name in sql for name in LACKING)
]

SPACES = st.sampled_from(
    [" ", "\n", "\t", "\r\n", " /**/ ", " -- x\n", "\u00a0", " /* ; */ ", "  "]
)
CASES = st.sampled_from([str.lower, str.upper, str.swapcase, str.title])
PREFIXES = st.sampled_from(
    ["", ";", "/* a */", "-- b\n", "\ufeff", "\u00a0", "\u2003", "(", "((\n"]
)
SUFFIXES = st.sampled_from(["", ";", " -- c", "/* d */", ";;", " LIMIT 1", ")", "))", "; SELECT 1"])


@given(
    sql=st.sampled_from(CHECKED),
    spelling=st.tuples(SPACES, CASES, PREFIXES, SUFFIXES),
)
def test_spelling_makes_no_difference(parser, sql, spelling):
    space, case, prefix, suffix = spelling
    spelled = prefix + space.join(case(sql).split(" ")) + suffix
    assert refused(parser, spelled), spelled


WRAPPINGS = (
    "SELECT * FROM ({}) t",
    "WITH t AS ({}) SELECT * FROM t",
    "WITH t AS MATERIALIZED ({}) SELECT * FROM t",
    "WITH RECURSIVE t AS ({} UNION ALL FROM t) FROM t",
    "SELECT ({})",
    "SELECT 1 WHERE EXISTS ({})",
    "SELECT 1 IN ({})",
    "SELECT ARRAY({})",
    "SELECT 1 UNION ALL {}",
    "SELECT * FROM metrics, LATERAL ({}) t",
    "SELECT * FROM metrics JOIN ({}) t ON true",
    "SELECT max(margin) FILTER (EXISTS ({})) FROM metrics",
    "SELECT row_number() OVER (ORDER BY ({})) FROM metrics",
    "SELECT * FROM unnest(ARRAY({}))",
    "SELECT list_transform([1], lambda x: ({}))",
    "SELECT 1 ORDER BY ({})",
    "SELECT 1 LIMIT ({})",
    "FROM metrics PIVOT (count(*) FOR method IN ('a')) WHERE EXISTS ({})",
    "VALUES (({}))",
    "DESCRIBE {}",
)


@given(
    sql=st.sampled_from([one for one in CHECKED if one.startswith(("SELECT", "FROM"))]),
    wrappings=st.lists(st.sampled_from(WRAPPINGS), min_size=1, max_size=3),
)
def test_depth_makes_no_difference(parser, sql, wrappings):
    for wrapping in wrappings:
        sql = wrapping.format(f"({sql})")
    assert refused(parser, sql), sql


# a window in a window's order is no SQL, nor is DESCRIBE inside a query without parentheses
NESTING = [one for one in WRAPPINGS if "OVER" not in one and "DESCRIBE" not in one]


@given(wrappings=st.lists(st.sampled_from(NESTING), max_size=3))
def test_honest_queries_may_be_nested(parser, wrappings):
    sql = "SELECT 1 FROM metrics"
    for wrapping in wrappings:
        sql = wrapping.format(f"({sql})")
    check_statement(parser, sql, TABLES)


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("SELECT 1; SELECT 2", "Expected one SELECT statement, found 2 statements."),
        ("", "Expected one SELECT statement, found none."),
        ("COPY models TO 'x'", "Expected one SELECT statement, found COPY."),
        ("CREATE TABLE t (i INT)", "Expected one SELECT statement, found CREATE."),
        (
            "FROM '/etc/passwd'",
            "Expected a table of the study, found “/etc/passwd”: see the list of tables.",
        ),
        (
            "FROM other.main.metrics",
            "Expected a table of the study, found “other.main.metrics”: see the list of tables.",
        ),
        (
            "SELECT getenv('HOME')",
            "The function “getenv” is not for this page: it tells of the server, not of the study.",
        ),
        (
            "FROM read_csv('x')",
            "The table function “read_csv” is not for this page, which reads nothing but the "
            "study.",
        ),
        (
            "WITH x AS (DELETE FROM models RETURNING *) FROM x",
            "Expected one SELECT statement that only reads, found DELETE inside it.",
        ),
        (
            "PIVOT metrics ON method USING avg(margin)",
            "Expected one SELECT statement, found a PIVOT that looks up its columns first: list "
            "them, as in PIVOT t ON method IN ('dense', 'random') USING avg(margin).",
        ),
    ],
)
def test_a_refusal_says_what_was_expected_and_found(parser, sql, sentence):
    with pytest.raises(RefusedError) as refusal:
        check_statement(parser, sql, TABLES)
    assert str(refusal.value) == sentence


def test_the_pivot_that_a_refusal_names_may_be_asked(parser):
    check_statement(
        parser, "PIVOT metrics ON method IN ('dense', 'random') USING avg(margin)", TABLES
    )
