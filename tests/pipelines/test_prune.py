"""Every way to make a pruned model, through a study file."""

import json

import pytest
import torch

from core.vision.masks import full_masks, prunable_weights
from core.vision.networks import build_network
from core.vision.pruning import METHODS
from core.vision.training_run import TrainingRun
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
training = { epochs = 2 }
"""
METHOD_TABLES = {
    "random": 'ratios = [0.5]\nscope = "layerwise"',
    "magnitude": "ratios = [0.5, 0.9]\ninclude_classifier = false\nrecalibrate = true",
    "taylor": "ratios = [0.5]\noptions = { batches = 2, batch_size = 16 }",
    "multi_prize": "ratios = [0.8]\noptions = { epochs = 1 }",
    "structured": "ratios = [0.3]\nretrain_epochs = 1",
    "layerwise_shuffle": "ratios = [0.5]\nseeds = [0, 1]",
    "lamp": "ratios = [0.5]",
    "wanda": 'ratios = [0.5]\nscope = "layerwise"\noptions = { pattern = "2:4" }',
    "fisher": 'ratios = [0.5]\nscope = "erk"\noptions = { images = 20 }',
    "snip": "ratios = [0.5]\nretrain_epochs = 1",
    "synflow": "ratios = [0.5]\nretrain_epochs = 1\noptions = { steps = 5 }",
    "dense": "ratios = [0]\nretrain_epochs = 1",
}
PRECISIONS = {"float32", "bfloat16"}
TICKETS = 'method = "magnitude"\nratios = [0.5, 0.8]\nretrain_epochs = 1\nrewind_epoch = 1\n'


def workspace(folder, pruning):
    (folder / "study.toml").write_text(BASE + pruning)
    return Workspace.open(
        folder / "study.toml", runs=folder / "runs", published=folder / "data", device="cpu"
    )


@pytest.fixture(scope="module")
def pruned(tmp_path_factory):
    assert set(METHOD_TABLES) == {"dense", *METHODS}
    tables = [f'[[pruning]]\nmethod = "{name}"\n{text}\n' for name, text in METHOD_TABLES.items()]
    opened = workspace(tmp_path_factory.mktemp("pruned"), "".join(tables))
    train_study(opened)
    prune_study(opened)
    return opened


def model(opened, name):
    record = read_record(opened.models, name)
    assert record is not None, sorted(path.stem for path in opened.models.glob("*.json"))
    return record, *load_network(opened.models, record)


@pytest.mark.parametrize(
    ("name", "sparsity"),
    [
        ("lenet5-seed0-random-layerwise-0.5-seed0", 0.5),
        ("lenet5-seed0-magnitude-0.9-seed0-dense-classifier-recalibrated", 0.9),
        ("lenet5-seed0-taylor-0.5-seed0-batch_size-16-batches-2", 0.5),
        ("lenet5-seed0-multi_prize-0.8-seed0-epochs-1", 0.8),
        ("lenet5-seed0-layerwise_shuffle-0.5-seed1", 0.5),
        ("lenet5-seed0-lamp-0.5-seed0", 0.5),
        ("lenet5-seed0-fisher-erk-0.5-seed0-images-20", 0.5),
        ("lenet5-seed0-snip-0.5-seed0-retrained1", 0.5),
        ("lenet5-seed0-synflow-0.5-seed0-steps-5-retrained1", 0.5),
        ("lenet5-seed0-dense-0-seed0-retrained1", 0.0),
    ],
)
def test_a_model_of_each_method_stands_with_its_exact_count(pruned, name, sparsity):
    record, network, masks = model(pruned, name)
    kept = sum(int(mask.sum()) for mask in masks.values())
    total = sum(mask.numel() for mask in masks.values())
    assert total - kept == round(sparsity * total)
    assert record.row.sparsity == pytest.approx(1 - kept / total)
    assert record.row.parent == "lenet5-seed0"
    weights = prunable_weights(network)
    for key, mask in masks.items():
        assert (weights[key][~mask] == 0).all()
    assert record.row.nonzero_parameters == record.row.parameters - (total - kept)
    assert sum(layer.weights for layer in record.layers) >= total
    details = json.loads(record.row.details)
    assert "torch" in details["versions"]
    found = details["diagnosis"]
    assert found["sparsity"] == pytest.approx(record.row.sparsity)
    assert found["effective_sparsity"] >= found["sparsity"] - 1e-12
    emptied = [layer.name for layer in record.layers if layer.emptied]
    assert found["emptied_layers"] == emptied


def test_a_classifier_that_is_exempt_stays_whole(pruned):
    name = "lenet5-seed0-magnitude-0.9-seed0-dense-classifier-recalibrated"
    record, network, masks = model(pruned, name)
    _, dense, _ = model(pruned, "lenet5-seed0")
    assert not record.row.classifier_prunable
    assert "fc3.weight" not in masks
    torch.testing.assert_close(network.fc3.weight, dense.fc3.weight, rtol=0, atol=0)


def test_a_pattern_holds_in_every_layer_that_has_room_for_it(pruned):
    name = "lenet5-seed0-wanda-layerwise-0.5-seed0-pattern-2of4"
    record, _, masks = model(pruned, name)
    for key in ("fc1.weight", "fc2.weight", "fc3.weight"):
        assert (masks[key].view(-1, 4).sum(1) == 2).all()
    assert masks["conv1.weight"].all() and masks["conv2.weight"].all()
    assert json.loads(record.row.details)["options"]["pattern"] == "2:4"


def test_what_is_pruned_before_training_starts_from_the_weights_that_training_started_from(
    pruned, monkeypatch
):
    """SNIP's weights before the training are the dense network's own first ones, under its mask."""
    _, _, masks = model(pruned, "lenet5-seed0-snip-0.5-seed0-retrained1")
    found = {}

    def train(_workspace, network, *, masks, **_):
        found.update({key: value.clone() for key, value in network.state_dict().items()})
        raise InterruptedError

    monkeypatch.setattr("pipelines.prune.train_shown", train)
    for path in pruned.models.glob("lenet5-seed0-snip*"):
        path.rename(path.with_name(f"kept-{path.name}"))
    try:
        with pytest.raises(InterruptedError):
            prune_study(pruned)
    finally:
        for path in pruned.models.glob("kept-*"):
            path.rename(path.with_name(path.name.removeprefix("kept-")))
    first = build_network("lenet5", class_count=10, seed=0).state_dict()
    for key, value in first.items():
        expected = value * masks[key] if key in masks else value
        assert torch.equal(found[key], expected)


def test_a_structured_model_is_smaller_and_loads_again(pruned):
    record, network, masks = model(pruned, "lenet5-seed0-structured-0.3-seed0-retrained1")
    _, dense, _ = model(pruned, "lenet5-seed0")
    assert network.conv2.weight.numel() < dense.conv2.weight.numel()
    whole = sum(mask.numel() for mask in full_masks(dense).values())
    kept = sum(mask.numel() for mask in masks.values())
    assert record.row.sparsity == pytest.approx(1 - kept / whole)
    assert record.row.macs_theoretical < record.row.macs
    assert network(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


def test_the_records_say_what_was_trained(pruned):
    def details(name):
        return json.loads(read_record(pruned.models, name).row.details)

    dense = details("lenet5-seed0")["recipe"]
    assert dense["epochs"] == 2
    assert dense["precision"] in PRECISIONS
    for name in ("structured-0.3-seed0", "dense-0-seed0"):
        retraining = details(f"lenet5-seed0-{name}-retrained1")["retraining"]
        assert retraining == dense | {"epochs": 1}
    ticket = details("lenet5-seed0-multi_prize-0.8-seed0-epochs-1")
    assert ticket["options"]["precision"] == dense["precision"]


def test_the_epochs_in_a_record_are_those_that_were_trained(tmp_path, monkeypatch):
    """Counted while training, with more epochs after pruning than the network's recipe has."""
    trained = []
    train_epoch = TrainingRun.train_epoch

    def counted(run, epoch, *arguments):
        if epoch == 1:
            trained.append(0)
        trained[-1] += 1
        return train_epoch(run, epoch, *arguments)

    monkeypatch.setattr(TrainingRun, "train_epoch", counted)
    tables = [
        'method = "random"\nratios = [0.5]\nretrain_epochs = 3',
        'method = "dense"\nratios = [0]\nretrain_epochs = 4',
        TICKETS.replace("retrain_epochs = 1", "retrain_epochs = 3"),
    ]
    opened = workspace(tmp_path, "".join(f"[[pruning]]\n{table}\n" for table in tables))
    train_study(opened)
    prune_study(opened)
    dense, plain, control, early, *tickets = trained
    assert (dense, early) == (2, 1)
    names = {
        "random-0.5-seed0-retrained3": plain,
        "dense-0-seed0-retrained4": control,
        "magnitude-0.5-seed0-rewound1-retrained3": tickets[0],
        "magnitude-0.8-seed0-rewound1-retrained3": tickets[1],
    }
    found = {}
    for name in names:
        row = read_record(opened.models, f"lenet5-seed0-{name}").row
        found[name] = json.loads(row.details)["retraining"]["epochs"]
        assert row.retrain_epochs == found[name]
    assert found == names
    assert list(names.values()) == [3, 4, 3, 3]


