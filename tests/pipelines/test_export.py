"""Studies as Parquet: whole frames, the card, and folders that appear when they are whole."""

from __future__ import annotations

import re

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

from core.store.queries import study as study_queries
from core.store.schema_comments import schema_comments
from core.store.writing import parquet
from pipelines import export
from pipelines.errors import PipelineError
from pipelines.published import published_file, whole_folder
from tests.study_file import write_study

ALL_TABLES = {
    "study", "classes", "samples", "models", "layers", "classifier", "class_cosines", "conditions",
    "corrupted_images", "attribution", "sample_metrics", "accuracy_rollup", "robustness_rollup",
    "metric_range", "prediction_rollup", "most_frequent_prediction", "correct_bits",
    "neural_collapse",
}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = write_study(tmp_path_factory.mktemp("published") / "tiny.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "INSERT INTO attribution VALUES (0, 0, 5, 'margin', 4, 4, 2, [0, 1, NULL, -4])"
        )
    return path


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    made = tmp_path_factory.mktemp("export") / "data"
    assert export.main([str(study), "--parquet", str(made)]) == 0
    return made


def rows_of(study, table):
    """A table as DuckDB gives it, bits as text."""
    with duckdb.connect(str(study), read_only=True) as connection:
        bits = {"correct_bits": " REPLACE (bits::VARCHAR AS bits)"}.get(table, "")
        return connection.sql(f"SELECT *{bits} FROM {table}").pl()


def test_every_table_of_the_study_is_there(study, folder):
    with duckdb.connect(str(study), read_only=True) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert {name for (name,) in names} == ALL_TABLES
    assert {path.stem for path in folder.glob("*.parquet")} == ALL_TABLES
    assert {path.name for path in folder.iterdir()} - {
        f"{name}.parquet" for name in ALL_TABLES
    } == {"README.md"}


@pytest.mark.parametrize("table", sorted(ALL_TABLES))
def test_whole_frames_are_equal(study, folder, table):
    found = pl.read_parquet(folder / f"{table}.parquet")
    expected = rows_of(study, table)
    assert_frame_equal(found, expected, check_dtypes=True)


def test_files_say_what_they_are_of(folder):
    metadata = pq.read_schema(folder / "sample_metrics.parquet").metadata
    assert metadata[b"study"] == b"tiny"
    assert metadata[b"content_sha256"] == b"0" * 64
    assert metadata[b"published_at"] == b"2026-01-02 03:04:05"


def test_rows_are_written_batch_by_batch(study, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "BATCH_ROWS", 100)
    export.export_parquet(study, tmp_path / "out")
    file = pq.ParquetFile(tmp_path / "out" / "sample_metrics.parquet")
    groups = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert max(groups) == 100
    assert sum(groups) == 4 * 3 * 40
    assert_frame_equal(
        pl.read_parquet(tmp_path / "out" / "sample_metrics.parquet"),
        rows_of(study, "sample_metrics"),
    )


def test_the_card_describes_every_column(folder):
    card = (folder / "README.md").read_text(encoding="utf-8")
    for table in ALL_TABLES:
        _, _, rest = card.partition(f"### {table}\n")
        part = rest.partition("\n### ")[0]
        described = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (.*) \|$", part, re.MULTILINE))
        assert list(described) == pl.read_parquet_schema(folder / f"{table}.parquet").names()
        assert all(described.values()), table


def test_the_card_says_how_many_and_leaves_the_license_open(folder):
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "40 test samples, 4 classes, 4 models, 3 conditions, 480 predictions." in card
    assert "`sample_metrics.parquet`: 480 rows" in card
    assert "license: # to be chosen" in card
    assert 'pretty_name: "Four classes, four models"' in card
    assert "`python -m pipelines.export tiny.duckdb --parquet DIR`" in card


def test_the_card_s_example_runs(folder, monkeypatch, capsys):
    card = (folder / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    monkeypatch.chdir(folder)
    exec(example, {})
    assert "lenet5-magnitude-0.9" in capsys.readouterr().out


def test_every_table_of_the_schema_is_written():
    assert set(schema_comments().table_names()) == ALL_TABLES


def test_what_fails_leaves_what_was_there(study, tmp_path, monkeypatch):
    target = tmp_path / "out"
    export.export_parquet(study, target)
    before = {path.name: path.read_bytes() for path in target.iterdir()}

    def fail(*args, **kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr(export, "data_card", fail)
    with pytest.raises(OSError, match="the disk is full"):
        export.export_parquet(study, target)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_its_own_folder_is_replaced_and_no_other(study, tmp_path, capsys):
    target = tmp_path / "out"
    export.export_parquet(study, target)
    (target / "old.txt").write_text("from before")
    export.export_parquet(study, target)
    assert not (target / "old.txt").exists()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "README.md").write_text("---\npretty_name: mine\n---\n")
    assert export.main([str(study), "--parquet", str(mine)]) == 2
    assert (
        "expected an empty folder or one that this command has written" in capsys.readouterr().err
    )
    assert [path.name for path in mine.iterdir()] == ["README.md"]


def test_an_empty_folder_is_taken_and_a_file_is_not(tmp_path):
    (tmp_path / "empty").mkdir()
    with whole_folder(tmp_path / "empty", marker="a", of="b") as made:
        (made / "a").write_text("b")
    assert (tmp_path / "empty" / "a").read_text() == "b"
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(PipelineError, match="found something else"),
        whole_folder(tmp_path / "file", marker="a", of="b"),
    ):
        pass


def test_a_study_is_named_in_three_ways(study, tmp_path):
    published = study.parent
    toml = tmp_path / "study.toml"
    text = (export.Path(export.__file__).parent / "studies" / "digits.toml").read_text()
    toml.write_text(re.sub(r'^name = ".*"', 'name = "tiny"', text, count=1, flags=re.MULTILINE))
    assert published_file("tiny", published) == study
    assert published_file(str(study), tmp_path) == study
    assert published_file(str(toml), published) == study


@pytest.mark.parametrize("study_name", ["missing", "missing.duckdb", "missing.toml"])
def test_no_such_study_is_one_sentence(study_name, tmp_path, capsys):
    code = export.main([study_name, "--published", str(tmp_path), "--parquet", str(tmp_path / "o")])
    assert code == 2
    error = capsys.readouterr().err
    assert "expected a" in error and error.count("\n") == 1
    assert not (tmp_path / "o").exists()


def test_a_file_that_is_no_study_is_one_sentence(tmp_path, capsys):
    other = tmp_path / "other.duckdb"
    duckdb.connect(str(other)).close()
    assert export.main([str(other), "--parquet", str(tmp_path / "o")]) == 2
    assert "expected a Prunescope study" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_the_row_of_the_study_is_the_one_that_the_app_reads(study, folder):
    with duckdb.connect(str(study), read_only=True) as connection:
        about = study_queries.study(connection)
    written = pl.read_parquet(folder / "study.parquet")
    assert_frame_equal(about.select(written.columns), written)
