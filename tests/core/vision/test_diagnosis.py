import copy
import dataclasses
import json

import numpy as np
import torch
from torch import nn

from core.vision.datasets import ImageSet
from core.vision.diagnosis import Diagnosis, diagnose
from core.vision.masks import apply_masks, full_masks
from core.vision.networks import Normalisation
from core.vision.training_data import TrainingData


def images(count: int) -> ImageSet:
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 255, (count, 8, 8, 3)).astype(np.uint8)
    return ImageSet(pixels, np.arange(count) % 4, np.arange(count), tuple("abcd"))


def network() -> nn.Module:
    torch.manual_seed(0)
    made = nn.Sequential(
        nn.Conv2d(3, 6, 3),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 5),
        nn.ReLU(),
        nn.Linear(5, 4),
    )
    return made.eval()


def found_on(pruned: nn.Module, masks: dict, parent: nn.Module) -> Diagnosis:
    training = TrainingData(images(200), Normalisation((0.5,) * 3, (0.25,) * 3))
    return diagnose(pruned, masks, parent=parent, images=images(60), training=training)


def pixels() -> torch.Tensor:
    raw = torch.from_numpy(images(60).images).permute(0, 3, 1, 2).double() / 255
    return (raw - 0.5) / 0.25


def test_an_emptied_layer_and_a_constant_prediction_are_found() -> None:
    parent = network()
    pruned, masks = copy.deepcopy(parent), full_masks(parent)
    masks["5.weight"][:] = False
    apply_masks(pruned, masks)
    found = found_on(pruned, masks, parent)
    assert found.emptied_layers == ("5",)
    assert found.most_predicted_share == 1.0
    constant = pruned[7](pruned[5].bias.relu())
    assert found.most_predicted_class == int(constant.argmax())
    assert abs(found.sparsity - 30 / (162 + 30 + 20)) < 1e-12
    assert found.effective_sparsity == 1.0
    assert "1 layer emptied; 100 % of predictions in one class" in found.words()
    assert "effective sparsity 100.00 %" in found.words()


def test_numbers_are_those_of_a_plain_forward_pass() -> None:
    parent = network()
    pruned, masks = copy.deepcopy(parent), full_masks(parent)
    masks["0.weight"] = torch.rand_like(parent[0].weight, dtype=torch.float32) > 0.5
    apply_masks(pruned, masks)
    with torch.no_grad():
        pruned[1].running_mean.add_(3.0)
    before = {key: value.clone() for key, value in pruned.state_dict().items()}
    found = found_on(pruned, masks, parent)
    assert all(torch.equal(before[key], value) for key, value in pruned.state_dict().items())
    labels = torch.arange(60) % 4
    exact, of_parent = (copy.deepcopy(one).double() for one in (pruned, parent))
    lengths = [one[:7](pixels()).norm(dim=1).mean().item() for one in (exact, of_parent)]
    assert np.isclose(found.feature_norm_ratio, lengths[0] / lengths[1], rtol=1e-5)
    predicted = exact(pixels()).argmax(1)
    assert found.most_predicted_share == predicted.bincount().max().item() / 60
    # what a batch norm with the statistics of the training images would predict
    raw = torch.from_numpy(images(200).images).permute(0, 3, 1, 2).double() / 255
    maps = exact[0]((raw - 0.5) / 0.25).detach()
    exact[1].running_mean.copy_(maps.mean((0, 2, 3)))
    exact[1].running_var.copy_(maps.var((0, 2, 3)))
    again = exact(pixels()).argmax(1)
    gain = ((again == labels).sum() - (predicted == labels).sum()).item() / 60
    assert abs(found.recalibration_gain - gain) <= 2 / 60
    assert json.loads(json.dumps(found.record()))["words"] == found.words()


def test_the_dense_model_has_nothing_conspicuous() -> None:
    parent = network()
    found = found_on(copy.deepcopy(parent), full_masks(parent), parent)
    assert found.feature_norm_ratio == 1.0
    assert (found.sparsity, found.effective_sparsity, found.emptied_layers) == (0.0, 0.0, ())
    plain = dataclasses.replace(found, most_predicted_share=0.3, recalibration_gain=0.0)
    assert plain.words() == "nothing conspicuous"


def test_without_batch_norm_there_is_no_gain_to_speak_of() -> None:
    torch.manual_seed(0)
    parent = nn.Sequential(nn.Flatten(), nn.Linear(192, 4))
    found = found_on(copy.deepcopy(parent), full_masks(parent), parent)
    assert found.recalibration_gain is None
