"""Whole studies, small ones: what comes out, and that nothing stops them from coming out."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, astuple
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.corruptions import corrupt
from core.geometry import sample_geometry
from core.store.connection import connect, query
from core.store.writing.publish import published_fingerprint
from core.vision.networks import normalise
from pipelines import evaluate, prune, publish, run, train
from pipelines.cli import run_stage
from pipelines.workspace.model_files import load_network
from pipelines.workspace.model_records import read_record
from pipelines.workspace.workspace import Workspace
from tests.plain_neural_collapse import plain

STUDY = """
name = "small"
title = "A small study"

[dataset]
name = "digits"
image_size = 32
test_limit = 60

[[network]]
name = "lenet5"
training = { epochs = 2 }

[[pruning]]
method = "magnitude"
ratios = [0.5, 0.99]

[[pruning]]
method = "random"
ratios = [0.9]
retrain_epochs = 1

[conditions]
corruptions = ["gaussian_noise", "contrast"]
severities = [1, 5]
"""
ROWS = "SELECT * FROM sample_metrics ORDER BY model_id, condition_id, sample_id"


def command(study: Path, folder: Path) -> list[str]:
    return [str(study), "--runs", str(folder / "runs"), "--published", str(folder / "data")]


@pytest.fixture(scope="module")
def study_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "small.toml"
    path.write_text(STUDY)
    return path


@pytest.fixture(scope="module")
def finished(study_file, tmp_path_factory):
    """The study run once, uninterrupted: its folder."""
    folder = tmp_path_factory.mktemp("finished")
    assert run_stage("", run.run_study, command(study_file, folder)) == 0
    return folder


def rows_of(folder: Path) -> pl.DataFrame:
    with connect((folder / "data" / "small.duckdb").resolve()) as connection:
        return query(connection, ROWS)


def test_the_published_numbers_are_those_of_the_networks(finished, study_file):
    """Every stored metric again, from the weights file, with float64 features of our own."""
    workspace = Workspace.open(
        study_file, runs=finished / "runs", published=finished / "data", device="cpu"
    )
    name = "lenet5-seed0-magnitude-0.5-seed0"
    record = read_record(workspace.models, name)
    network, masks = load_network(workspace.models, record)
    test = workspace.test
    network.double()
    images = corrupt(test.images, "contrast", 5, 0, indices=test.sample_ids)
    pixels = normalise(images, record.blueprint.normalisation).double()
    caught = []
    network.fc3.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0]))
    logits = network(pixels).detach().numpy()
    weight, bias = network.fc3.weight.detach().numpy(), network.fc3.bias.detach().numpy()
    expected = sample_geometry(caught[0].detach().numpy(), weight, bias, test.labels)
    np.testing.assert_allclose(expected.logits, logits, atol=1e-9)
    with connect((finished / "data" / "small.duckdb").resolve()) as connection:
        rows = query(
            connection,
            "SELECT * FROM metrics WHERE model = $model AND condition = 'contrast-5' "
            "ORDER BY sample_id",
            {"model": name},
        )
    np.testing.assert_array_equal(rows["sample_id"], test.sample_ids)
    np.testing.assert_allclose(rows["length"], expected.length, rtol=1e-4)
    np.testing.assert_allclose(rows["angle"], expected.angle, atol=1e-3)
    scale = np.abs(logits).max()
    np.testing.assert_allclose(rows["margin"], expected.margin, rtol=1e-4, atol=1e-5 * scale)
    np.testing.assert_allclose(rows["angles"].to_numpy(), expected.angles, atol=1e-3)
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(rows["confidence"], probabilities.max(axis=1), atol=1e-5)
    true_probability = probabilities[np.arange(len(test)), test.labels]
    np.testing.assert_allclose(rows["true_probability"], true_probability, atol=1e-5)
    kept = sum(int(mask.sum()) for mask in masks.values())
    total = sum(mask.numel() for mask in masks.values())
    assert record.row.sparsity == pytest.approx(1 - kept / total)
    assert total - kept == round(total / 2)


def test_the_file_says_how_far_each_condition_moved_the_images(finished, study_file):
    workspace = Workspace.open(
        study_file, runs=finished / "runs", published=finished / "data", device="cpu"
    )
    clean = workspace.test.images[:].astype(float)
    with connect((finished / "data" / "small.duckdb").resolve()) as connection:
        rows = query(connection, "SELECT * FROM conditions ORDER BY condition_id")
    assert rows.height == 5
    for row in rows.iter_rows(named=True):
        images = workspace.test.images[:]
        if row["severity"]:
            ids = workspace.test.sample_ids
            images = corrupt(images, row["corruption"], row["severity"], 0, indices=ids)
        expected = np.abs(images - clean).mean()
        assert row["mean_absolute_change"] == pytest.approx(expected, rel=1e-12)
        assert (expected > 1) == (row["severity"] > 0)


def test_the_file_says_how_far_features_collapsed_and_none_is_left_waiting(finished, study_file):
    workspace = Workspace.open(
        study_file, runs=finished / "runs", published=finished / "data", device="cpu"
    )
    with connect((finished / "data" / "small.duckdb").resolve()) as connection:
        rows = query(
            connection,
            "SELECT c.* EXCLUDE (model_id, condition_id), m.name AS model, n.name AS condition "
            "FROM neural_collapse c JOIN models m USING (model_id) "
            "JOIN conditions n USING (condition_id) ORDER BY model_id, condition_id",
        )
    assert rows.height == 4 * 5
    test = workspace.test
    for name in ("lenet5-seed0", "lenet5-seed0-magnitude-0.5-seed0"):
        record = read_record(workspace.models, name)
        network, _ = load_network(workspace.models, record)
        caught = []
        network.fc3.register_forward_pre_hook(lambda _, inputs, kept=caught: kept.append(inputs[0]))
        images = corrupt(test.images, "contrast", 5, 0, indices=test.sample_ids)
        predicted = network(normalise(images, record.blueprint.normalisation)).argmax(1).numpy()
        weight = network.fc3.weight.detach().numpy().astype(float)
        expected = plain(caught[0].detach().numpy(), test.labels, predicted, weight)
        found = rows.filter(model=name, condition="contrast-5").select(*asdict(expected)).row(0)
        assert found == pytest.approx(astuple(expected), rel=1e-4)
    assert list(workspace.shards.rglob("*.features")) == []


def test_logits_follow_from_the_published_rows(finished, study_file):
    """The view against the networks' own logits, computed here in float64 from the weights."""
    workspace = Workspace.open(
        study_file, runs=finished / "runs", published=finished / "data", device="cpu"
    )
    test = workspace.test
    for name in ("lenet5-seed0", "lenet5-seed0-magnitude-0.99-seed0"):
        record = read_record(workspace.models, name)
        network, _ = load_network(workspace.models, record)
        pixels = normalise(test.images[:], record.blueprint.normalisation).double()
        logits = network.double()(pixels).detach().numpy()
        with connect((finished / "data" / "small.duckdb").resolve()) as connection:
            rows = query(
                connection,
                "SELECT * FROM logits WHERE model = $model AND condition = 'clean' "
                "ORDER BY sample_id",
                {"model": name},
            )
        np.testing.assert_allclose(np.stack(rows["logits"].to_list()), logits, atol=1e-3)
        largest = logits.max(axis=1)
        total = np.log(np.exp(logits - largest[:, None]).sum(axis=1)) + largest
        own = logits[np.arange(len(test)), test.labels]
        np.testing.assert_allclose(rows["energy"], -total, atol=1e-3)
        np.testing.assert_allclose(rows["nll"], total - own, atol=1e-3)
        np.testing.assert_allclose(rows["true_probability"], np.exp(own - total), atol=1e-4)


