"""The one finder of a network's classifier: the layer that, run on images, gives the output."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

import torch
from torch import nn

from core.errors import InputError
from core.vision.outputs import logits_of
from core.vision.running import forward

# float32 and TF32 sums stay far below this share of the summed magnitudes |W| |X| + |b|
LOGIT_TOLERANCE = 1e-3
SOFTMAX_TOLERANCE = 1e-4
SMALLEST_PROBABILITY = 1e-5

Reduction = Literal["flat", "mean", "first"]
Form = Literal["logits", "shifted", "softmax"]
NOTES: dict[Form, str] = {
    "logits": "",
    "shifted": "its output is the logits but for one number an image (log-softmax): the same "
    "predictions, angles and margins",
    "softmax": "its output is the softmax of the logits; the logits are measured",
}


@dataclass(frozen=True)
class Classifier:
    """The layer whose W·X + b are the logits.

    Attributes:
        name: of the layer in the network.
        call: which of the layer's calls in a forward pass it is, from 0.
        reduction: how X (n, m) comes of the layer's input: as it is, as its mean over positions,
            or as its first position.
        form: what the network's output is: W·X + b, the same but for one number a row, or its
            softmax.
        weight: W (C, m), float32.
        bias: b (C,), float32; zeros if the layer has none.
    """

    name: str
    call: int
    reduction: Reduction
    form: Form
    weight: torch.Tensor
    bias: torch.Tensor


@torch.inference_mode()
def find_classifier(
    network: nn.Module, pixels: torch.Tensor, class_count: int | None = None
) -> Classifier:
    """Find the layer that gives the network's output, in eval mode.

    Linear layers and convolutions that see each position by itself, or all of it, are tried, the
    last one to run first: its W·X + b is to be the output, or all of it but one number a row
    (log-softmax), or its softmax. Of a layer that runs on several positions X is the mean over
    them, or the first, whichever gives the output.

    Args:
        network: image classifier.
        pixels: normalised images (n, 3, H, W), n >= 1.
        class_count: classes of the data set; None does not compare.

    Raises:
        InputError: the network fails, gives no logits, another number of them or infinite ones, or
            no layer gives them.
    """
    calls: list[tuple[str, int, torch.Tensor]] = []
    counts: dict[str, int] = {}

    def note(name: str) -> Any:
        def hook(_layer: nn.Module, inputs: tuple[Any, ...], _output: Any) -> None:
            call = counts.get(name, 0)
            counts[name] = call + 1
            if inputs and isinstance(inputs[0], torch.Tensor):
                calls.append((name, call, inputs[0]))

        return hook

    hooks = [
        module.register_forward_hook(note(name))
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d)
    ]
    modes = {module: module.training for module in network.modules()}
    try:
        network.eval()
        output = forward(network, pixels)
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in modes.items():
            module.training = training
    logits = checked_logits(output, len(pixels), class_count)
    last = None
    for name, call, inputs in reversed(calls):
        layer = cast("nn.Linear | nn.Conv2d", network.get_submodule(name))
        weight = layer.weight.detach().flatten(1).float()
        bias = weight.new_zeros(len(weight)) if layer.bias is None else layer.bias.detach().float()
        for reduction in _reductions(layer, inputs):
            features = reduce_positions(inputs, reduction, layer)
            if features.shape != (len(pixels), weight.shape[1]):
                continue
            last = last or name
            if len(weight) == logits.shape[1]:
                form = _form(features, weight, bias, logits)
                if form is not None:
                    return Classifier(name, call, reduction, form, weight.clone(), bias.clone())
    if last is None:
        raise InputError(
            "expected a network whose logits come from a linear layer or a 1x1 convolution, found "
            "none that runs"
        )
    raise InputError(
        f"expected the logits to be W·X + b of the last linear layer that runs ({last}) or of one "
        "before it, found others: something after that layer changes them"
    )


def checked_logits(output: Any, image_count: int, class_count: int | None) -> torch.Tensor:
    """The logits (n, C) in a network's output.

    Raises:
        InputError: there are none, not a row an image, not a column a class, or infinite ones.
    """
    logits = logits_of(output, image_count, class_count)
    if logits is None and class_count is not None:
        other = logits_of(output, image_count)
        if other is not None:
            logits = other
    if logits is None:
        raise InputError(
            "expected the network to give a tensor of logits, or an object with one in .logits, "
            f"found {type(output).__name__}"
        )
    if len(logits) != image_count or logits.ndim != 2:
        raise InputError(
            f"expected a row of logits for each of {image_count} images, found an output of shape "
            f"{tuple(logits.shape)}: the network takes images of another size or number of channels"
        )
    if class_count is not None and logits.shape[1] != class_count:
        raise InputError(
            f"expected {class_count} outputs, one a class of the data set, found a network "
            f"with {logits.shape[1]}"
        )
    if not bool(torch.isfinite(logits).all()):
        raise InputError("expected finite logits, found infinite ones or NaN")
    return logits


def reduce_positions(inputs: torch.Tensor, reduction: Reduction, layer: nn.Module) -> torch.Tensor:
    """A layer's input as features (n, m): positions flattened, averaged, or the first one."""
    if reduction == "flat":
        return inputs.flatten(1)
    if isinstance(layer, nn.Conv2d):
        positions = inputs.flatten(2).movedim(1, 2)
    else:
        positions = inputs.flatten(1, -2)
    return positions.mean(1) if reduction == "mean" else positions[:, 0]


def _reductions(layer: nn.Linear | nn.Conv2d, inputs: torch.Tensor) -> Iterator[Reduction]:
    if isinstance(layer, nn.Linear):
        if inputs.ndim == 2 or (inputs.ndim > 2 and math.prod(inputs.shape[1:-1]) == 1):
            yield "flat"
        elif inputs.ndim > 2:
            yield from ("mean", "first")
        return
    plain = layer.groups == 1 and not any(layer.padding if layer.padding != "valid" else ())
    if not plain or inputs.ndim != 4:
        return
    if tuple(inputs.shape[2:]) == tuple(layer.kernel_size) and set(layer.dilation) == {1}:
        yield "flat"
    elif set(layer.kernel_size) == set(layer.stride) == {1}:
        yield "mean"


def _form(
    features: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, output: torch.Tensor
) -> Form | None:
    """What the network's output is of W·X + b, or None if it is something else."""
    x, w, b, found = (tensor.double() for tensor in (features, weight, bias, output))
    ours = x @ w.T + b
    allowed = LOGIT_TOLERANCE * (x.abs() @ w.abs().T + b.abs())
    difference = found - ours
    if bool((difference.abs() <= allowed).all()):
        return "logits"
    widest = allowed.amax(1, keepdim=True)
    spread = difference.amax(1, keepdim=True) - difference.amin(1, keepdim=True)
    if bool((spread <= 2 * widest).all()):
        return "shifted"
    probabilities = ours.softmax(1)
    near = (found - probabilities).abs() <= SOFTMAX_TOLERANCE
    ratio = (found.clamp(min=1e-30).log() - ours.log_softmax(1)).abs()
    large = probabilities > SMALLEST_PROBABILITY
    if bool((near & (~large | (ratio <= 2 * widest + SOFTMAX_TOLERANCE))).all()):
        return "softmax"
    return None
