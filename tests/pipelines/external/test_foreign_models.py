"""The accuracy that is printed of a network made elsewhere is on images it can't have seen."""

import re

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import binomtest

from core.vision.datasets import ImageSet
from core.vision.datasets.splits import stratified_rows
from core.vision.networks import Normalisation
from pipelines.add_model import main
from pipelines.external import foreign_models
from pipelines.train import train_study
from pipelines.workspace.model_records import read_record
from pipelines.workspace.workspace import Workspace

CLASSES = ("ash", "birch", "cedar", "date")
SIDE = 32
STUDY = """
name = "noise"
title = "Noise"
[dataset]
name = "image_folder"
folder = "images"
validation_fraction = 0.25
"""
NETWORK = """
from torch import nn

def make(num_classes):
    return nn.Sequential(nn.Flatten(), nn.Linear(3072, num_classes))
"""
RAW = ["--mean", "0", "0", "0", "--std", "1", "1", "1"]


def write_noise(folder, per_class, *, seed):
    """Images of noise: what is learnt of some says nothing about the others."""
    generator = np.random.default_rng(seed)
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
        for row in range(per_class):
            pixels = generator.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{row:03}.png")


def flat(images):
    return images.images[np.arange(len(images))].transpose(0, 3, 1, 2).reshape(len(images), -1)


def memorised(*parts):
    """A state dict that gets every image of the parts right: least squares on its pixels."""
    pixels = np.concatenate([flat(part) for part in parts]) / 255
    labels = np.concatenate([part.labels for part in parts])
    design = np.hstack([pixels, np.ones((len(pixels), 1))])
    solution, *_ = np.linalg.lstsq(design, np.eye(len(CLASSES))[labels], rcond=None)
    return {
        "1.weight": torch.tensor(solution[:-1].T, dtype=torch.float32).contiguous(),
        "1.bias": torch.tensor(solution[-1], dtype=torch.float32),
    }


def right(weights, images):
    logits = flat(images) / 255 @ weights["1.weight"].numpy().T + weights["1.bias"].numpy()
    return logits.argmax(1) == images.labels