def test_a_second_run_does_nothing_and_says_so(finished, study_file, capsys):
    before = {path: path.stat().st_mtime_ns for path in finished.rglob("*") if path.is_file()}
    assert run_stage("", run.run_study, command(study_file, finished)) == 0
    assert "nothing was done again" in capsys.readouterr().out.replace("\n", " ")
    after = {path: path.stat().st_mtime_ns for path in finished.rglob("*") if path.is_file()}
    assert after == before


def test_the_stages_one_by_one_give_the_same_file(finished, study_file, tmp_path):
    for stage in (
        train.train_study,
        prune.prune_study,
        evaluate.evaluate_study,
        publish.publish_study,
    ):
        assert run_stage("", stage, command(study_file, tmp_path)) == 0
    assert_frame_equal(rows_of(tmp_path), rows_of(finished), check_exact=True)
    once, again = (published_fingerprint(one / "data", "small") for one in (finished, tmp_path))
    assert once is not None
    assert again == once


def test_a_retrained_model_keeps_its_mask_and_its_history(finished, study_file):
    with connect((finished / "data" / "small.duckdb").resolve()) as connection:
        row = query(connection, "SELECT * FROM models WHERE retrained").row(0, named=True)
    assert row["name"] == "lenet5-seed0-random-0.9-seed0-retrained1"
    assert row["retrain_epochs"] == 1
    assert row["parent"] == "lenet5-seed0"
    models = finished / "runs" / "small" / "models"
    network, masks = load_network(models, read_record(models, row["name"]))
    parameters = dict(network.named_parameters())
    for name, mask in masks.items():
        assert (parameters[name][~mask] == 0).all()
        assert bool(mask.any())
    assert abs(row["sparsity"] - 0.9) < 1e-4


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (prune.prune_study, "expected the dense model lenet5-seed0 to be trained"),
        (evaluate.evaluate_study, "expected the model lenet5-seed0 to be made"),
        (publish.publish_study, "expected the model lenet5-seed0 to be made"),
    ],
)
def test_a_stage_out_of_turn_says_what_is_missing(study_file, tmp_path, capsys, stage, expected):
    assert run_stage("", stage, command(study_file, tmp_path)) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert error.count("\n") == 1


