"""A checkpoint of one's own measures as the model that it was saved from."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import torch
from polars.testing import assert_frame_equal
from safetensors.torch import save_file
from torch.nn.utils import prune as torch_prune

from core.store.connection import connect, query
from core.store.writing.shards import shard_path
from core.vision.networks import build_network
from pipelines.add_model import main
from pipelines.evaluate import evaluate_study
from pipelines.prune import prune_study
from pipelines.publish import publish_study
from pipelines.train import train_study
from pipelines.workspace.model_files import load_network
from pipelines.workspace.model_records import read_record
from pipelines.workspace.workspace import Workspace

STUDY = """
name = "small"
title = "A small study"
[dataset]
name = "digits"
image_size = 32
test_limit = 60
[[network]]
name = "lenet5"
training = { epochs = 4 }
[[pruning]]
method = "magnitude"
ratios = [0.5]
[conditions]
corruptions = ["contrast"]
severities = [3]
"""
DENSE = "lenet5-seed0"
PRUNED = "lenet5-seed0-magnitude-0.5-seed0"
OWN_MODULE = """
from torch import nn
from core.vision.networks import build_network

class Wrapped(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, images):
        return self.inner(images)

def make(num_classes):
    return Wrapped(build_network("lenet5", class_count=num_classes, seed=99))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The study with its own two models trained, pruned and evaluated."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "study.toml").write_text(STUDY)
    opened = Workspace.open(
        folder / "study.toml", runs=folder / "runs", published=folder / "data", device="cpu"
    )
    for stage in (train_study, prune_study, evaluate_study):
        stage(opened)
    (folder / "prunescope_own_network.py").write_text(OWN_MODULE)
    return opened


@pytest.fixture(autouse=True)
def in_the_users_folder(made, monkeypatch):
    monkeypatch.chdir(made.study_file.parent)


@pytest.fixture
def add(made):
    """Add a model with the command; the exit code."""

    def added(name, checkpoint, *flags, network="lenet5"):
        folders = ["--runs", str(made.runs), "--published", str(made.published)]
        named = ["--name", name, "--network", network, "--checkpoint", str(checkpoint)]
        return main([str(made.study_file), *folders, "--device", "cpu", *named, *flags])

    yield added
    for path in made.models.glob("own*"):
        path.unlink()


def network_of(made, name):
    return load_network(made.models, read_record(made.models, name))


def rows(made, name, condition) -> pl.DataFrame:
    return pl.read_parquet(shard_path(made.shards, name, condition))


def data_parallel(made, path):
    network, _ = network_of(made, DENSE)
    weights = {f"module.{key}": value for key, value in network.state_dict().items()}
    torch.save({"state_dict": weights, "epoch": 3, "arch": "lenet"}, path)


def masked_by_torch(made, path):
    network, masks = network_of(made, PRUNED)
    for name, mask in masks.items():
        layer = network.get_submodule(name.removesuffix(".weight"))
        torch_prune.custom_from_mask(layer, "weight", mask)
    assert "conv1.weight_orig" in network.state_dict()
    # what is under the mask must not count
    for key, value in network.state_dict().items():
        if key.endswith("_orig"):
            mask = masks[key.removesuffix("_orig")]
            value[~mask] = 7.0
    torch.save(network.state_dict(), path)


def own_names(made, path):
    network, _ = network_of(made, PRUNED)
    save_file({f"inner.{key}": value for key, value in network.state_dict().items()}, path)


@pytest.mark.parametrize(
    ("save", "suffix", "network", "original", "lines"),
    [
        (
            data_parallel,
            ".pth",
            "lenet5",
            DENSE,
            ["layout: state_dict", "prefix stripped: module.", "sparsity: 0.0000", "from zeros"],
        ),
        (
            masked_by_torch,
            ".pt",
            "lenet5",
            PRUNED,
            ["layout: plain", "prefix stripped: none", "sparsity: 0.5000", "from masks", "folded"],
        ),
        (
            own_names,
            ".safetensors",
            "prunescope_own_network:make",
            PRUNED,
            ["layout: plain", "sparsity: 0.5000 of the prunable weights, from zeros"],
        ),
    ],
)
def test_its_rows_are_those_of_the_model_it_was_saved_from(
    *, made, add, tmp_path, capsys, save, suffix, network, original, lines
):
    path = tmp_path / f"checkpoint{suffix}"
    save(made, path)
    assert add("own", path, network=network) == 0
    said = capsys.readouterr().out
    classifier = "inner.fc3" if network != "lenet5" else "fc3"
    for line in (*lines, f"classifier: {classifier}, 84 features", "tensors loaded: 10"):
        assert line in said
    assert "Warning" not in said
    assert evaluate_study(made).done == 2
    for condition in ("clean", "contrast-3"):
        assert_frame_equal(
            rows(made, "own", condition),
            rows(made, original, condition),
            rel_tol=1e-5,
            abs_tol=1e-4,
        )
    _, masks = network_of(made, "own")
    expected = network_of(made, original)[1]
    for name, mask in expected.items():
        assert torch.equal(masks[("inner." if network != "lenet5" else "") + name], mask)


