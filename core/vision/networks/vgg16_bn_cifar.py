"""VGG16 with batch norm for 32x32 input (Simonyan & Zisserman 2015, configuration D)."""

from __future__ import annotations

import torch
from torch import nn

from core.vision.networks.sizes import scaled_width

STAGES = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


class Vgg16BnCifar(nn.Module):
    """Thirteen 3x3 convolutions in five stages; the pooled map is the feature (512 wide).

    The three wide linear layers of the ImageNet form are left out, as is usual at 32 pixels.
    Parameter names are those of the widespread CIFAR implementations, so their checkpoints load.
    """

    def __init__(self, class_count: int, *, width_multiplier: float = 1.0) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for stage in STAGES:
            for full_width in stage:
                width = scaled_width(full_width, width_multiplier)
                layers += [
                    nn.Conv2d(channels, width, kernel_size=3, padding=1),
                    nn.BatchNorm2d(width),
                    nn.ReLU(inplace=True),
                ]
                channels = width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(channels, class_count)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, C) of images (N, 3, H, W), H and W multiples of 32."""
        maps = nn.functional.adaptive_avg_pool2d(self.features(images), 1)
        logits: torch.Tensor = self.classifier(maps.flatten(1))
        return logits
