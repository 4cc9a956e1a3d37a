"""What others' networks cannot do is said before anything is trained, and the rest goes on."""

import pytest

from core.errors import InputError
from core.store.connection import connect, query
from pipelines.cli import run_stage
from pipelines.prune import prune_study
from pipelines.run import run_study
from pipelines.train import train_study
from pipelines.trial import try_networks
from pipelines.workspace.model_files import load_network
from pipelines.workspace.model_records import read_record
from pipelines.workspace.workspace import Workspace

MODULE = """
import torch
from torch import nn
from torch.nn import functional

class Plain(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, stride=4)
        self.middle = nn.Conv2d(16, 16, 3, padding=1)
        self.fc = nn.Linear(16, num_classes)
    def features(self, x): return self.middle(functional.relu(self.conv(x)))
    def pooled(self, x): return functional.relu(self.features(x)).mean((2, 3))
    def forward(self, x): return self.fc(self.pooled(x))

class View(Plain):
    def pooled(self, x): return super().pooled(x).view(-1, 16)
class OptionA(Plain):
    def features(self, x):
        x = self.conv(x)
        return self.middle(x) + functional.pad(x[:, ::2], (0, 0, 0, 0, 4, 4))
class Chunk(Plain):
    def features(self, x): return self.middle(torch.cat(self.conv(x).chunk(2, 1)[::-1], 1))
class Scale(Plain):
    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.scale = nn.Parameter(torch.ones(16, 1, 1))
    def features(self, x): return self.scale * super().features(x)
class Activation(Plain):
    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.act = nn.PReLU(16)
    def features(self, x): return self.act(super().features(x))

class Softmax(Plain):
    def forward(self, x): return super().forward(x).softmax(1)
class TrainingFails(Plain):
    def forward(self, x):
        if self.training: raise KeyError("only in training")
        return super().forward(x)
class NoGradient(Plain):
    def forward(self, x):
        with torch.no_grad(): return super().forward(x)
class Forgetting(Plain):
    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.factor = torch.rand(1)
    def forward(self, x): return self.fc(self.factor * self.pooled(x))
class Lazy(Plain):
    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.fc = nn.LazyLinear(num_classes)
class Normed(Plain):
    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.fc = nn.utils.parametrizations.weight_norm(self.fc)
class Tied(Plain):
    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.again = nn.Sequential(self.conv)
        self.last = nn.Conv2d(16, 16, 3, padding=1)
        self.last.weight = self.middle.weight
    def features(self, x): return self.last(functional.relu(super().features(x)))
class Pair(Plain):
    def forward(self, x):
        features = self.pooled(x)
        logits = self.fc(features)
        return (logits, features) if self.training else {"logits": logits}
"""
STUDY = """
name = "trial"
title = "Trial"
[dataset]
name = "digits"
image_size = 28
test_limit = 20
"""
TABLE = """
[[network]]
name = "prunescope_trial:{name}"
training = {{ epochs = 1, batch_size = 512 }}
"""
STRUCTURED = """
[[pruning]]
method = "structured"
ratios = [0.5]
"""
MAGNITUDE = """
[[pruning]]
method = "magnitude"
ratios = [0.5]
include_classifier = false
"""


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "prunescope_trial.py").write_text(MODULE)

    def opened(name, more=STRUCTURED):
        path = tmp_path / "trial.toml"
        path.write_text(STUDY + TABLE.format(name=name) + more)
        return Workspace.open(path, runs=tmp_path, published=tmp_path / "data", device="cpu")

    return opened


def tried(workspace) -> None:
    try_networks(workspace, ALL)


ALL = {
    f"prunescope_trial-{line.split()[1].partition('(')[0]}-seed0"
    for line in MODULE.splitlines()
    if line.startswith("class")
}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("View", "that View is none: without them it fails in fc: RuntimeError"),
        ("OptionA", "that OptionA is none"),
        ("Chunk", "that Chunk is none"),
        ("Scale", "prunescope_trial:Scale will be left out of structured pruning"),
        ("Activation", "prunescope_trial:Activation will be left out of structured pruning"),
    ],
)
def test_a_network_that_cannot_lose_channels_is_named_before_training(study, capsys, name, said):
    workspace = study(name)
    tried(workspace)
    found = capsys.readouterr().out
    assert said in found
    assert not workspace.models.exists()


@pytest.mark.parametrize("name", ["Plain", "Lazy", "Pair", "Normed"])
def test_nothing_is_said_of_networks_that_can(study, capsys, name):
    tried(study(name))
    assert "left out" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Softmax", r"prunescope_trial:Softmax: expected a network that gives logits to train it"),
        ("TrainingFails", r"TrainingFails: .*KeyError: 'only in training'"),
        ("NoGradient", r"NoGradient: expected a network that can be trained, found: element 0"),
        (
            "Forgetting",
            r"Forgetting: expected the same logits .* read back, found others",
        ),
    ],
)
def test_a_network_that_cannot_be_trained_or_saved_ends_it_before_training(study, name, sentence):
    workspace = study(name)
    with pytest.raises(InputError, match=sentence):
        train_study(workspace)
    assert not workspace.models.exists()


def test_one_methods_failure_leaves_the_others_to_go_on(study, tmp_path, capsys):
    study("View", STRUCTURED + MAGNITUDE)
    command = [str(tmp_path / "trial.toml"), "--runs", str(tmp_path), "--published", "data"]
    assert run_stage("", run_study, command) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "prunescope_trial-View-seed0: structured left out, 1 models: expected" in error
    with connect((tmp_path / "data" / "trial.duckdb").resolve()) as connection:
        rows = query(connection, "SELECT method FROM models ORDER BY model_id")
    assert rows["method"].to_list() == ["dense", "magnitude"]


@pytest.mark.parametrize("name", ["Tied", "Normed", "Lazy", "Pair"])
def test_networks_of_every_kind_are_trained_pruned_saved_and_read_back(study, name):
    workspace = study(name, MAGNITUDE)
    train_study(workspace)
    assert not prune_study(workspace).refusals
    record = read_record(workspace.models, f"prunescope_trial-{name}-seed0")
    network, _ = load_network(workspace.models, record)
    assert network.fc.weight.shape == (10, 16)
    pruned = f"prunescope_trial-{name}-seed0-magnitude-0.5-seed0-dense-classifier"
    _, masks = load_network(workspace.models, read_record(workspace.models, pruned))
    assert "fc.weight" not in masks
    kept = sum(int(mask.sum()) for mask in masks.values())
    assert kept == sum(mask.numel() for mask in masks.values()) // 2
