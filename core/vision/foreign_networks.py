"""Networks that users bring: a function of theirs, or a torchvision name."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from core.errors import InputError
from core.vision.networks import build_network, is_network

CLASS_COUNT_NAMES = ("class_count", "num_classes", "n_classes", "classes")


def network_from_factory(specification: str, class_count: int) -> nn.Module:
    """The network of 'package.module:factory', of a built-in name, or of 'torchvision:<name>'.

    The factory is called with the number of classes under whichever of the names class_count,
    num_classes, n_classes or classes it takes, or with nothing if it takes none of them. Modules
    are looked for beside the installed packages and in the current folder. A network whose first
    convolution takes one channel is given the first of the three equal ones of a grey image.

    Raises:
        InputError: no such module or function, a module that fails on import, a factory that
            wants other arguments, or one that gives no network.
    """
    if is_network(specification):
        return build_network(specification, class_count=class_count)
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
            f"{error}"
        ) from error
    if not isinstance(network, nn.Module):
        raise InputError(
            f"expected {specification} to give a torch.nn.Module, found {type(network).__name__}"
        )
    first = next((m for m in network.modules() if isinstance(m, nn.Conv2d)), None)
    if first is not None and first.in_channels == 1:
        network.register_forward_pre_hook(_first_channel)
    return network


def _first_channel(_network: nn.Module, inputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
    return inputs[0][:, :1]


def _factory(module_name: str, factory_name: str) -> Callable[..., Any]:
    here = str(Path.cwd())
    added = here not in sys.path
    if added:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except (ImportError, SyntaxError, ValueError) as error:
        raise InputError(
            f"expected a module {module_name} that can be imported, found: {error}"
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
    except ValueError:  # a built-in callable that does not say what it takes
        return {}
    for name in CLASS_COUNT_NAMES:
        if name in parameters:
            return {name: class_count}
    return {}
