"""Computed weights made plain, and tensors of several names saved once."""

import copy

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.utils import parametrizations, prune

from core.vision.masks import prunable_weights
from core.vision.plain_layers import make_plain, remove_pruning_hooks
from core.vision.rebuilding import resize_like
from core.vision.shared_tensors import saved_once, with_all_names

torch.set_num_threads(1)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 5))


NORMS = {
    "weight_norm": nn.utils.weight_norm,
    "new weight_norm": parametrizations.weight_norm,
    "spectral_norm": nn.utils.spectral_norm,
    "new spectral_norm": parametrizations.spectral_norm,
    "orthogonal": parametrizations.orthogonal,
    "mask": lambda layer: prune.l1_unstructured(layer, "weight", amount=0.5),
}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("norm", NORMS)
def test_the_computed_weight_takes_the_place_of_what_it_is_computed_from(norm):
    plain = network()
    normed = network()
    images = torch.rand(2, 3, 8, 8)
    for number in (0, 2):
        NORMS[norm](normed[number])
    normed.train()
    normed(images)
    normed.eval()
    before = normed(images)
    assert set(make_plain(normed)) == {"0", "2"}
    assert torch.allclose(normed(images), before, atol=1e-6)
    assert set(normed.state_dict()) == set(plain.state_dict())
    assert list(prunable_weights(normed)) == ["0.weight", "2.weight"]
    copy.deepcopy(normed)
    assert make_plain(normed) == ()


def test_only_masks_are_taken_off_before_loading():
    masked = network()
    prune.identity(masked[0], "weight")
    parametrizations.weight_norm(masked[2])
    assert remove_pruning_hooks(masked) == ("0",)
    assert "0.weight" in masked.state_dict()
    assert "2.parametrizations.weight.original0" in masked.state_dict()


class Shared(nn.Module):
    """The same layers under two names, and two layers of one weight."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.conv, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
        self.body = nn.Sequential(self.conv, self.norm)
        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)
        self.b.weight = self.a.weight

    def forward(self, images):
        return self.b(self.a(self.body(images).mean((2, 3))))


def test_a_tensor_of_several_names_is_saved_once_and_read_back(tmp_path):
    source, target = Shared(1).eval(), Shared(2).eval()
    saved = saved_once(source.state_dict())
    assert set(saved) == {
        *(f"conv.{name}" for name in ("weight", "bias")),
        *(f"norm.{name}" for name in source.norm.state_dict()),
        "a.weight",
        "a.bias",
        "b.bias",
    }
    save_file(saved, tmp_path / "shared.safetensors")
    resize_like(target, load_file(tmp_path / "shared.safetensors"))
    images = torch.rand(2, 3, 8, 8)
    assert torch.equal(target(images), source(images))
    assert target.b.weight is target.a.weight


def test_parts_of_one_memory_are_saved_apart(tmp_path):
    whole = torch.arange(6.0)
    saved = saved_once({"left": whole[:3], "right": whole[3:], "all": whole})
    save_file({name: tensor.contiguous() for name, tensor in saved.items()}, tmp_path / "x")
    found = load_file(tmp_path / "x")
    assert [found[n].tolist() for n in ("left", "right", "all")] == [
        [0, 1, 2],
        [3, 4, 5],
        [0, 1, 2, 3, 4, 5],
    ]


def test_any_of_the_names_stands_for_all():
    own = Shared().state_dict()
    complete = with_all_names({"b.weight": torch.ones(4, 4), "x": torch.ones(1)}, own)
    assert set(complete) == {"a.weight", "b.weight", "x"}


def test_a_layer_that_waits_for_its_input_gets_the_saved_shape():
    def lazy() -> nn.Sequential:
        return nn.Sequential(nn.Flatten(), nn.LazyLinear(4))

    source, target = lazy(), lazy()
    images = torch.rand(2, 3, 5, 5)
    expected = source(images)
    resize_like(target, source.state_dict())
    assert torch.equal(target(images), expected)
