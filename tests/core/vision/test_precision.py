"""Which number format training multiplies in, seen from inside the network."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.datasets.image_set import ImageSet
from core.vision.networks import Normalisation
from core.vision.precision import used_precision
from core.vision.pruning import prune
from core.vision.recipe import Recipe
from core.vision.training import train_network
from core.vision.training_data import TrainingData

NORMALISATION = Normalisation((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
RECIPE = Recipe(epochs=2, batch_size=16, learning_rate=0.05)
CPU, GPU = torch.device("cpu"), torch.device("cuda")


def processor(monkeypatch: pytest.MonkeyPatch, **capabilities: bool) -> None:
    """Let this machine's processor have these instructions and no others."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, "bfloat16"),
        ({"avx512_bf16": False, "amx_bf16": True}, "bfloat16"),
        ({"avx512_bf16": False, "amx_bf16": False, "avx512_f": True}, "float32"),
        ({"neon": True}, "float32"),
    ],
)
def test_auto_is_what_the_processor_is_made_for(
    capabilities: dict[str, bool], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor(monkeypatch, **capabilities)
    assert used_precision("auto", CPU) == expected
    assert used_precision("auto", GPU) == "bfloat16"
    for asked in ("float32", "bfloat16"):
        assert used_precision(asked, CPU) == used_precision(asked, GPU) == asked


def images(count: int) -> ImageSet:
    generator = np.random.default_rng(0)
    rows = np.arange(count, dtype=np.int64)
    pixels = generator.integers(0, 256, (count, 8, 8, 3), dtype=np.uint8)
    return ImageSet(pixels, rows % 3, rows, ("a", "b", "c"))


class Watched(nn.Module):
    """Notes in which format its layers compute, in training and in evaluation."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(
            nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(216, 3)
        )
        self.seen: dict[bool, set[torch.dtype]] = {True: set(), False: set()}
        for layer in (self.layers[0], self.layers[4]):
            layer.register_forward_hook(
                lambda module, _, output: self.seen[module.training].add(output.dtype)
            )

    def __deepcopy__(self, memo: dict[int, object]) -> "Watched":
        return self

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.layers(pixels)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_training_multiplies_as_asked_and_validation_in_float32(precision: str) -> None:
    network = Watched()
    result = train_network(
        network,
        train=images(40),
        validation=images(20),
        recipe=replace(RECIPE, precision=precision),
        normalisation=NORMALISATION,
        seed=0,
    )
    assert result.precision == precision
    assert network.seen == {True: {getattr(torch, precision)}, False: {torch.float32}}
    assert {p.dtype for p in network.parameters()} == {torch.float32}


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_ticket_multiplies_as_asked(precision: str) -> None:
    network = Watched()
    (found,) = prune(
        "multi_prize",
        network,
        ratios=[0.5],
        training=TrainingData(images(40), NORMALISATION),
        options={"epochs": 1, "batch_size": 20, "precision": precision},
    )
    assert network.seen[True] == {getattr(torch, precision)}
    assert found.details["options"]["precision"] == precision
    assert {p.dtype for p in found.network.parameters()} == {torch.float32}


def test_the_settings_say_auto_and_the_results_what_that_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert RECIPE.precision == "auto"
    for has_bfloat16, expected in ((True, "bfloat16"), (False, "float32")):
        processor(monkeypatch, amx_bf16=has_bfloat16)
        network = Watched()
        result = train_network(
            network,
            train=images(20),
            validation=images(20),
            recipe=RECIPE,
            normalisation=NORMALISATION,
            seed=0,
        )
        (ticket,) = prune(
            "multi_prize",
            copy.deepcopy(network),
            ratios=[0.5],
            training=TrainingData(images(40), NORMALISATION),
            options={"epochs": 1},
        )
        assert (result.precision, ticket.details["options"]["precision"]) == (expected, expected)


def test_a_run_does_not_go_on_in_another_precision(tmp_path, monkeypatch: pytest.MonkeyPatch):
    def train() -> None:
        train_network(
            Watched(),
            train=images(20),
            validation=images(20),
            recipe=RECIPE,
            normalisation=NORMALISATION,
            seed=0,
            resume_path=tmp_path / "run",
        )

    processor(monkeypatch, amx_bf16=True)
    train()
    processor(monkeypatch)
    with pytest.raises(InputError, match=r"found that of another \(its recipe, precision, seed"):
        train()
