"""The option `pattern` of methods that have it."""

import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.pruning import prune
from core.vision.training_data import TrainingData


@pytest.mark.parametrize("method", ["magnitude", "wanda"])
def test_methods_keep_the_highest_of_their_own_score(
    method: str, network: nn.Module, training: TrainingData
) -> None:
    (found,) = prune(
        method,
        network,
        ratios=[0.5],
        scope="layerwise",
        training=training,
        options={"pattern": "1:2"},
    )
    assert bool(found.masks["0.weight"].all())  # 3 inputs
    mask = found.masks["4.weight"]
    assert bool((mask[:, 0::2] ^ mask[:, 1::2]).all())
    assert found.details["options"]["pattern"] == "1:2"
    if method == "magnitude":
        size = network[4].weight.abs()
        larger = size[:, 0::2] > size[:, 1::2]
        assert torch.equal(mask[:, 0::2], larger)


@pytest.mark.parametrize(
    ("ratio", "scope", "sentence"),
    [
        (0.7, "layerwise", r"expected ratio 0.5 with pattern 2:4, found \[0.7\]"),
        (0.5, "global", "expected scope layerwise with pattern 2:4"),
    ],
)
def test_a_pattern_has_one_ratio_and_one_scope(
    ratio: float, scope: str, sentence: str, network: nn.Module
) -> None:
    with pytest.raises(InputError, match=sentence):
        prune("magnitude", network, ratios=[ratio], scope=scope, options={"pattern": "2:4"})  # type: ignore[arg-type]
