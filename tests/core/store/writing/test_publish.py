import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.stats.neural_collapse import NeuralCollapse
from core.store.catalog import list_studies
from core.store.connection import connect, query
from core.store.rows import ConditionRow, LayerRow, ModelRow, StudyRow
from core.store.writing import tables as tables_module
from core.store.writing.errors import PublishError
from core.store.writing.publish import publish, published_fingerprint
from core.store.writing.shards import (
    shard_change,
    shard_classifier,
    shard_collapse,
    shard_path,
    shard_state,
    write_shard,
)
from tests.core.store.small_contents import (
    CLASSIFIER,
    LABELS,
    SAMPLE_IDS,
    metrics_frame,
    small_contents,
)


def test_the_published_file_holds_every_shard_in_order(tmp_path):
    contents = small_contents(tmp_path / "shards")
    version = publish(contents, tmp_path / "data")
    with connect(version) as connection:
        found = query(
            connection,
            "SELECT model_id, condition_id, * EXCLUDE (model_id, condition_id) "
            "FROM sample_metrics ORDER BY rowid",
        )
    expected = pl.concat(
        metrics_frame(model, condition).select(
            pl.lit(m).alias("model_id").cast(pl.UInt16),
            pl.lit(c).alias("condition_id").cast(pl.UInt16),
            pl.all(),
        )
        for m, model in enumerate(["tiny", "tiny-random-0.5"])
        for c, condition in enumerate(["clean", "fog-1", "fog-2"])
    )
    assert_frame_equal(found, expected)


def test_rollups_are_what_the_rows_say(tmp_path):
    version = publish(small_contents(tmp_path / "shards"), tmp_path / "data")
    rows = pl.concat(
        metrics_frame(model, condition).with_columns(model=pl.lit(model), name=pl.lit(condition))
        for model in ["tiny", "tiny-random-0.5"]
        for condition in ["clean", "fog-1", "fog-2"]
    )
    with connect(version) as connection:
        accuracy = query(
            connection, "SELECT model, condition, accuracy FROM accuracy ORDER BY model, condition"
        )
        robustness = query(
            connection, "SELECT model, sample_id, robustness FROM robustness ORDER BY ALL"
        )
        nulls = query(
            connection,
            "SELECT metric, sum(null_count)::INTEGER AS nulls FROM metric_range "
            "GROUP BY metric ORDER BY metric",
        )
    assert_frame_equal(
        accuracy,
        rows.group_by("model", condition="name")
        .agg(accuracy=pl.col("correct").mean())
        .sort("model", "condition"),
    )
    assert_frame_equal(
        robustness,
        rows.filter(pl.col("name") != "clean")
        .group_by("model", "sample_id")
        .agg(robustness=pl.col("correct").mean())
        .sort("model", "sample_id"),
    )
    assert nulls.rows() == [("angle", 6), ("length", 0), ("margin", 0)]


def test_the_pointer_moves_and_the_old_version_stays_readable(tmp_path):
    contents = small_contents(tmp_path / "shards")
    first = publish(contents, tmp_path / "data")
    with connect(first) as reader:
        changed = replace(
            contents, study=replace(contents.study, title="Second"), fingerprint="two"
        )
        second = publish(changed, tmp_path / "data")
        titles = query(reader, "SELECT title FROM study")["title"].to_list()
    assert titles == ["A tiny study"]
    assert Path(os.path.realpath(tmp_path / "data" / "tiny.duckdb")) == second
    assert first.exists()
    assert [study.title for study in list_studies(tmp_path / "data")] == ["Second"]
    assert published_fingerprint(tmp_path / "data", "tiny") == "two"
    third = publish(contents, tmp_path / "data")
    assert sorted((tmp_path / "data" / "versions").iterdir()) == [second, third]


def test_a_failed_publish_leaves_what_was_served(tmp_path):
    contents = small_contents(tmp_path / "shards")
    version = publish(contents, tmp_path / "data")
    shard_path(tmp_path / "shards", "tiny", "fog-2").unlink()
    with pytest.raises(PublishError, match=r"model tiny: expected a finished shard.*fog-2"):
        publish(contents, tmp_path / "data")
    assert Path(os.path.realpath(tmp_path / "data" / "tiny.duckdb")) == version
    assert list((tmp_path / "data" / "versions").iterdir()) == [version]


