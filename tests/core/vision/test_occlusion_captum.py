"""Occlusion maps against captum's `Occlusion`: the same windows, stride and baseline."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from captum.attr import Occlusion
from torch import nn

from core.geometry import ClassDirections
from core.vision.inference import FeatureReader
from core.vision.networks import Normalisation, build_network
from core.vision.occlusion import METRICS, Windows, occlusion_maps

NORMALISATION = Normalisation((0.4, 0.5, 0.6), (0.2, 0.25, 0.3))
IMAGES = np.random.default_rng(2).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
LABELS = np.array([3, 1])
CLASSES = 5


class SampleMetrics(nn.Module):
    """Angle, length, margin and true-class probability of images, as outputs of one network.

    Takes grey levels from 0 to 255, (N, 3, H, W); gives (N, 4) in float64, in the order of METRICS.
    """

    def __init__(self, network: nn.Module, label: int) -> None:
        super().__init__()
        self.network, self.label = network, label
        self.features: torch.Tensor
        network.fc3.register_forward_pre_hook(self._keep)

    def _keep(self, _layer: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        self.features = inputs[0]

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        mean, std = (
            torch.tensor(one, dtype=torch.float64)[:, None, None]
            for one in (NORMALISATION.mean, NORMALISATION.std)
        )
        logits = self.network((pixels / 255 - mean) / std)
        weight = self.network.fc3.weight
        own = torch.nn.functional.cosine_similarity(self.features, weight[self.label][None])
        best = logits.argmax(dim=1)
        gaps = logits.gather(1, best[:, None]) - logits
        apart = torch.linalg.vector_norm(weight[best][:, None] - weight[None], dim=2)
        distances = torch.where(apart > 0, gaps / apart, torch.inf).amin(dim=1)
        return torch.stack(
            [
                torch.rad2deg(torch.arccos(own)),
                torch.linalg.vector_norm(self.features, dim=1),
                torch.where(best == self.label, distances, -distances),
                torch.softmax(logits, dim=1)[:, self.label],
            ],
            dim=1,
        )


def network() -> nn.Module:
    return build_network("lenet5", class_count=CLASSES, feature_width=9, seed=3).eval()


def captum_maps(image: np.ndarray, label: int, windows: Windows) -> np.ndarray:
    """(metrics, 32, 32): what each pixel adds to each metric, by captum."""
    explained = Occlusion(SampleMetrics(network().double(), label))
    pixels = torch.from_numpy(image.transpose(2, 0, 1)[None].astype(np.float64))
    fill = pixels.mean(dim=(2, 3), keepdim=True).round().expand_as(pixels)
    with torch.no_grad():
        found = [
            explained.attribute(
                pixels,
                sliding_window_shapes=(3, windows.side, windows.side),
                strides=(3, windows.stride, windows.stride),
                baselines=fill,
                target=target,
                perturbations_per_eval=32,
            )[0].numpy()
            for target in range(len(METRICS))
        ]
    for one in found:  # a window covers all three channels
        assert (one == one[:1]).all()
    return np.stack([one[0] for one in found])


# (10, 5): the last windows hang over the edge
@pytest.mark.parametrize(("side", "stride"), [(8, 2), (8, 4), (10, 5), (7, 7)])
def test_maps_are_captums_with_the_other_sign(side: int, stride: int) -> None:
    windows = Windows(side, stride)
    reader = FeatureReader(network(), NORMALISATION, "cpu", IMAGES)
    directions = ClassDirections(reader.weight, reader.bias)
    found = occlusion_maps(reader, directions, IMAGES, LABELS, windows)
    for cells, image, label in zip(found, IMAGES, LABELS, strict=True):
        pixels = cells.repeat(stride, axis=1).repeat(stride, axis=2)[:, :32, :32]
        expected = -captum_maps(image, int(label), windows)
        largest = np.abs(expected).max(axis=(1, 2), keepdims=True)
        assert (largest > 0).all()
        assert (np.abs(pixels - expected) <= 1e-3 * largest).all()
