import copy

import pytest
import torch
from torch import nn

from core.vision.masks import kept_count
from core.vision.pruning import METHODS, prune
from core.vision.rebuilding import resize_like
from core.vision.recipe import Recipe
from core.vision.training import train_network
from core.vision.training_data import TrainingData

QUICK = {"multi_prize": {"epochs": 1}, "taylor": {"batches": 2}}
RECIPES = [
    Recipe(epochs=3, batch_size=40, learning_rate=0.05, weight_decay=1e-2),
    Recipe(epochs=3, batch_size=40, learning_rate=0.01, optimiser="adamw"),
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.optimiser)
def test_masks_hold_through_retraining_and_the_saved_model_computes_the_same(
    method: str, recipe: Recipe, network: nn.Module, training: TrainingData, tmp_path
) -> None:
    images = training.images
    options = QUICK.get(method, {})
    (pruned,) = prune(method, network, ratios=[0.6], training=training, options=options)
    retrained = copy.deepcopy(pruned.network)
    train_network(
        retrained,
        train=images,
        validation=images,
        recipe=recipe,
        normalisation=training.normalisation,
        seed=1,
        masks=pruned.masks,
    )
    moved = 0
    for name, mask in pruned.masks.items():
        weight = retrained.get_parameter(name).detach()
        assert not bool(weight[~mask].any())
        assert int(weight.count_nonzero()) == kept_count({name: mask})
        moved += int((weight != pruned.network.get_parameter(name)).sum())
    assert moved > 0.9 * kept_count(pruned.masks)

    torch.save(retrained.state_dict(), tmp_path / "weights.pt")
    reloaded = copy.deepcopy(network)
    resize_like(reloaded, torch.load(tmp_path / "weights.pt", weights_only=True))
    pixels, _ = next(training.batches(batch_count=1, batch_size=50))
    retrained.eval(), reloaded.eval()
    with torch.inference_mode():
        assert torch.equal(retrained(pixels), reloaded(pixels))


def test_without_masks_removed_weights_grow_back(
    network: nn.Module, training: TrainingData
) -> None:
    """What the test above would find if nothing held the masks."""
    images = training.images
    (pruned,) = prune("magnitude", network, ratios=[0.6])
    train_network(
        pruned.network,
        train=images,
        validation=images,
        recipe=RECIPES[0],
        normalisation=training.normalisation,
        seed=1,
    )
    assert any(
        bool(pruned.network.get_parameter(name)[~mask].any()) for name, mask in pruned.masks.items()
    )