def test_rows_of_another_test_set_are_refused(tmp_path):
    contents = small_contents(tmp_path / "shards")
    other = contents.samples.with_columns(label=(pl.col("label") + 1) % 3)
    with pytest.raises(PublishError, match=r"model tiny, condition clean.*6 samples.*found 0"):
        publish(replace(contents, samples=other), tmp_path / "data")
    assert list_studies(tmp_path / "data") == []


def test_a_disk_that_fills_up_leaves_the_old_version_served(tmp_path):
    """A file size limit in a child process stands in for a full disk."""
    publish(small_contents(tmp_path / "shards"), tmp_path / "data")
    before = list_studies(tmp_path / "data")
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from core.store.writing.errors import PublishError\n"
        "from core.store.writing.publish import publish\n"
        "from tests.core.store.small_contents import small_contents\n"
        "contents = small_contents(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try: publish(contents, Path(sys.argv[2]))\n"
        "except PublishError as error: print(error); sys.exit(2)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "shards", tmp_path / "data"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[4],
        check=False,
    )
    assert run.returncode == 2, run.stderr
    assert "could not be written" in run.stdout
    assert "unchanged" in run.stdout
    assert list_studies(tmp_path / "data") == before
    assert len(list((tmp_path / "data" / "versions").iterdir())) == 1


def test_a_name_that_is_a_file_of_its_own_is_not_overwritten(tmp_path):
    (tmp_path / "tiny.duckdb").write_bytes(b"mine")
    with pytest.raises(PublishError, match="expected another study name than 'tiny'"):
        publish(small_contents(tmp_path / "shards"), tmp_path)
    assert (tmp_path / "tiny.duckdb").read_bytes() == b"mine"


def test_a_shard_keeps_how_far_its_images_moved(tmp_path):
    path = tmp_path / "shard.parquet"
    with write_shard(path, classifier=CLASSIFIER, fingerprint="abc") as shard:
        shard.note_change(12.345678901234567)
    assert shard_change(path) == 12.345678901234567
    with write_shard(path, classifier=CLASSIFIER, fingerprint="abc"):
        pass
    assert shard_change(path) is None
    assert shard_classifier(path) == CLASSIFIER


def test_a_shard_keeps_how_far_its_features_collapsed(tmp_path):
    path = tmp_path / "shard.parquet"
    measures = NeuralCollapse(6, nc1=0.1 + 0.2, nc1_pinv=1e-300, nc2_norms=0.0, nc4=1.0)
    with write_shard(path, classifier=CLASSIFIER, fingerprint="abc") as shard:
        shard.append(metrics_frame("tiny", "clean").to_arrow())
        shard.note_collapse(measures)
    assert shard_collapse(path) == measures
    assert shard_classifier(path) == CLASSIFIER
    with write_shard(path, classifier=CLASSIFIER, fingerprint="abc"):
        pass
    assert shard_collapse(path) is None


def test_the_file_holds_how_far_the_features_of_each_combination_collapsed(tmp_path):
    measures = NeuralCollapse(6, 0.5, 0.25, 0.125, None, 3.5, 0.75)
    contents = replace(
        small_contents(tmp_path / "shards"),
        collapse={
            ("tiny-random-0.5", "fog-2"): NeuralCollapse(6),
            ("tiny", "fog-1"): measures,
            # of a condition that an excerpt leaves out
            ("tiny", "fog-5"): measures,
        },
    )
    version = publish(contents, tmp_path / "data")
    with connect(version) as connection:
        found = query(connection, "SELECT * FROM neural_collapse ORDER BY rowid")
    assert found.rows() == [
        (0, 1, 6, 0.5, 0.25, 0.125, None, 3.5, 0.75),
        (1, 2, 6, *[None] * 6),
    ]


@pytest.mark.parametrize(
    ("table", "record", "added"),
    [
        ("study", StudyRow, {"schema_version", "content_sha256", "published_at"}),
        ("models", ModelRow, {"model_id", "series", "series_label"}),
        ("layers", LayerRow, {"model_id", "layer"}),
        ("conditions", ConditionRow, {"condition_id"}),
        ("neural_collapse", NeuralCollapse, {"model_id", "condition_id"}),
    ],
)
def test_records_have_the_columns_of_the_schema(tmp_path, table, record, added):
    version = publish(small_contents(tmp_path / "shards"), tmp_path)
    with connect(version) as connection:
        columns = query(connection, f"SELECT * FROM {table} LIMIT 0").columns
    assert [c for c in columns if c not in added] == [field.name for field in fields(record)]


