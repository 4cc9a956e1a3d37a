"""Masks of any tool make a model over a dense parent; those that we export come back."""

import json

import numpy as np
import pytest
import torch

from core.vision.masks import kept_count, prunable_weights
from pipelines.export_model import MASKS, export_models
from pipelines.prune import prune_study
from pipelines.study.reader import StudyFileError
from pipelines.train import train_study
from pipelines.workspace.model_files import load_network
from pipelines.workspace.model_records import read_record
from pipelines.workspace.workspace import Workspace

BASE = """
name = "small"
title = "A small study"
[dataset]
name = "digits"
image_size = 32
test_limit = 20
[[network]]
name = "lenet5"
training = { epochs = 1 }
[[pruning]]
method = "magnitude"
ratios = [0.9]
"""


def workspace(folder, more=""):
    (folder / "study.toml").write_text(BASE + more)
    return Workspace.open(
        folder / "study.toml", runs=folder / "runs", published=folder / "data", device="cpu"
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("masks")
    opened = workspace(folder)
    train_study(opened)
    prune_study(opened)
    return folder


def test_exported_masks_make_the_same_model_again(trained):
    name = "lenet5-seed0-magnitude-0.9-seed0"
    export_models(workspace(trained), [name], trained / "exported")
    table = f'[[pruning]]\nmasks = "exported/{name}/{MASKS}"\nratios = [0.9]\n'
    opened = workspace(trained, table)
    assert prune_study(opened).done == 1
    ours, theirs = (
        read_record(opened.models, one) for one in (name, "lenet5-seed0-masks-0.9-seed0-masks")
    )
    (network, masks), (again, read) = (load_network(opened.models, one) for one in (ours, theirs))
    assert list(masks) == list(read)
    assert all(torch.equal(masks[key], read[key]) for key in masks)
    assert all(torch.equal(v, again.state_dict()[k]) for k, v in network.state_dict().items())
    assert (theirs.row.method, theirs.row.scope, theirs.row.parent) == (
        "masks",
        None,
        "lenet5-seed0",
    )
    assert theirs.row.sparsity == ours.row.sparsity
    assert json.loads(theirs.row.details)["options"] == {"masks": MASKS}
    assert prune_study(opened).done == 0


def test_masks_are_held_in_training_and_a_changed_file_makes_the_model_again(trained):
    opened = workspace(trained)
    dense, _ = load_network(opened.models, read_record(opened.models, "lenet5-seed0"))
    generator = np.random.default_rng(0)
    table = '[[pruning]]\nmasks = "other tool.npz"\nratios = [0.8]\nretrain_epochs = 1\n'
    for _ in range(2):
        arrays = {n: generator.random(w.shape) > 0.8 for n, w in prunable_weights(dense).items()}
        np.savez(trained / "other tool.npz", **arrays)
        opened = workspace(trained, table)
        assert prune_study(opened).done == 1
        record = read_record(opened.models, "lenet5-seed0-masks-0.8-seed0-other-tool-retrained1")
        network, masks = load_network(opened.models, record)
        for name, array in arrays.items():
            assert np.array_equal(masks[name].numpy(), array)
            assert not network.get_parameter(name)[~masks[name]].any()
        kept = kept_count(masks)
        total = sum(mask.numel() for mask in masks.values())
        assert record.row.sparsity == 1 - kept / total


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("ratios = [0.5]", r"pruning\[1\]: expected a method, or masks = .* found neither"),
        ('method = "lamp"\nmasks = "study.toml"\nratios = [0.5]', r"found both \(lamp\)"),
        ('masks = "study.toml"\nratios = [0.5, 0.9]', r"expected one ratio, .* \[0.5, 0.9\]"),
        ('masks = "none.npz"\nratios = [0.5]', "masks: expected a file, found none at 'none.npz'"),
    ],
)
def test_tables_that_do_not_go_together_are_refused_before_any_work(table, sentence, tmp_path):
    with pytest.raises(StudyFileError, match=sentence):
        workspace(tmp_path, f"[[pruning]]\n{table}\n")


def test_masks_of_another_network_are_left_out_with_a_sentence(trained, capsys):
    np.savez(trained / "few.npz", **{"fc1.weight": np.zeros((3, 3), bool)})
    opened = workspace(trained, '[[pruning]]\nmasks = "few.npz"\nratios = [0.5]\n')
    report = prune_study(opened)
    assert report.refusals
    assert "few.npz for lenet5-seed0: expected a mask of shape" in capsys.readouterr().err
