"""A folder of studies with one file that is none: the others are listed all the same."""

import os
import time
from datetime import datetime

import duckdb
import pytest

from core.store import catalog
from core.store.catalog import list_studies
from core.store.connection import SCHEMA_VERSION
from core.store.writing.publish import publish, published_fingerprint
from tests.core.store.small_contents import small_contents
from tests.study_file import write_study

STATED = (
    f"{SCHEMA_VERSION} AS schema_version, 'odd' AS title, TIMESTAMP '2026-01-01' AS published_at"
)
# what stands under the name `study` -> what is said of the file
ODD_STUDIES = {
    "TABLE study AS SELECT 1 AS schema_version": (
        f"expected schema version {SCHEMA_VERSION}, found 1; publish the study again: "
        "python -m pipelines.publish STUDY.toml."
    ),
    "TABLE study AS SELECT 99 AS schema_version": "found 99; a newer version of Prunescope",
    "TABLE study AS SELECT 'one' AS schema_version": "found one",
    f"TABLE study AS SELECT {SCHEMA_VERSION} AS schema_version": "NOT NULL as study.schema_version",
    "TABLE study AS SELECT 1 AS schema": '"schema_version" not found',
    "TABLE other (a INTEGER)": "without its table `study`",
    f"TABLE study AS SELECT {STATED} LIMIT 0": "found no study rows",
    f"VIEW study AS SELECT {STATED} FROM range(1000000), range(1000000)": "found 2 study rows",
    f"VIEW study AS SELECT {STATED} FROM range(9) WHERE error('mine') IS NULL": "mine",
    f"VIEW study AS SELECT {STATED}, * FROM range(1000000) a, range(1000000) b "
    "ORDER BY hash(a.range + b.range)": "no answer within 2 seconds",
}


# what was done to a study by hand -> what is said of the file
ALTERED = {
    "ALTER TABLE study ALTER published_at TYPE VARCHAR": (
        "expected TIMESTAMP NOT NULL as study.published_at, found VARCHAR NOT NULL"
    ),
    "ALTER TABLE study ALTER published_at TYPE DATE": "found DATE NOT NULL",
    "ALTER TABLE study ALTER published_at TYPE TIMESTAMPTZ": "found TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE study ALTER published_at DROP NOT NULL": "found TIMESTAMP;",
    "UPDATE study SET published_at = 'infinity'": "expected a time of publishing, found",
    "UPDATE study SET published_at = '-infinity'": "expected a time of publishing, found",
    "UPDATE study SET published_at = '0044-03-15 (BC) 12:00:00'": "expected a time of publishing",
    "UPDATE study SET published_at = '200000-01-01'": "expected a time of publishing, found",
    "ALTER TABLE study ALTER title TYPE VARCHAR[] USING [title]": "found VARCHAR[] NOT NULL",
    "ALTER TABLE sample_metrics DROP margin": "FLOAT as sample_metrics.margin, found none",
    "ALTER TABLE sample_metrics ALTER angle TYPE DOUBLE": "expected FLOAT as sample_metrics.angle",
    "ALTER TABLE sample_metrics ALTER label DROP NOT NULL": "found USMALLINT;",
    "DROP TABLE metric_range": "expected USMALLINT NOT NULL as metric_range.model_id, found none",
    "DROP TABLE metric_range; CREATE VIEW metric_range AS SELECT 0::USMALLINT AS model_id "
    "FROM range(1000000) a, range(1000000) b": "as metric_range.model_id, found none",
    "ALTER TABLE correct_bits RENAME bits TO bites": "expected BIT as correct_bits.bits",
}


def check_listed(folder, sentence):
    """One good study, and the odd one after it with one sentence."""
    write_study(folder / "good.duckdb")
    start = time.perf_counter()
    good, odd = list_studies(folder)
    assert time.perf_counter() - start < 10
    assert (good.name, good.error) == ("good", None)
    assert (odd.name, odd.title, odd.published_at) == ("odd", "odd", None)
    assert odd.error is not None
    assert sentence in odd.error
    assert "\n" not in odd.error
    assert str(odd.resolved.parent) not in odd.error  # a hosted app does not say where it lives


