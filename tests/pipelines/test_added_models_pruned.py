"""An added dense model is pruned like a trained one, on the test images that the study names."""

import numpy as np
import pytest
import torch

from core.store.connection import connect, query
from core.vision.networks import build_network
from pipelines.add_model import main
from pipelines.cli import run_stage
from pipelines.run import run_study
from pipelines.study.reader import StudyFileError
from pipelines.workspace.model_files import load_network
from pipelines.workspace.model_records import read_record
from pipelines.workspace.workspace import Workspace

STUDY = """
name = "own"
title = "Own"
[dataset]
name = "digits"
image_size = 32
test_limit = 25
test_order = "first"
"""
PRUNING = """
[[pruning]]
method = "magnitude"
ratios = [0.5, 0.9]
"""


@pytest.fixture
def place(tmp_path):
    (tmp_path / "own.toml").write_text(STUDY + PRUNING)
    network = build_network("lenet5", class_count=10, seed=3)
    torch.save(network.state_dict(), tmp_path / "own.pth")
    return tmp_path


def command(place):
    return [str(place / "own.toml"), "--runs", str(place / "runs"), "--published", f"{place}/data"]


def added(place, name="mine", *more):
    flags = ["--name", name, "--network", "lenet5", "--checkpoint", str(place / "own.pth")]
    return main([*command(place), *flags, "--device", "cpu", *more])


def test_an_added_model_is_pruned_by_every_table(place, capsys):
    assert added(place) == 0
    assert "prunes and evaluates it" in capsys.readouterr().out
    assert run_stage("", run_study, command(place)) == 0
    with connect((place / "data" / "own.duckdb").resolve()) as connection:
        rows = query(
            connection, "SELECT name, method, parent, sparsity FROM models ORDER BY model_id"
        )
        ids = query(connection, "SELECT sample_id FROM samples ORDER BY ALL")
    assert rows["name"].to_list() == [
        "mine",
        "mine-magnitude-0.5-seed0",
        "mine-magnitude-0.9-seed0",
    ]
    assert rows["parent"].to_list() == [None, "mine", "mine"]
    assert np.allclose(rows["sparsity"].to_list(), [0, 0.5, 0.9], atol=1e-3)
    models = place / "runs" / "own" / "models"
    dense, _ = load_network(models, read_record(models, "mine"))
    _, masks = load_network(models, read_record(models, "mine-magnitude-0.5-seed0"))
    weights = torch.cat([dense.state_dict()[name].abs().flatten() for name in masks])
    kept = torch.cat([mask.flatten() for mask in masks.values()])
    assert weights[kept].min() >= weights[~kept].max()
    test = Workspace.open(
        place / "own.toml", runs=place / "runs", published=place, device="cpu"
    ).splits.test
    assert sorted(ids["sample_id"].to_list()) == sorted(test.sample_ids[:25].tolist())
    capsys.readouterr()
    assert run_stage("", run_study, command(place)) == 0
    assert "nothing was done again" in capsys.readouterr().out.replace("\n", " ")


def test_a_table_may_name_the_added_model_and_leave_others(place):
    assert added(place) == 0
    assert added(place, "other") == 0
    text = (place / "own.toml").read_text()
    (place / "own.toml").write_text(text + 'networks = ["mine"]\n')
    assert run_stage("", run_study, command(place)) == 0
    models = place / "runs" / "own" / "models"
    assert read_record(models, "mine-magnitude-0.5-seed0") is not None
    assert read_record(models, "other-magnitude-0.5-seed0") is None
    (place / "own.toml").write_text(text + 'networks = ["nobody"]\n')
    with pytest.raises(
        StudyFileError, match=r"of the study \(lenet5, mine, other\), found 'nobody'"
    ):
        Workspace.open(place / "own.toml", runs=place / "runs", published=place, device="cpu")


def test_a_pruned_model_that_was_added_is_not_pruned_again(place, capsys):
    assert added(place, "pruned", "--method", "magnitude") == 0
    assert "the next run of the study evaluates it" in capsys.readouterr().out
    assert run_stage("", run_study, command(place)) == 0
    models = place / "runs" / "own" / "models"
    assert sorted(path.stem for path in models.glob("*.json")) == ["pruned"]


def test_no_added_model_may_take_a_name_that_pruning_gives(place, capsys):
    assert added(place) == 0
    assert added(place, "mine-magnitude-0.5-seed0") == 2
    assert "does not use itself" in capsys.readouterr().err
    assert added(place) == 0


def test_a_pruned_model_that_was_added_before_its_parent_is_left_as_it_is(place):
    assert added(place, "mine-magnitude-0.5-seed0", "--method", "magnitude") == 0
    models = place / "runs" / "own" / "models"
    before = read_record(models, "mine-magnitude-0.5-seed0")
    assert added(place) == 0
    assert run_stage("", run_study, command(place)) == 0
    assert read_record(models, "mine-magnitude-0.5-seed0") == before
    assert read_record(models, "mine-magnitude-0.9-seed0").row.parent == "mine"


def test_a_checkpoint_that_does_not_fit_is_said_before_anything_is_trained(place, capsys):
    torch.save({"x": torch.ones(1)}, place / "wrong.pth")
    tables = """
[[network]]
name = "lenet5"
training = { epochs = 1 }
[[network]]
name = "alexnet_cifar"
checkpoint = "wrong.pth"
"""
    (place / "own.toml").write_text(STUDY + tables)
    assert run_stage("", run_study, command(place)) == 2
    assert "expected in" in capsys.readouterr().err
    assert not (place / "runs" / "own" / "models").exists()
