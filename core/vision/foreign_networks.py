"""Networks that users bring: a function of theirs, a name of torchvision's, timm's or a hub's."""

from __future__ import annotations

import importlib
import inspect
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from core.errors import InputError, first_line
from core.vision.networks import HUB_PREFIX, TIMM_PREFIX, build_network, is_network
from core.vision.outputs import GivesLogits
from core.vision.plain_layers import remove_pruning_hooks

CLASS_COUNT_NAMES = (
    "class_count",
    "num_classes",
    "n_classes",
    "classes",
    "num_labels",
    "nb_classes",
    "n_class",
    "num_class",
    "num_outputs",
    "output_dim",
)
PASSED_ON = "num_classes"  # to a function that hands on whatever it is given


def network_from_factory(
    specification: str, class_count: int, *, seed: int = 0, pretrained: bool = False
) -> nn.Module:
    """The network of 'package.module:factory', of a built-in name, torchvision:, timm:, hf-hub:.

    The factory is called with the number of classes under whichever of CLASS_COUNT_NAMES it takes
    (num_classes where it takes any keyword), or with nothing if it takes none of them. Modules are
    looked for beside the installed packages and in the current folder. The network computes in
    float32 and gives its logits alone; hooks of torch.nn.utils.prune, which its masks would be
    loaded into, are taken off. One whose first layer takes one channel is given the first of the
    three equal ones of a grey image.

    Args:
        specification: the network's name.
        class_count: number of outputs.
        seed: of the initialisation; torch's global generator is left as it was.
        pretrained: with the weights that a hub's network comes with.

    Raises:
        InputError: no such module or function, a module or factory that fails in whatever way, or
            one that gives no network.
    """
    if is_network(specification):
        return build_network(specification, class_count=class_count, seed=seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        if specification.startswith((TIMM_PREFIX, HUB_PREFIX)):
            network = _of_timm(specification, class_count, pretrained=pretrained)
        else:
            network = _made(specification, class_count)
    return prepared(network, class_count)


def prepared(network: nn.Module, class_count: int) -> nn.Module:
    """The network as everything here runs it: float32, logits alone, grey images in one channel."""
    remove_pruning_hooks(network)
    network.float()
    network.register_forward_hook(GivesLogits(class_count))
    if takes_one_channel(network):
        network.register_forward_pre_hook(_first_channel)
    return network


def takes_one_channel(network: nn.Module) -> bool:
    """Whether the first convolution says so or, where there is none, the first linear layer.

    No three squares are a square, so the width of a linear layer tells how many channels of a
    square image it takes.
    """
    convolution = next((m for m in network.modules() if isinstance(m, nn.Conv2d)), None)
    if convolution is not None:
        return convolution.in_channels == 1
    linear = next((m for m in network.modules() if isinstance(m, nn.Linear)), None)
    if linear is None or not linear.in_features:
        return False
    return math.isqrt(linear.in_features) ** 2 == linear.in_features


def _first_channel(_network: nn.Module, inputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
    return inputs[0][:, :1]


def _made(specification: str, class_count: int) -> nn.Module:
    module_name, separator, factory_name = specification.partition(":")
    if not (separator and module_name and factory_name):
        raise InputError(
            "expected a network as package.module:factory or torchvision:<name>, found "
            f"{specification!r}"
        )
    factory = _factory(module_name, factory_name)
    try:
        network = factory(**_arguments(factory, class_count))
    except TypeError as error:
        raise InputError(
            f"expected {specification} to need no argument but the number of classes, found: "
            f"{first_line(error)}"
        ) from error
    except Exception as error:
        raise InputError(
            f"expected {specification} to make a network, found that it fails: "
            f"{type(error).__name__}: {first_line(error)}"
        ) from error
    if not isinstance(network, nn.Module):
        raise InputError(
            f"expected {specification} to give a torch.nn.Module, found {type(network).__name__}"
        )
    return network


def _factory(module_name: str, factory_name: str) -> Callable[..., Any]:
    here = str(Path.cwd())
    added = here not in sys.path
    if added:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        kind = "" if isinstance(error, ImportError) else f"{type(error).__name__}: "
        raise InputError(
            f"expected a module {module_name} that can be imported, found: "
            f"{kind}{first_line(error)}"
        ) from error
    finally:
        if added:
            sys.path.remove(here)
    factory = getattr(module, factory_name, None)
    if not callable(factory):
        raise InputError(
            f"expected a function {factory_name} in {module_name}, found "
            f"{'none' if factory is None else type(factory).__name__}"
        )
    named: Callable[..., Any] = factory
    return named


def _arguments(factory: Callable[..., Any], class_count: int) -> dict[str, int]:
    try:
        parameters = inspect.signature(factory).parameters
    except (ValueError, TypeError):  # a built-in callable that does not say what it takes
        return {}
    for name in CLASS_COUNT_NAMES:
        if name in parameters and parameters[name].kind is not inspect.Parameter.POSITIONAL_ONLY:
            return {name: class_count}
    takes_any = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())
    return {PASSED_ON: class_count} if takes_any else {}


def _of_timm(specification: str, class_count: int, *, pretrained: bool) -> nn.Module:
    """A network of the package timm, which also reads those of a hub."""
    try:
        timm: Any = importlib.import_module("timm")
    except ImportError as error:
        raise InputError(
            f"expected the package timm for {specification}, found none that can be imported "
            f"({first_line(error)}): pip install timm"
        ) from error
    from_hub = specification.startswith(HUB_PREFIX)
    name = specification if from_hub else specification.removeprefix(TIMM_PREFIX)
    settings = {} if from_hub else {"num_classes": class_count}
    try:
        network = timm.create_model(name, pretrained=pretrained, **settings)
    except Exception as error:
        raise InputError(
            f"expected timm to make {specification}, found that it fails: "
            f"{type(error).__name__}: {first_line(error)}"
        ) from error
    made: nn.Module = network
    return made