def test_a_truncated_shard_is_named_and_computed_again(finished, study_file, tmp_path, capsys):
    subprocess.run(["cp", "-r", f"{finished}/.", tmp_path], check=True)
    shard = tmp_path / "runs" / "small" / "shards" / "lenet5-seed0" / "contrast-1.parquet"
    shard.write_bytes(shard.read_bytes()[:-100])
    assert run_stage("", publish.publish_study, command(study_file, tmp_path)) == 2
    assert "contrast-1, found its shard damaged" in capsys.readouterr().err
    assert run_stage("", run.run_study, command(study_file, tmp_path)) == 0
    said = capsys.readouterr().out.replace("\n", "")
    assert f"{shard} is not a whole Parquet file" in said
    assert "evaluate: 1 model-condition pairs" in said
    assert_frame_equal(rows_of(tmp_path), rows_of(finished), check_exact=True)


def finished_pieces(folder: Path) -> int:
    return sum(
        not path.name.startswith(".") and path.suffix in {".json", ".parquet", ".pt", ".duckdb"}
        for path in folder.rglob("*")
        if path.is_file()
    )


def test_killed_again_and_again_it_ends_with_the_same_rows(finished, study_file, tmp_path):
    kills = 0
    while True:
        start = finished_pieces(tmp_path)
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.run", *command(study_file, tmp_path)],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        # let it finish a few pieces each time, later more, so that every stage is hit; a busy
        # machine looks late and finds more of them finished
        while process.poll() is None and finished_pieces(tmp_path) < start + max(
            1, 3 * (kills - 2)
        ):
            time.sleep(0.001)
        if process.poll() is not None:
            assert process.returncode == 0
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
        assert kills < 20
    assert kills >= 3
    assert_frame_equal(rows_of(tmp_path), rows_of(finished), check_exact=True)
    assert not list(tmp_path.rglob(".partial-*"))


@pytest.mark.parametrize("stage", ["train", "prune", "evaluate", "publish", "run"])
def test_every_stage_explains_itself(stage):
    result = subprocess.run(
        [sys.executable, "-m", f"pipelines.{stage}", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    for word in ("STUDY.toml", "--runs", "--published", "--device"):
        assert word in result.stdout


def test_a_wrong_study_file_ends_with_code_2_and_one_sentence(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(STUDY.replace("0.99", "9.9"))
    result = subprocess.run(
        [sys.executable, "-m", "pipelines.run", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "pruning[0].ratios[1]" in result.stderr
    assert str(path) in result.stderr


@pytest.mark.parametrize("device", ["tpu", "cuda:99", "cuda:x"])
def test_a_device_that_is_not_there_gets_one_sentence(study_file, tmp_path, capsys, device):
    arguments = [*command(study_file, tmp_path), "--device", device]
    assert run_stage("", run.run_study, arguments) == 2
    assert "--device: expected" in capsys.readouterr().err