@pytest.mark.parametrize(("definition", "sentence"), ODD_STUDIES.items())
def test_a_file_that_states_something_else(tmp_path, definition, sentence):
    with duckdb.connect(str(tmp_path / "odd.duckdb")) as connection:
        connection.execute(f"CREATE {definition}")
    check_listed(tmp_path, sentence)


@pytest.mark.parametrize(("statements", "sentence"), ALTERED.items())
def test_a_study_that_was_changed_by_hand(tmp_path, statements, sentence):
    with duckdb.connect(str(write_study(tmp_path / "odd.duckdb"))) as connection:
        connection.execute(statements)
    check_listed(tmp_path, sentence)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path.write_bytes(b""), "DuckDB can't open"),
        (lambda path: path.write_bytes(b"x" * 50_000), "DuckDB can't open"),
        (lambda path: path.mkdir(), "found no file"),
        (lambda path: path.symlink_to("nowhere.duckdb"), "found no file"),
        (lambda path: path.symlink_to(path.name), "found no file"),
        (os.mkfifo, "found no file"),
    ],
)
def test_what_is_no_database(tmp_path, make, sentence):
    make(tmp_path / "odd.duckdb")
    check_listed(tmp_path, sentence)


def test_half_a_file_is_said_without_its_folder(tmp_path):
    whole = write_study(tmp_path / "whole.duckdb").read_bytes()
    (tmp_path / "odd.duckdb").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "whole.duckdb").unlink()
    check_listed(tmp_path, "odd.duckdb: expected")


def test_a_name_that_can_not_be_looked_up(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    write_study(tmp_path / "good.duckdb")
    monkeypatch.setattr(catalog.os.path, "realpath", refuse)
    (study,) = list_studies(tmp_path)
    assert "Permission denied" in (study.error or "")


def test_every_truncation_and_flipped_bit_is_a_sentence_or_a_study(tmp_path):
    """The bytes that say what a study is are at both ends of the file."""
    whole = write_study(tmp_path / "good.duckdb").read_bytes()
    path = tmp_path / "odd.duckdb"
    steps = range(0, len(whole), len(whole) // 12)
    damaged = [whole[:size] for size in steps]
    for position in (*range(0, 3 * 4096, 977), *steps):
        one = bytearray(whole)
        one[position] ^= 8
        damaged.append(bytes(one))
    sentences = set()
    for content in damaged:
        path.write_bytes(content)
        studies = {study.name: study for study in list_studies(tmp_path)}
        assert studies["good"].error is None
        assert (studies["odd"].error is None) == (studies["odd"].published_at is not None)
        sentences.add(studies["odd"].error)
    assert len(sentences) > 10


def test_studies_are_listed_by_time_and_the_newest_comes_first(tmp_path):
    for day in (2, 3, 1):
        at = datetime(2026, 1, day)
        write_study(tmp_path / f"day{day}.duckdb", published_at=at, title=f"Day {day}")
    (tmp_path / "broken.duckdb").write_bytes(b"x" * 5000)
    studies = list_studies(tmp_path)
    assert [study.title for study in studies] == ["Day 3", "Day 2", "Day 1", "broken"]


def test_a_published_study_that_can_not_be_read_is_published_again(tmp_path):
    contents = small_contents(tmp_path / "shards")
    version = publish(contents, tmp_path / "data")
    with duckdb.connect(str(version)) as connection:
        connection.execute("ALTER TABLE study DROP content_sha256")
    assert published_fingerprint(tmp_path / "data", "tiny") is None
    publish(contents, tmp_path / "data")
    assert published_fingerprint(tmp_path / "data", "tiny") == "one"


def test_a_pointer_that_is_being_moved_is_no_study(tmp_path):
    path = write_study(tmp_path / "study.duckdb")
    (tmp_path / ".partial-0123456789ab-study.duckdb").symlink_to(path)
    assert [study.name for study in list_studies(tmp_path)] == ["study"]