def test_every_column_of_the_schema_has_a_comment():
    schema = (Path(tables_module.__file__).parents[1] / "schema.sql").read_text()
    tables = schema.split("CREATE VIEW")[0]
    columns = [
        line
        for line in tables.splitlines()
        if line.startswith("    ") and "PRIMARY KEY (" not in line
    ]
    assert len(columns) > 80
    assert [line for line in columns if " -- " not in line] == []


class TestShards:
    def test_a_finished_shard_is_known_by_its_fingerprint(self, tmp_path):
        path = shard_path(tmp_path, "m", "clean")
        with write_shard(path, classifier=CLASSIFIER, fingerprint="abc") as shard:
            shard.append(metrics_frame("tiny", "clean").to_arrow())
        count = len(SAMPLE_IDS)
        assert shard_state(path, fingerprint="abc", sample_count=count).status == "finished"
        assert shard_state(path, fingerprint="abd", sample_count=count).status == "stale"
        assert shard_state(path, fingerprint="abc", sample_count=count + 1).status == "damaged"
        assert_frame_equal(
            pl.read_parquet(path).with_columns(pl.col("angles").cast(pl.Array(pl.Float32, 3))),
            metrics_frame("tiny", "clean"),
        )

    def test_every_truncation_is_detected_and_named(self, tmp_path):
        path = tmp_path / "clean.parquet"
        with write_shard(path, classifier=CLASSIFIER, fingerprint="abc") as shard:
            shard.append(metrics_frame("tiny", "clean").to_arrow())
        whole = path.read_bytes()
        for size in range(0, len(whole), 97):
            path.write_bytes(whole[:size])
            state = shard_state(path, fingerprint="abc", sample_count=len(SAMPLE_IDS))
            assert state.status == "damaged"
            assert str(path) in state.reason

    def test_an_interrupted_shard_leaves_nothing_under_its_name(self, tmp_path):
        path = tmp_path / "clean.parquet"
        with (
            pytest.raises(KeyboardInterrupt),
            write_shard(path, classifier=CLASSIFIER, fingerprint="abc") as shard,
        ):
            shard.append(metrics_frame("tiny", "clean").to_arrow())
            raise KeyboardInterrupt
        assert list(tmp_path.iterdir()) == []


def test_the_fixture_has_wrong_right_and_undefined_rows():
    frame = metrics_frame("tiny", "clean")
    assert set(LABELS) == {0, 1, 2}
    assert frame["correct"].n_unique() == 2
    assert frame["angle"].null_count() == 1


def named(contents, name, *, of=None):
    """The same contents as another study."""
    configuration = json.dumps({"name": of or name})
    return replace(contents, study=replace(contents.study, name=name, configuration=configuration))


def test_two_studies_are_published_at_once_and_each_keeps_its_build(tmp_path):
    contents = small_contents(tmp_path / "shards")

    def meanwhile(model):
        publish(named(contents, "tiny"), tmp_path / "data")

    longer = publish(named(contents, "tiny-b"), tmp_path / "data", on_model=meanwhile)
    assert longer.exists()
    assert {study.name for study in list_studies(tmp_path / "data")} == {"tiny", "tiny-b"}


def test_a_killed_build_is_removed_by_the_next_of_its_own_study_only(tmp_path):
    contents = small_contents(tmp_path / "shards")
    versions = publish(contents, tmp_path / "data").parent
    stamp = "20260102T030405678901.duckdb"
    mine = versions / f".building-tiny-{stamp}"
    others = versions / f".building-tiny-b-{stamp}"
    for left in (mine, others):
        left.write_bytes(b"half")
    publish(contents, tmp_path / "data")
    assert not mine.exists()
    assert others.exists()


def test_two_studies_can_not_own_one_published_name(tmp_path):
    contents = small_contents(tmp_path / "shards")
    version = publish(named(contents, "a-b", of="a"), tmp_path / "data")
    with pytest.raises(PublishError, match=r"a-b.duckdb is of the study 'a': expected another nam"):
        publish(named(contents, "a-b"), tmp_path / "data")
    assert Path(os.path.realpath(tmp_path / "data" / "a-b.duckdb")) == version
    assert publish(named(contents, "a-b", of="a"), tmp_path / "data") != version


def test_a_file_in_the_place_of_the_folder_is_one_sentence(tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(PublishError, match="could not be written") as error:
        publish(small_contents(tmp_path / "shards"), tmp_path / "data")
    assert "\n" not in str(error.value)
