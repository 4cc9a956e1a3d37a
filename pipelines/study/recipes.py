"""The standard training recipe of each network."""

from __future__ import annotations

from core.vision.recipe import Recipe

_LENET5 = Recipe(
    epochs=30, batch_size=64, learning_rate=0.05, weight_decay=5e-4, augmentation="shift"
)

RECIPES: dict[str, Recipe] = {
    "lenet5": _LENET5,
    "lenet5_linear": _LENET5,
    "alexnet_cifar": Recipe(
        epochs=60, learning_rate=0.02, weight_decay=5e-4, augmentation="crop_flip"
    ),
    "vgg16_bn_cifar": Recipe(
        epochs=60, learning_rate=0.1, weight_decay=5e-4, augmentation="crop_flip"
    ),
    "resnet18_cifar": Recipe(
        epochs=60, learning_rate=0.1, weight_decay=5e-4, augmentation="crop_flip"
    ),
}

# for networks without a recipe of their own, such as torchvision's
DEFAULT_RECIPE = Recipe(epochs=60, learning_rate=0.05, augmentation="crop_flip")


def recipe_for(network: str) -> Recipe:
    """The recipe of `network`, or the default one."""
    return RECIPES.get(network, DEFAULT_RECIPE)
