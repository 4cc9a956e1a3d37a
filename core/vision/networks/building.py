"""From a network's name to a freshly initialised network."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from core.errors import InputError

if TYPE_CHECKING:
    from torch import nn

TORCHVISION_PREFIX = "torchvision:"
TIMM_PREFIX = "timm:"  # of the package timm, an optional extra
HUB_PREFIX = "hf-hub:"  # a hub's networks with their weights, by timm

# the built-in names: module in this package and class
_BUILT_IN = {
    "lenet5": ("lenet5", "LeNet5"),
    "lenet5_linear": ("lenet5_linear", "LeNet5Linear"),
    "alexnet_cifar": ("alexnet_cifar", "AlexNetCifar"),
    "vgg16_bn_cifar": ("vgg16_bn_cifar", "Vgg16BnCifar"),
    "resnet18_cifar": ("resnet18_cifar", "ResNet18Cifar"),
}
WITH_FEATURE_WIDTH = ("lenet5", "lenet5_linear", "alexnet_cifar")

NETWORKS: tuple[str, ...] = (*_BUILT_IN, f"{TORCHVISION_PREFIX}<name>")


def is_network(name: str) -> bool:
    """Whether `name` is built in or of the form torchvision:<name>, without importing either."""
    return name in _BUILT_IN or (
        name.startswith(TORCHVISION_PREFIX) and name.removeprefix(TORCHVISION_PREFIX).isidentifier()
    )


def is_of_timm(name: str) -> bool:
    """Whether the package timm makes it, alone or from a hub."""
    return name.startswith((TIMM_PREFIX, HUB_PREFIX)) and not name.endswith(":")


def is_built_in(name: str) -> bool:
    """Whether the network is one of this package's own."""
    return name in _BUILT_IN


def build_network(
    name: str,
    *,
    class_count: int,
    width_multiplier: float = 1.0,
    feature_width: int | None = None,
    seed: int = 0,
) -> nn.Module:
    """A network with the standard initialisation, the same for the same seed.

    Its input is normalised float32 (N, 3, H, W); 32x32 for the built-in ones.

    Args:
        name: one of NETWORKS; the name says which stem a network has.
        class_count: number of outputs.
        width_multiplier: scales the hidden widths of the built-in networks.
        feature_width: width of the last hidden layer (those of WITH_FEATURE_WIDTH).
        seed: of the initialisation; torch's global generator is left as it was.

    Raises:
        InputError: unknown name, or a setting that the network does not have.
    """
    import torch  # noqa: PLC0415

    if class_count < 2:
        raise InputError(f"expected at least 2 classes, found {class_count}")
    if width_multiplier <= 0:
        raise InputError(f"expected a positive width multiplier, found {width_multiplier}")
    if feature_width is not None and (name not in WITH_FEATURE_WIDTH or feature_width < 1):
        raise InputError(
            f"expected feature_width of at least 1 and only for {', '.join(WITH_FEATURE_WIDTH)},"
            f" found {feature_width} for {name}"
        )
    if not is_network(name):
        raise InputError(f"expected a network among {', '.join(NETWORKS)}, found {name!r}")
    if name.startswith(TORCHVISION_PREFIX) and width_multiplier != 1:
        raise InputError(
            f"expected width_multiplier 1 for {name}, found {width_multiplier}: torchvision's "
            "networks have their own widths"
        )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return _built(name, class_count, width_multiplier, feature_width)


def _built(
    name: str, class_count: int, width_multiplier: float, feature_width: int | None
) -> nn.Module:
    network: nn.Module
    package = "core.vision.networks"
    if name.startswith(TORCHVISION_PREFIX):
        module = importlib.import_module(f"{package}.torchvision_networks")
        network = module.build(name.removeprefix(TORCHVISION_PREFIX), class_count=class_count)
        return network
    settings: dict[str, float | int | None] = {"width_multiplier": width_multiplier}
    if name in WITH_FEATURE_WIDTH:
        settings["feature_width"] = feature_width
    module_name, class_name = _BUILT_IN[name]
    module = importlib.import_module(f"{package}.{module_name}")
    network = getattr(module, class_name)(class_count, **settings)
    if not name.startswith(
        "lenet5"
    ):  # small and without batch norm: torch's own initialisation suits it
        importlib.import_module(f"{package}.initialisation").initialise(network)
    return network
