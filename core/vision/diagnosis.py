"""Why a pruned model's accuracy fell, in a handful of numbers and one line of words."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.vision.connectivity import effective_sparsity
from core.vision.datasets import ImageSet
from core.vision.inference import FeatureReader
from core.vision.masks import kept_count
from core.vision.networks import normalise
from core.vision.recalibration import recalibrate_batch_norm
from core.vision.training_data import TrainingData

IMAGES = 1_000
RECALIBRATION_BATCHES = 10
NEARLY_ALL = 0.5


@dataclass(frozen=True)
class Diagnosis:
    """What was found on some validation images.

    Attributes:
        images: how many.
        emptied_layers: names of layers of which no weight is left.
        recalibration_gain: accuracy with batch-norm statistics estimated anew minus accuracy as
            it is, -1..1; None without batch norm.
        feature_norm_ratio: mean length of the features over that of the parent's; None where the
            parent's are zero.
        most_predicted_class: the label that most images are predicted as.
        most_predicted_share: the share of the images that is, 0..1.
        sparsity: fraction of the weights under masks that is removed.
        effective_sparsity: the same, counting disconnected weights as removed; None where
            that is not known (attention).
    """

    images: int
    emptied_layers: tuple[str, ...]
    recalibration_gain: float | None
    feature_norm_ratio: float | None
    most_predicted_class: int
    most_predicted_share: float
    sparsity: float
    effective_sparsity: float | None

    def words(self) -> str:
        """One line for people; what is as it should be is left out."""
        parts = []
        if self.emptied_layers:
            count = len(self.emptied_layers)
            parts.append(f"{count} layer{'s' if count > 1 else ''} emptied")
        if self.most_predicted_share > NEARLY_ALL:
            parts.append(f"{100 * self.most_predicted_share:.0f} % of predictions in one class")
        if self.recalibration_gain is not None and self.recalibration_gain >= 0.01:
            gain = 100 * self.recalibration_gain
            parts.append(f"batch-norm recalibration would give {gain:.1f} points")
        if self.feature_norm_ratio is not None and not 0.5 <= self.feature_norm_ratio <= 2:
            parts.append(f"features {self.feature_norm_ratio:.2g} times as long as the parent's")
        effective = self.effective_sparsity
        if effective is not None and effective - self.sparsity >= 0.001:
            parts.append(f"effective sparsity {100 * effective:.2f} %")
        return "; ".join(parts) or "nothing conspicuous"

    def record(self) -> dict[str, Any]:
        """For a model's record, JSON-able, with the words."""
        return {**asdict(self), "words": self.words()}


def diagnose(
    network: nn.Module,
    masks: Mapping[str, Tensor],
    *,
    parent: nn.Module,
    images: ImageSet,
    training: TrainingData,
) -> Diagnosis:
    """Look at a pruned model beside its parent.

    Args:
        network: the pruned network; it and the parent are not changed.
        masks: what it keeps.
        parent: the dense network.
        images: labelled, none of the test; the first IMAGES of them are looked at.
        training: what batch-norm statistics are estimated on, and the normalisation.
    """
    chosen, labels = images.images[:IMAGES], torch.from_numpy(images.labels[:IMAGES])
    features, logits = _read(network, training, chosen)
    parents, _ = _read(parent, training, chosen)
    predicted = logits.argmax(1).cpu()
    counts = predicted.bincount(minlength=logits.shape[1])
    gain = None
    recalibrated = copy.deepcopy(network)
    if recalibrate_batch_norm(recalibrated, training, batch_count=RECALIBRATION_BATCHES):
        _, again = _read(recalibrated, training, chosen)
        right = (again.argmax(1).cpu() == labels).sum() - (predicted == labels).sum()
        gain = float(right) / len(labels)
    length, of_parent = (float(one.norm(dim=1).double().mean()) for one in (features, parents))
    total = sum(mask.numel() for mask in masks.values())
    example = normalise(chosen[:1], training.normalisation, training.device)
    return Diagnosis(
        images=len(labels),
        emptied_layers=tuple(
            name.removesuffix(".weight") for name, mask in masks.items() if not bool(mask.any())
        ),
        recalibration_gain=gain,
        feature_norm_ratio=length / of_parent if of_parent else None,
        most_predicted_class=int(counts.argmax()),
        most_predicted_share=float(counts.max()) / len(labels),
        sparsity=1 - kept_count(masks) / total if total else 0.0,
        effective_sparsity=effective_sparsity(network, masks, example),
    )


def _read(network: nn.Module, training: TrainingData, images: Any) -> tuple[Tensor, Tensor]:
    reader = FeatureReader(copy.deepcopy(network), training.normalisation, training.device, images)
    with torch.inference_mode():
        return reader.read_in_batches(images)
