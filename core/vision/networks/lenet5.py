"""LeNet-5 for 32x32 input (LeCun et al. 1998), with ReLU and maximum pooling."""

from __future__ import annotations

import torch
from torch import nn

from core.vision.networks.sizes import require_32_pixels, scaled_width

FEATURE_WIDTH = 84


class LeNet5(nn.Module):
    """Two 5x5 convolutions, two hidden linear layers; the last of them is the feature.

    Args:
        class_count: outputs.
        width_multiplier: scales every hidden width.
        feature_width: width of the last hidden layer; 84 times the multiplier if None.
    """

    rectified = True

    def __init__(
        self, class_count: int, *, width_multiplier: float = 1.0, feature_width: int | None = None
    ) -> None:
        super().__init__()
        first, second, hidden = (scaled_width(w, width_multiplier) for w in (6, 16, 120))
        features = feature_width or scaled_width(FEATURE_WIDTH, width_multiplier)
        self.conv1 = nn.Conv2d(3, first, kernel_size=5)
        self.conv2 = nn.Conv2d(first, second, kernel_size=5)
        self.fc1 = nn.Linear(second * 5 * 5, hidden)
        self.fc2 = nn.Linear(hidden, features)
        self.fc3 = nn.Linear(features, class_count)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, C) of images (N, 3, 32, 32)."""
        require_32_pixels(images)
        maps = nn.functional.max_pool2d(torch.relu(self.conv1(images)), 2)
        maps = nn.functional.max_pool2d(torch.relu(self.conv2(maps)), 2)
        hidden = torch.relu(self.fc1(maps.flatten(1)))
        features = self.fc2(hidden)
        logits: torch.Tensor = self.fc3(torch.relu(features) if self.rectified else features)
        return logits
