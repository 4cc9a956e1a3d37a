"""A network's features and logits, read in one forward pass."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import nn

from core.errors import InputError
from core.vision.batches import choose_batch_size, is_out_of_memory
from core.vision.datasets.image_set import ImageArray
from core.vision.memory_layout import choose_layout
from core.vision.networks.normalisation import Normalisation, normalise

# float32 and TF32 sums stay far below this share of the summed magnitudes |W| |X| + |b|
LOGIT_TOLERANCE = 1e-3
EXAMPLES_CHECKED = 16


class FeatureReader:
    """Reads the input of a network's classifier together with the logits.

    The classifier is the last linear layer, or 1x1 convolution of 1x1 maps, that a forward pass
    runs through; its input is the feature. It takes the network over: moves it to `device`, lays
    it out channel last where that works (convolutions are faster so), and puts it in eval mode.

    Args:
        network: image classifier, logits (or an object with `.logits`) out.
        normalisation: of its input.
        device: where to compute.
        example_images: uint8 (n, H, W, 3), n >= 1, to find and check the classifier with.
        class_count: classes of the data set; None does not compare.

    Attributes:
        classifier_name: the layer's name in the network.
        weight: float32 (C, m), the class directions.
        bias: float32 (C,), zeros if the layer has none.
        batch_size: images that `read_in_batches` takes at once, chosen for the device.

    Raises:
        InputError: the network fails on the examples, has no classifier, has logits that are not
            W·X + b of the classifier found, or another number of classes than `class_count`.
    """

    def __init__(
        self,
        network: nn.Module,
        normalisation: Normalisation,
        device: torch.device | str,
        example_images: ImageArray,
        *,
        class_count: int | None = None,
    ) -> None:
        self.normalisation = normalisation
        self.device = torch.device(device)
        self._network = network.to(self.device).eval()
        self._features: torch.Tensor | None = None
        examples = example_images[:EXAMPLES_CHECKED]
        pixels = normalise(examples, normalisation, self.device)
        self._layout = choose_layout(self._network, pixels)
        layer, self.classifier_name = self._find_classifier(examples)
        self.batch_size = choose_batch_size(
            self._network, pixels.contiguous(memory_format=self._layout)
        )
        layer.register_forward_pre_hook(self._keep_input)
        self.weight = layer.weight.detach().flatten(1).float().clone()
        bias = layer.bias
        self.bias = self.weight.new_zeros(len(self.weight)) if bias is None else bias.detach()
        self.bias = self.bias.float().clone()
        self._check(examples, class_count)

    @property
    def class_count(self) -> int:
        """Number of logits C."""
        return len(self.weight)

    @torch.inference_mode()
    def read(self, images: ImageArray) -> tuple[torch.Tensor, torch.Tensor]:
        """Features float32 (n, m) and logits float32 (n, C) of images uint8 (n, H, W, 3).

        Both lie on the device; the features are the classifier's own input, not a copy.
        """
        logits = self._forward(images)
        features = self._features
        self._features = None
        if features is None:
            raise InputError(f"expected the classifier {self.classifier_name} to run, it did not")
        return features.flatten(1).float(), logits.float()

    def read_in_batches(self, images: ImageArray) -> tuple[torch.Tensor, torch.Tensor]:
        """The same as `read` for any number of images, `batch_size` at a time.

        When the device runs out of memory the batch size is halved for good and the batch is
        read again.

        Raises:
            InputError: not even one image fits.
        """
        features = torch.empty(
            (len(images), self.weight.shape[1]), dtype=torch.float32, device=self.device
        )
        logits = torch.empty((len(images), len(self.weight)), device=self.device)
        start = 0
        while start < len(images):
            read_features, read_logits, end = self._read_or_halve(images, start)
            features[start:end], logits[start:end] = read_features, read_logits
            start = end
        return features, logits

    def _read_or_halve(
        self, images: ImageArray, start: int
    ) -> tuple[torch.Tensor, torch.Tensor, int]:
        """Features and logits of the next batch, and where it ends."""
        while True:
            end = min(start + self.batch_size, len(images))
            try:
                return *self.read(images[start:end]), end
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if self.batch_size == 1:
                    raise InputError(
                        f"expected memory for one image on {self.device}, found too little"
                    ) from error
            self.batch_size //= 2

    def _forward(self, images: ImageArray) -> torch.Tensor:
        pixels = normalise(images, self.normalisation, self.device)
        output = self._network(pixels.contiguous(memory_format=self._layout))
        logits = getattr(output, "logits", output)
        if not isinstance(logits, torch.Tensor):
            raise InputError(
                "expected the network to give a tensor of logits, or an object with one in "
                f".logits, found {type(output).__name__}"
            )
        return logits.flatten(1)

    def _keep_input(self, _layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        self._features = inputs[0]

    @torch.inference_mode()
    def _find_classifier(self, examples: ImageArray) -> tuple[nn.Linear | nn.Conv2d, str]:
        executed: list[str] = []

        def note(name: str) -> Any:
            def hook(_layer: nn.Module, _inputs: Any, output: torch.Tensor) -> None:
                if output.ndim == 2 or output.shape[2:] == (1, 1):
                    executed.append(name)

            return hook

        hooks = [
            module.register_forward_hook(note(name))
            for name, module in self._network.named_modules()
            if isinstance(module, nn.Linear)
            or (isinstance(module, nn.Conv2d) and module.kernel_size == (1, 1))
        ]
        try:
            self._forward(examples)
        except RuntimeError as error:
            height, width = examples.shape[1:3]
            reason = str(error).partition("\n")[0]
            raise InputError(
                f"expected a network that takes images of {width}x{height} pixels, found one that "
                f"fails on them: {reason}"
            ) from error
        finally:
            for hook in hooks:
                hook.remove()
        if not executed:
            raise InputError(
                "expected a network whose logits come from a linear layer or a 1x1 convolution of "
                "1x1 maps, found none that runs"
            )
        layer = self._network.get_submodule(executed[-1])
        return cast("nn.Linear | nn.Conv2d", layer), executed[-1]

    def _check(self, examples: ImageArray, class_count: int | None) -> None:
        features, logits = (tensor.double() for tensor in self.read(examples))
        if not bool(torch.isfinite(logits).all()):
            raise InputError("expected finite logits, found infinite ones or NaN")
        if class_count is not None and logits.shape[1] != class_count:
            raise InputError(
                f"expected {class_count} outputs, one a class of the data set, found a network "
                f"with {logits.shape[1]}"
            )
        weight, bias = self.weight.double(), self.bias.double()
        fits = logits.shape[1] == len(weight) and features.shape[1] == weight.shape[1]
        if fits:
            magnitude = features.abs() @ weight.abs().T + bias.abs()
            difference = (features @ weight.T + bias - logits).abs()
            fits = bool((difference <= LOGIT_TOLERANCE * magnitude).all())
        if not fits:
            raise InputError(
                f"expected the logits to be W·X + b of the last linear layer that runs "
                f"({self.classifier_name}), found others: something after that layer changes them"
            )