def test_a_second_run_makes_nothing_new(pruned):
    report = prune_study(pruned)
    assert report.done == 0
    assert report.kept == 14


def test_tickets_are_nested_start_early_and_resume_to_the_same_weights(tmp_path):
    opened = workspace(tmp_path, f"[[pruning]]\n{TICKETS}")
    train_study(opened)
    prune_study(opened)
    names = [f"lenet5-seed0-magnitude-{r}-seed0-rewound1-retrained1" for r in ("0.5", "0.8")]
    (_, _, first), (record, network, second) = (model(opened, name) for name in names)
    assert all(bool((first[key] | ~second[key]).all()) for key in first)
    assert record.row.retrained
    details = json.loads(record.row.details)
    assert (details["rewind_epoch"], details["retraining"]["epochs"]) == (1, 1)
    assert details["retraining"]["precision"] in PRECISIONS
    for path in opened.models.glob(f"{names[1]}.*"):
        path.unlink()
    assert prune_study(opened).done == 1
    _, again, masks = model(opened, names[1])
    assert all(bool((masks[key] == second[key]).all()) for key in masks)
    for key, tensor in again.state_dict().items():
        torch.testing.assert_close(tensor, network.state_dict()[key], rtol=0, atol=0)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('method = "dense"\nratios = [0.5]\nretrain_epochs = 1', r"ratios = \[0\] and retrain_ep"),
        ('method = "dense"\nratios = [0]', "retrain_epochs of at least 1 for method dense"),
        (TICKETS.replace("magnitude", "random"), "expected method magnitude and retrain_epochs"),
        (TICKETS.replace("retrain_epochs = 1", ""), "found magnitude and 0"),
        (TICKETS + 'options = { pattern = "2:4" }', "expected none with rewind_epoch"),
        ('method = "snip"\nratios = [0.5]', "retrain_epochs of at least 1 for method snip"),
        (
            'method = "multi_prize"\nratios = [0.5]\nscope = "erk"',
            r"pruning\[0\]: expected a scope of global, layerwise for multi_prize; found 'erk'",
        ),
        (
            'method = "magnitude"\nratios = [0.7]\noptions = { pattern = "2:4" }',
            r"expected ratio 0.5 with pattern 2:4, found \[0.7\]",
        ),
        (
            'method = "wanda"\nratios = [0.5]\noptions = { pattern = "2:4" }',
            "expected scope layerwise with pattern 2:4, .* found global",
        ),
        (
            'method = "wanda"\nratios = [0.5]\noptions = { pattern = "4:2" }',
            r"pruning\[0\].options of wanda: expected a pattern such as",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused(tmp_path, table, sentence):
    with pytest.raises(StudyFileError, match=sentence):
        workspace(tmp_path, f"[[pruning]]\n{table}\n")


def test_precision_is_part_of_what_decides_the_weights(tmp_path):
    opened = workspace(tmp_path, "")
    train_study(opened)
    text = (BASE).replace("epochs = 2", 'epochs = 2, precision = "float32"')
    (tmp_path / "study.toml").write_text(text)
    again = Workspace.open(
        tmp_path / "study.toml", runs=opened.runs, published=opened.published, device="cpu"
    )
    assert train_study(again).done == 1
    details = json.loads(read_record(again.models, "lenet5-seed0").row.details)
    assert details["recipe"]["precision"] == "float32"


def test_a_table_for_one_network_leaves_its_models_when_it_is_for_more(tmp_path):
    table = '[[pruning]]\nmethod = "random"\nratios = [0.5]\n'
    two = BASE.replace('name = "lenet5"', 'name = "lenet5"\nseeds = [0, 1]')

    def made(networks):
        (tmp_path / "study.toml").write_text(f"{two}{table}{networks}")
        opened = Workspace.open(
            tmp_path / "study.toml",
            runs=tmp_path / "runs",
            published=tmp_path / "data",
            device="cpu",
        )
        train_study(opened)
        report = prune_study(opened)
        return report.done, report.kept

    assert made('networks = ["lenet5-seed1"]') == (1, 0)
    assert made("") == (1, 1)
