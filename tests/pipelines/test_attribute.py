"""The stage that makes occlusion maps: what it makes, again or not, and what it refuses."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.geometry import ClassDirections
from core.store.connection import connect, query
from core.store.writing.publish import published_fingerprint
from core.vision.inference import FeatureReader
from core.vision.occlusion import METRICS, Windows, occlusion_maps
from pipelines import attribute, publish, run
from pipelines.bundle import bundle
from pipelines.cli import run_stage
from pipelines.evaluation.conditions import study_conditions
from pipelines.fragile_samples import most_fragile
from pipelines.publish import study_contents
from pipelines.workspace.model_files import load_network
from pipelines.workspace.model_records import read_record
from pipelines.workspace.workspace import Workspace
from tests.pipelines.imported_study import made

STUDY = """
name = "small"
title = "A small study"

[dataset]
name = "digits"
image_size = 32
test_limit = 40

[[network]]
name = "lenet5"
training = { epochs = 2 }

[[pruning]]
method = "magnitude"
ratios = [0.9]

[conditions]
corruptions = ["contrast"]
severities = [5]
"""
DENSE, PRUNED = "lenet5-seed0", "lenet5-seed0-magnitude-0.9-seed0"
FILE = Path("runs/small/attributions") / PRUNED / "contrast-5.parquet"
ASKED = ["--models", PRUNED, "--conditions", "contrast-5", "--stride", "4"]


def command(folder: Path) -> list[str]:
    study = [str(folder / "small.toml")]
    return [*study, "--runs", str(folder / "runs"), "--published", str(folder / "data")]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    (folder / "small.toml").write_text(STUDY)
    assert run_stage("", run.run_study, command(folder)) == 0
    return folder


@pytest.fixture
def folder(finished, tmp_path):
    """A copy of the finished study, without maps."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True, symlinks=True)
    return tmp_path


def workspace(folder: Path) -> Workspace:
    study = folder / "small.toml"
    return Workspace.open(study, runs=folder / "runs", published=folder / "data", device="cpu")


def make(folder: Path, *arguments: str) -> int:
    return attribute.main([*command(folder), *arguments])


def ids(folder: Path, *, of: int) -> list[int]:
    """The first ids of the test set."""
    return workspace(folder).test.sample_ids[:of].tolist()


def words(numbers: list[int]) -> list[str]:
    return [str(number) for number in numbers]


def test_the_maps_are_those_of_the_network_and_the_condition(folder):
    place = workspace(folder)
    chosen = [5, 2, 17]
    samples = place.test.sample_ids[chosen].tolist()
    assert make(folder, *ASKED, "--samples", *words(samples)) == 0
    rows = pl.read_parquet(folder / FILE)
    assert rows["sample_id"].to_list() == [one for one in sorted(samples) for _ in METRICS]
    record = read_record(place.models, PRUNED)
    network, _ = load_network(place.models, record)
    (contrast,) = [one for one in study_conditions(place) if one.row.name == "contrast-5"]
    images = contrast.images[np.array(chosen)]
    reader = FeatureReader(network, record.blueprint.normalisation, "cpu", images)
    directions = ClassDirections(reader.weight, reader.bias)
    labels = place.test.labels[chosen]
    expected = list(occlusion_maps(reader, directions, images, labels, Windows(16, 4)))
    for sample_id, maps in zip(samples, expected, strict=True):
        for metric, one in zip(METRICS, maps, strict=True):
            row = rows.filter(sample_id=sample_id, metric=metric).row(0, named=True)
            assert (row["window_side"], row["stride"], row["width"]) == (16, 4, 8)
            np.testing.assert_allclose(row["cells"], one.ravel(), atol=1e-4)


def test_a_second_run_does_nothing_more_samples_are_added_and_a_window_remakes(folder, capsys):
    first, more = ids(folder, of=2), ids(folder, of=3)
    assert make(folder, *ASKED, "--samples", *words(first)) == 0
    assert "attribute: 2 samples" in capsys.readouterr().out
    before = (folder / FILE).stat().st_mtime_ns
    assert make(folder, *ASKED, "--samples", *words(first)) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "nothing to do, all 2" in said
    assert "Publish" not in said
    assert (folder / FILE).stat().st_mtime_ns == before
    held = pl.read_parquet(folder / FILE)
    assert make(folder, *ASKED, "--samples", *words(more)) == 0
    assert "attribute: 1 samples" in capsys.readouterr().out
    grown = pl.read_parquet(folder / FILE)
    assert_frame_equal(grown.filter(pl.col("sample_id").is_in(first)), held)
    assert sorted(set(grown["sample_id"])) == sorted(more)
    assert make(folder, *ASKED, "--window", "8", "--samples", *words(first)) == 0
    remade = pl.read_parquet(folder / FILE)
    assert set(remade["window_side"]) == {8}
    assert sorted(set(remade["sample_id"])) == sorted(first)


def test_a_damaged_file_is_made_again(folder):
    asked = [*ASKED, "--samples", *words(ids(folder, of=2))]
    assert make(folder, *asked) == 0
    whole = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(whole[:-50])
    assert make(folder, *asked) == 0
    assert (folder / FILE).read_bytes() == whole


def test_killed_it_goes_on_with_what_is_finished(folder):
    samples = ids(folder, of=40)
    arguments = [*command(folder), *ASKED, "--stride", "1", "--samples", *words(samples)]
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.attribute", *arguments],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    while process.poll() is None and not (folder / FILE).exists():
        time.sleep(0.001)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    held = pl.read_parquet(folder / FILE)
    assert 0 < held["sample_id"].n_unique() < len(samples)
    assert attribute.main(arguments) == 0
    finished = pl.read_parquet(folder / FILE)
    assert sorted(finished["sample_id"].unique()) == sorted(samples)
    assert_frame_equal(finished.join(held, on=["sample_id", "metric"], how="semi"), held)
    assert not list(folder.rglob(".partial-*"))