def open_study(folder, text=STUDY):
    (folder / "study.toml").write_text(text)
    (folder / "prunescope_noise_network.py").write_text(NETWORK)
    return Workspace.open(
        folder / "study.toml", runs=folder / "runs", published=folder / "data", device="cpu"
    )


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A data set of noise with train/ and test/, and the weights that know train/ by heart."""
    write_noise(tmp_path / "images" / "train", 20, seed=0)
    write_noise(tmp_path / "images" / "test", 30, seed=1)
    monkeypatch.chdir(tmp_path)
    opened = open_study(tmp_path)
    weights = memorised(opened.splits.train, opened.splits.validation)
    torch.save(weights, tmp_path / "own.pt")
    assert right(weights, opened.splits.validation).all()
    assert len(opened.splits.validation) == 20
    return opened, weights


def add(opened):
    network = ["--network", "prunescope_noise_network:make", "--checkpoint", "own.pt"]
    folders = ["--runs", str(opened.runs), "--published", str(opened.published)]
    arguments = [str(opened.study_file), *folders, "--device", "cpu", "--name", "own"]
    assert main([*arguments, *network, *RAW]) == 0


def line(correct, which):
    """What should be printed, its interval from scipy."""
    low, high = binomtest(int(correct.sum()), len(correct)).proportion_ci(method="wilson")
    rate = 100 * correct.mean()
    return (
        f"accuracy: {rate:.1f} % (95 % interval {100 * low:.1f} to {100 * high:.1f} %), on {which}"
    )


def test_a_network_that_knows_the_training_part_by_heart_is_judged_by_test_images(study, capsys):
    opened, weights = study
    add(opened)
    said = capsys.readouterr().out
    correct = right(weights, opened.test)
    assert 0.1 < correct.mean() < 0.45
    assert re.findall("accuracy.*", said) == [line(correct, "the 120 test images")]
    assert "Note" not in said
    assert f"Warning: {100 * correct.mean():.1f} % looks wrong" in said
    assert read_record(opened.models, "own").row.validation_accuracy is None


def test_of_many_test_images_a_stratified_choice_is_read(study, capsys, monkeypatch):
    opened, weights = study
    monkeypatch.setattr(foreign_models, "IMAGES_TRIED", 40)
    add(opened)
    rows = stratified_rows(opened.test.labels, 40, seed=0)
    assert np.bincount(opened.test.labels[rows]).tolist() == [10] * 4
    which = "40 of the 120 test images, every class by its share"
    expected = line(right(weights, opened.test)[rows], which)
    assert re.findall("accuracy.*", capsys.readouterr().out) == [expected]


def test_a_checkpoint_in_the_study_file_is_judged_likewise(study, tmp_path, capsys):
    _, weights = study
    network = """
    [[network]]
    name = "prunescope_noise_network:make"
    checkpoint = "own.pt"
    mean = [0.0, 0.0, 0.0]
    std = [1.0, 1.0, 1.0]
    """
    opened = open_study(tmp_path, STUDY + "test_limit = 60\n" + network)
    assert train_study(opened).done == 1
    which = "60 of the 120 test images, every class by its share"
    expected = line(right(weights, opened.test), which)
    assert re.findall("accuracy.*", capsys.readouterr().out) == [expected]
    record = read_record(opened.models, "prunescope_noise_network-make-seed0")
    assert record.row.validation_accuracy is None


def test_images_that_the_network_may_have_seen_are_said_to_be_such(tmp_path, monkeypatch, capsys):
    write_noise(tmp_path / "images", 20, seed=0)
    monkeypatch.chdir(tmp_path)
    opened = open_study(tmp_path)
    parts = opened.splits
    torch.save(memorised(parts.train, parts.validation, parts.test), tmp_path / "own.pt")
    add(opened)
    said = capsys.readouterr().out
    assert line(np.ones(24, dtype=bool), "the 24 test images") in said
    assert "no test part of its own" in said
    assert "may have been trained on them" in said


class Said:
    """A reader that answers right only under one normalisation."""

    def __init__(self, wanted, share):
        self.normalisation = Normalisation((0.1, 0.1, 0.1), (1.0, 1.0, 1.0))
        self.wanted, self.share = wanted, share

    def read_in_batches(self, images):
        right = images[:, 0, 0, 0].astype(int)
        if self.normalisation != self.wanted:
            right[int(self.share * len(right)) :] += 1
        return None, torch.nn.functional.one_hot(torch.from_numpy(right % 3), 3).float()


def some_images(count=200):
    labels = np.arange(count) % 3
    pixels = np.broadcast_to(labels[:, None, None, None], (count, 2, 2, 3)).astype(np.uint8)
    return ImageSet(pixels, labels, np.arange(count), ("a", "b", "c"))


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("0.5 and 0.5", "--mean 0.5 0.5 0.5 --std 0.5 0.5 0.5"),
        ("ImageNet's", "--mean 0.485 0.456 0.406 --std 0.229 0.224 0.225"),
    ],
)
def test_a_usual_normalisation_that_is_better_is_named_with_its_flags(name, flags):
    reader = Said(foreign_models.USUAL_NORMALISATIONS[name], 0.8)
    own = reader.normalisation
    tried, warning = foreign_models.normalisation_lines(reader, some_images())
    assert f"{name} 100.0 %" in tried
    assert "measured on the training images 80.0 %" in tried
    assert warning.startswith(f"Warning: {name} gives 100.0 % where the normalisation used gives")
    assert warning.endswith(flags)
    assert reader.normalisation == own


@pytest.mark.parametrize("share", [1.0, 0.98])
def test_no_warning_where_chance_explains_the_difference(share):
    reader = Said(foreign_models.USUAL_NORMALISATIONS["none"], share)
    assert len(foreign_models.normalisation_lines(reader, some_images())) == 1
