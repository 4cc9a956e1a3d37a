import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.masks import kept_count
from core.vision.pruning import prune
from core.vision.training_data import TrainingData


def test_layerwise_shuffles_have_the_layer_counts_of_the_method_they_shuffle(
    network: nn.Module, training: TrainingData
) -> None:
    (original,) = prune("taylor", network, ratios=[0.6], training=training)
    (shuffled,) = prune(
        "layerwise_shuffle", network, ratios=[0.6], training=training, options={"of": "taylor"}
    )
    for name, mask in original.masks.items():
        assert kept_count(original.masks, [name]) == kept_count(shuffled.masks, [name])
        assert not torch.equal(mask, shuffled.masks[name])
    assert shuffled.details["options"] == {"of": "taylor"}


def test_only_methods_that_rank_can_be_shuffled(network: nn.Module) -> None:
    known = "fisher, lamp, magnitude, random, taylor, wanda"
    for of in ("structured", "layerwise_shuffle", "snip", "magic"):
        with pytest.raises(InputError, match=f"one of {known}; found '{of}'"):
            prune("layerwise_shuffle", network, ratios=[0.5], options={"of": of})