def test_publishing_takes_them_and_leaves_out_those_of_other_weights(folder, capsys):
    before = published_fingerprint(folder / "data", "small")
    assert make(folder, *ASKED, "--samples", *words(ids(folder, of=2))) == 0
    dense = ["--models", DENSE, "--samples", str(ids(folder, of=1)[0])]
    assert make(folder, *dense) == 0
    assert run_stage("", publish.publish_study, command(folder)) == 0
    sql = "SELECT * FROM attribution ORDER BY model_id, condition_id, sample_id, metric"
    with connect((folder / "data" / "small.duckdb").resolve()) as connection:
        found = query(connection, sql)
        sizes = "SELECT DISTINCT model_id, condition_id, window_side FROM attribution ORDER BY ALL"
        assert query(connection, sizes).rows() == [(0, 0, 8), (1, 1, 16)]
    pruned = found.filter(model_id=1).drop("model_id", "condition_id")
    assert_frame_equal(pruned, pl.read_parquet(folder / FILE))
    after = published_fingerprint(folder / "data", "small")
    assert after != before
    contents = study_contents(workspace(folder))
    bundle(contents, folder / "excerpt.duckdb", sample_count=40, severities=(), seed=0)
    with connect(folder / "excerpt.duckdb") as connection:
        kept = query(connection, sql)
    assert_frame_equal(kept, found.filter(model_id=0))
    # maps that were made from another model's weights
    shutil.copy(folder / FILE, folder / FILE.parent.with_name(DENSE) / "contrast-5.parquet")
    capsys.readouterr()
    assert run_stage("", publish.publish_study, command(folder)) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1 files of occlusion maps are of other weights" in said
    assert published_fingerprint(folder / "data", "small") == after


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--models", "nobody"], f"--models: expected models of the study, such as {DENSE}"),
        ([*ASKED, "--conditions", "fog-1"], "--conditions: expected conditions of the study"),
        ([*ASKED, "--samples", "99999"], "--samples: expected samples of the test set"),
        ([*ASKED, "--most-fragile", "0"], "--most-fragile: expected at least 1 sample"),
        ([*ASKED, "--window", "6"], "expected a window of whole strides"),
        ([*ASKED, "--window", "36"], "expected a window of at most 32 pixels"),
        ([*ASKED, "--test-set", "other"], "--test-set: expected a further test set"),
    ],
)
def test_a_mistake_is_said_in_one_sentence(finished, capsys, arguments, expected):
    assert make(finished, *arguments) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert error.count("\n") == 1


def test_imported_features_are_refused(place, capsys):
    assert place.bring(made(), model="theirs") == 0
    assert attribute.main([*place.command, "--models", "theirs"]) == 2
    assert "found theirs, whose features were imported" in capsys.readouterr().err


def test_the_most_fragile_are_found_among_the_published_rows(folder):
    assert make(folder, "--models", DENSE, "--most-fragile", "3") == 0
    made = pl.read_parquet(folder / "runs/small/attributions" / DENSE / "clean.parquet")
    with connect((folder / "data" / "small.duckdb").resolve()) as connection:
        expected = query(
            connection,
            "SELECT d.sample_id FROM sample_metrics d JOIN sample_metrics p USING (sample_id) "
            "WHERE d.model_id = 0 AND d.condition_id = 0 AND p.model_id = 1 "
            "AND p.condition_id = 0 AND d.correct ORDER BY p.correct, d.margin LIMIT 3",
        )
    assert set(made["sample_id"]) == set(expected["sample_id"])
    assert made["sample_id"].n_unique() == 3


def answers(**models: list[tuple[bool, float | None]]) -> pl.DataFrame:
    """A row for each model (dense ones start with d) and sample: right, margin."""
    rows = [
        (name, name.startswith("d"), sample_id, *one)
        for name, said in models.items()
        for sample_id, one in enumerate(said)
    ]
    columns = ["model", "dense", "sample_id", "correct", "margin"]
    return pl.DataFrame(rows, schema=columns, orient="row")


RIGHT, WRONG = (True, 1.0), (False, -1.0)


class TestMostFragile:
    def test_those_that_most_other_models_get_wrong_come_first(self):
        rows = answers(d=[RIGHT, RIGHT, RIGHT], p=[RIGHT, WRONG, WRONG], q=[RIGHT, RIGHT, WRONG])
        assert most_fragile(rows, 9) == [2, 1, 0]
        assert most_fragile(rows, 1) == [2]

    def test_one_that_any_dense_model_gets_wrong_is_none(self):
        rows = answers(d=[RIGHT, RIGHT], dd=[WRONG, RIGHT], p=[WRONG, RIGHT])
        assert most_fragile(rows, 2) == [1]

    def test_of_equals_the_smallest_dense_margin_comes_first_then_the_id(self):
        margins = [(True, 3.0), (True, None), (True, 1.0), (True, 3.0)]
        other = [(True, 2.0), (True, None), (True, 9.0), (True, 3.0)]
        rows = answers(d=margins, dd=other, p=[WRONG] * 4)
        assert most_fragile(rows, 4) == [2, 0, 3, 1]

    def test_without_dense_models_all_samples_are_candidates(self):
        rows = answers(p=[WRONG, RIGHT, WRONG], q=[RIGHT, RIGHT, (False, -7.0)])
        assert most_fragile(rows, 3) == [2, 0, 1]

    def test_without_other_models_the_margin_alone_decides(self):
        rows = answers(d=[(True, 2.0), (False, -2.0), (True, 0.5)])
        assert most_fragile(rows, 3) == [2, 0]
