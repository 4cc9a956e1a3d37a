import duckdb
import pytest

from core.store.connection import connect, first_rows
from core.store.errors import StudyError
from tests.study_file import write_study


def test_the_connection_reads_nothing_but_the_study(tmp_path):
    with connect(write_study(tmp_path / "study.duckdb")) as connection:
        for statement in (
            "SELECT * FROM read_text('/etc/hostname')",
            "CREATE TABLE t (a INTEGER)",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement).fetchall()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"missing\.duckdb: expected a study file, found no file"):
        connect(tmp_path / "missing.duckdb")


def test_a_question_without_an_answer_is_stopped_and_the_connection_goes_on():
    with duckdb.connect() as connection:
        endless = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range < -b.range"
        with pytest.raises(duckdb.Error, match=r"no answer within 0\.1 seconds"):
            first_rows(connection, endless, limit=1, seconds=0.1)
        assert first_rows(connection, "SELECT range FROM range(9)", limit=2) == [(0,), (1,)]
