"""ResNet-18 with the stem for 32x32 input: 3x3, stride 1, no pooling (He et al. 2016)."""

from __future__ import annotations

import torch
from torch import nn

from core.vision.networks.sizes import scaled_width

STAGES = ((64, 1), (128, 2), (256, 2), (512, 2))
BLOCKS_PER_STAGE = 2


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut, which is a 1x1 convolution where shapes change."""

    def __init__(self, channels: int, width: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut = nn.Sequential()
        if stride != 1 or channels != width:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, width, 1, stride=stride, bias=False), nn.BatchNorm2d(width)
            )

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps (N, channels, H, W) to (N, width, H / stride, W / stride)."""
        inner = torch.relu(self.bn1(self.conv1(maps)))
        return torch.relu(self.bn2(self.conv2(inner)) + self.shortcut(maps))


class ResNet18Cifar(nn.Module):
    """Eight basic blocks in four stages; the averaged map is the feature (512 wide).

    Parameter names are those of the widespread CIFAR implementations, so their checkpoints load.
    """

    def __init__(self, class_count: int, *, width_multiplier: float = 1.0) -> None:
        super().__init__()
        channels = scaled_width(STAGES[0][0], width_multiplier)
        self.conv1 = nn.Conv2d(3, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        for number, (full_width, first_stride) in enumerate(STAGES, start=1):
            width = scaled_width(full_width, width_multiplier)
            blocks = []
            for stride in (first_stride, *([1] * (BLOCKS_PER_STAGE - 1))):
                blocks.append(BasicBlock(channels, width, stride=stride))
                channels = width
            setattr(self, f"layer{number}", nn.Sequential(*blocks))
        self.linear = nn.Linear(channels, class_count)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, C) of images (N, 3, H, W)."""
        maps = torch.relu(self.bn1(self.conv1(images)))
        for number in range(1, len(STAGES) + 1):
            maps = self.get_submodule(f"layer{number}")(maps)
        pooled = nn.functional.adaptive_avg_pool2d(maps, 1).flatten(1)
        logits: torch.Tensor = self.linear(pooled)
        return logits
