"""Exported models, loaded as their cards say and by torch's own pruning."""

import re

import pytest
import torch
from safetensors.torch import load_file
from torch.nn.utils import prune

from pipelines.errors import PipelineError
from pipelines.evaluate import evaluate_study
from pipelines.export_model import export_models, main
from pipelines.prune import prune_study
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
test_limit = 20
[[network]]
name = "lenet5"
feature_width = 24
training = { epochs = 2 }
[[pruning]]
method = "magnitude"
ratios = [0.9]
[[pruning]]
method = "structured"
ratios = [0.3]
[conditions]
corruptions = ["fog"]
severities = [1, 5]
"""
DENSE = "lenet5-f24-seed0"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    (folder / "study.toml").write_text(STUDY)
    opened = Workspace.open(
        folder / "study.toml", runs=folder / "runs", published=folder / "data", device="cpu"
    )
    train_study(opened)
    prune_study(opened)
    return opened


@pytest.fixture(scope="module")
def names(study):
    return sorted(path.stem for path in study.models.glob("*.json"))


@pytest.fixture(scope="module")
def exported(study, names, tmp_path_factory):
    output = tmp_path_factory.mktemp("models")
    evaluate_study(study)
    assert main([str(study.study_file), "--runs", str(study.runs), "--output", str(output)]) == 0
    assert sorted(one.name for one in output.iterdir()) == names
    return output


def snippets(card):
    return re.findall(r"```python\n(.*?)```", card, flags=re.DOTALL)


def test_a_card_loads_its_model(study, names, exported, monkeypatch):
    assert len(names) == 3
    images = torch.rand(5, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    for name in names:
        network, masks = load_network(study.models, read_record(study.models, name))
        monkeypatch.chdir(exported / name)
        found = {}
        loading, *holding = snippets((exported / name / "README.md").read_text())
        exec(loading, found)
        torch.testing.assert_close(found["network"](images), network(images), rtol=0, atol=0)
        assert bool(holding) == ("magnitude" in name)
        if holding:
            exec(holding[0], found)
            torch.testing.assert_close(found["network"](images), network(images), rtol=0, atol=0)
            stored = load_file("masks.safetensors")
            assert set(stored) == set(masks)
            for key, mask in masks.items():
                assert torch.equal(stored[key], mask)
                layer = found["network"].get_submodule(key.removesuffix(".weight"))
                assert prune.is_pruned(layer)
        else:
            assert not (exported / name / "masks.safetensors").exists()


def test_a_card_states_what_was_measured(study, names, exported):
    for name in names:
        row = read_record(study.models, name).row
        card = (exported / name / "README.md").read_text()
        assert f"| Sparsity of prunable weights | {100 * row.sparsity:.2f} % |" in card
        validation = row.validation_accuracy
        said = "not measured" if validation is None else f"{100 * validation:.2f} %"
        assert f"| Validation accuracy | {said} |" in card
        assert row.checkpoint_sha256 in card
        assert "corrupted conditions | not" not in card
        assert "Mean accuracy under 2 corrupted conditions" in card


def test_an_unevaluated_model_says_so(study, tmp_path, monkeypatch):
    moved = study.shards.rename(study.root / "elsewhere")
    try:
        (folder,) = export_models(study, [DENSE], tmp_path)
    finally:
        moved.rename(study.shards)
    assert "| Clean accuracy, 20 test images | not measured |" in (folder / "README.md").read_text()


def test_exporting_again_replaces_and_leaves_nothing_else(study, tmp_path):
    (folder,) = export_models(study, [DENSE], tmp_path)
    (folder / "model.safetensors").write_bytes(b"damaged")
    assert export_models(study, [DENSE], tmp_path) == [folder]
    assert len(load_file(folder / "model.safetensors")) > 2
    assert [one.name for one in tmp_path.iterdir()] == [DENSE]


def test_what_is_not_there_and_what_is_not_ours_is_refused(study, tmp_path):
    with pytest.raises(PipelineError, match="found none named 'other'"):
        export_models(study, ["other"], tmp_path)
    (tmp_path / DENSE).mkdir()
    for name in ("notes.txt", "README.md"):
        (tmp_path / DENSE / name).write_text("mine")
        with pytest.raises(PipelineError, match="folder or one that this command has written"):
            export_models(study, [DENSE], tmp_path)
        assert (tmp_path / DENSE / name).read_text() == "mine"
