"""A network's features and logits, read in one forward pass."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from core.errors import InputError, UserError, first_line
from core.vision.batches import choose_batch_size, is_out_of_memory
from core.vision.classifier import LOGIT_TOLERANCE, NOTES, find_classifier, reduce_positions
from core.vision.datasets.image_set import ImageArray
from core.vision.memory_layout import choose_layout
from core.vision.networks.normalisation import Normalisation, normalise
from core.vision.outputs import logits_of

EXAMPLES_CHECKED = 16


class FeatureReader:
    """Reads the input of a network's classifier together with the logits.

    The classifier is the layer that `find_classifier` finds; its input is the feature. It takes the
    network over: moves it to `device`, lays it out channel last where that works (convolutions are
    faster so), and puts it in eval mode.

    Args:
        network: image classifier; `core.vision.outputs` says where its logits are found.
        normalisation: of its input.
        device: where to compute.
        example_images: uint8 (n, H, W, 3), n >= 1, to find and check the classifier with.
        class_count: classes of the data set; None does not compare.

    Attributes:
        classifier_name: the layer's name in the network.
        form: what its output is: the logits, the same but for one number a row, their softmax.
        note: a sentence on that if it is not the logits themselves; else empty.
        weight: float32 (C, m), the class directions.
        bias: float32 (C,), zeros if the layer has none.
        batch_size: images that `read_in_batches` takes at once, chosen for the device.

    Raises:
        InputError: the network fails on the examples, has no classifier that gives its output,
            another number of classes than `class_count`, or gives the same image other logits
            another time or beside other images.
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
        pixels = pixels.contiguous(memory_format=self._layout)
        self._classifier = find_classifier(self._network, pixels, class_count)
        self.classifier_name = self._classifier.name
        self.form = self._classifier.form
        self.note = NOTES[self.form]
        self.weight, self.bias = self._classifier.weight, self._classifier.bias
        self._calls = 0
        layer = self._network.get_submodule(self.classifier_name)
        layer.register_forward_pre_hook(self._keep_input)
        self._check(examples)
        self.batch_size = choose_batch_size(self._network, pixels)

    @property
    def class_count(self) -> int:
        """Number of logits C."""
        return len(self.weight)

    @torch.inference_mode()
    def read(self, images: ImageArray) -> tuple[torch.Tensor, torch.Tensor]:
        """Features float32 (n, m) and logits float32 (n, C) of images uint8 (n, H, W, 3).

        Both lie on the device; the features are the classifier's own input, not a copy.
        """
        self._calls = 0
        logits = self._forward(images)
        features = self._features
        self._features = None
        if features is None:
            raise InputError(f"expected the classifier {self.classifier_name} to run, it did not")
        if self.form != "logits":
            logits = features.float() @ self.weight.T + self.bias
        return features.float(), logits.float()

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
        logits = logits_of(output, len(images), self.class_count)
        if logits is None:
            raise InputError(
                f"expected {len(images)} rows of {self.class_count} logits, found "
                f"{type(output).__name__}"
            )
        return logits

    def _keep_input(self, layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        if self._calls == self._classifier.call:
            self._features = reduce_positions(inputs[0], self._classifier.reduction, layer)
        self._calls += 1

    def _check(self, examples: ImageArray) -> None:
        """See that the logits depend on the image alone: not on chance, nor on other images."""
        features, logits = (tensor.double() for tensor in self.read(examples))
        weight, bias = self.weight.double(), self.bias.double()
        allowed = LOGIT_TOLERANCE * (features.abs() @ weight.abs().T + bias.abs())
        half = (len(examples) + 1) // 2
        for rows, what, hint in (
            (len(examples), "a second time", "dropout that is on in eval mode"),
            (half, f"in a batch of {half}", "batch norm without running statistics"),
            (1, "in a batch of one", "batch norm in training mode"),
        ):
            reason = ""
            try:
                again = self.read(examples[:rows])[1].double()
                same = bool(((again - logits[:rows]).abs() <= 2 * allowed[:rows]).all())
            except (UserError, RuntimeError, ValueError, IndexError, AssertionError) as error:
                if is_out_of_memory(error):
                    raise
                same, reason = False, f": {first_line(error)}"
            if not same:
                raise InputError(
                    f"expected the same logits for the same images, found others {what}{reason}; "
                    f"the network is no function of the image alone (such as {hint})"
                )
