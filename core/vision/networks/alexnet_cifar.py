"""AlexNet (Krizhevsky et al. 2012) with a stem for 32x32 input."""

from __future__ import annotations

import torch
from torch import nn

from core.vision.networks.sizes import require_32_pixels, scaled_width

FEATURE_WIDTH = 4096


class AlexNetCifar(nn.Module):
    """Five 3x3 convolutions, the first with stride 2, and three linear layers with dropout.

    The stem is not ImageNet's 11x11 with stride 4, which would leave nothing of 32 pixels.

    Args:
        class_count: outputs.
        width_multiplier: scales every hidden width.
        feature_width: width of the last hidden layer; 4096 times the multiplier if None.
    """

    def __init__(
        self, class_count: int, *, width_multiplier: float = 1.0, feature_width: int | None = None
    ) -> None:
        super().__init__()
        w = [scaled_width(width, width_multiplier) for width in (64, 192, 384, 256, 256, 4096)]
        features = feature_width or scaled_width(FEATURE_WIDTH, width_multiplier)
        self.features = nn.Sequential(
            nn.Conv2d(3, w[0], kernel_size=3, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(w[0], w[1], kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(w[1], w[2], kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(w[2], w[3], kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(w[3], w[4], kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(),
            nn.Linear(w[4] * 2 * 2, w[5]),
            nn.ReLU(inplace=True),
            nn.Dropout(),
            nn.Linear(w[5], features),
            nn.ReLU(inplace=True),
            nn.Linear(features, class_count),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, C) of images (N, 3, 32, 32)."""
        require_32_pixels(images)
        logits: torch.Tensor = self.classifier(self.features(images).flatten(1))
        return logits