def test_it_is_published_with_its_history(made, add, tmp_path):
    masked_by_torch(made, tmp_path / "lottery.pt")
    flags = ["--method", "movement", "--ratio", "0.51", "--seed", "3", "--parent", DENSE]
    assert add("own.lottery", tmp_path / "lottery.pt", *flags) == 0
    evaluate_study(made)
    publish_study(made)
    with connect((made.published / "small.duckdb").resolve()) as connection:
        found = query(
            connection,
            "SELECT name, network, method, ratio, sparsity, sparsity_source, seed, parent, "
            "details::JSON->>'checkpoint' AS file FROM models ORDER BY model_id DESC LIMIT 1",
        ).row(0, named=True)
    assert found.pop("sparsity") == pytest.approx(0.5, abs=1e-4)
    assert found == {
        "name": "own.lottery",
        "network": "lenet5",
        "method": "movement",
        "ratio": 0.51,
        "sparsity_source": "masks",
        "seed": 3,
        "parent": DENSE,
        "file": "lottery.pt",
    }


def test_accuracy_that_looks_wrong_gets_a_warning(add, tmp_path, capsys):
    untrained = build_network("lenet5", class_count=10, seed=5)
    torch.save(untrained.state_dict(), tmp_path / "untrained.pt")
    assert add("own", tmp_path / "untrained.pt") == 0
    said = capsys.readouterr().out
    assert "looks wrong unless the model was pruned hard" in said


def test_the_normalisation_that_is_stated_is_the_one_used(made, add, tmp_path):
    data_parallel(made, tmp_path / "c.pth")
    stated = ["--mean", "0.1", "0.2", "0.3", "--std", "0.5", "0.6", "0.7"]
    assert add("own", tmp_path / "c.pth", *stated) == 0
    normalisation = read_record(made.models, "own").blueprint.normalisation
    assert (normalisation.mean, normalisation.std) == ((0.1, 0.2, 0.3), (0.5, 0.6, 0.7))


def test_pickled_objects_need_trust(made, add, tmp_path, capsys):
    network, _ = network_of(made, DENSE)
    torch.save(network, tmp_path / "whole.pt")
    assert add("own", tmp_path / "whole.pt") == 2
    error = capsys.readouterr().err
    assert "--trust-pickle" in error
    assert error.count("\n") == 1
    assert read_record(made.models, "own") is None
    assert add("own", tmp_path / "whole.pt", "--trust-pickle") == 0
    assert "layout: pickled" in capsys.readouterr().out


def test_every_missing_and_unexpected_key_is_listed(made, add, tmp_path, capsys):
    network, _ = network_of(made, DENSE)
    weights = network.state_dict()
    weights["head.weight"] = weights.pop("fc3.weight")
    weights["head.bias"] = weights.pop("fc3.bias")
    torch.save(weights, tmp_path / "renamed.pt")
    assert add("own", tmp_path / "renamed.pt") == 2
    error = capsys.readouterr().err
    assert "2 missing: fc3.weight, fc3.bias; 2 unexpected: head.weight, head.bias" in error
    assert error.count("\n") == 1
    assert read_record(made.models, "own") is None


LFS_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"


@pytest.mark.parametrize(
    ("name", "content", "flags", "sentence"),
    [
        ("own", LFS_POINTER, [], "found a Git-LFS pointer"),
        ("own", "no checkpoint", [], "that torch can read"),
        ("own", None, [], "expected a checkpoint file"),
        (DENSE, LFS_POINTER, [], f"does not use itself, found '{DENSE}'"),
        ("own/../../x", LFS_POINTER, [], "--name: expected letters, digits"),
        ("own", LFS_POINTER, ["--mean", "0", "0", "0"], "--mean and --std together"),
    ],
)
def test_a_mistake_gets_one_sentence(
    *, made, add, tmp_path, capsys, name, content, flags, sentence
):
    path = tmp_path / "mine.pt"
    if content is not None:
        path.write_text(content)
    before = sorted(made.models.iterdir())
    assert add(name, path, *flags) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert sorted(made.models.iterdir()) == before


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        ("nosuchmodule:make", "a module nosuchmodule that can be imported"),
        ("prunescope_own_network:nothing", "a function nothing in prunescope_own_network"),
        ("lenet99", "package.module:factory or torchvision:<name>, found 'lenet99'"),
    ],
)
def test_a_network_that_is_not_there_gets_one_sentence(
    *, made, add, tmp_path, capsys, network, sentence
):
    data_parallel(made, tmp_path / "c.pth")
    assert add("own", tmp_path / "c.pth", network=network) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_the_command_itself_ends_with_code_2(made, tmp_path):
    (tmp_path / "c.pt").write_text(LFS_POINTER)
    flags = ["--name", "own", "--network", "lenet5", "--checkpoint", str(tmp_path / "c.pt")]
    result = subprocess.run(
        [sys.executable, "-m", "pipelines.add_model", str(made.study_file), *flags],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "Git-LFS pointer" in result.stderr
    assert result.stderr.count("\n") == 1
