"""What there is to say of each corruption: the one list of them.

A new corruption is a line here and a function of its name in its category's module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Corruption:
    """One corruption.

    Attributes:
        name: as the official files spell it; its function has the same name.
        category: noise, blur, weather or digital; its function is in the module of that name.
        number: what its random numbers are keyed by. Frozen: another number gives other
            pixels. A new corruption takes the next one that was never used.
        in_benchmark: among the 15 of CIFAR-10-C's benchmark; the other four were meant for
            validation by the authors.
    """

    name: str
    category: str
    number: int
    in_benchmark: bool


_DEFINITIONS = (
    Corruption("gaussian_noise", "noise", number=0, in_benchmark=True),
    Corruption("shot_noise", "noise", number=1, in_benchmark=True),
    Corruption("impulse_noise", "noise", number=2, in_benchmark=True),
    Corruption("speckle_noise", "noise", number=3, in_benchmark=False),
    Corruption("defocus_blur", "blur", number=4, in_benchmark=True),
    Corruption("glass_blur", "blur", number=5, in_benchmark=True),
    Corruption("motion_blur", "blur", number=6, in_benchmark=True),
    Corruption("zoom_blur", "blur", number=7, in_benchmark=True),
    Corruption("gaussian_blur", "blur", number=8, in_benchmark=False),
    Corruption("snow", "weather", number=9, in_benchmark=True),
    Corruption("frost", "weather", number=10, in_benchmark=True),
    Corruption("fog", "weather", number=11, in_benchmark=True),
    Corruption("brightness", "weather", number=12, in_benchmark=True),
    Corruption("spatter", "weather", number=13, in_benchmark=False),
    Corruption("contrast", "digital", number=14, in_benchmark=True),
    Corruption("elastic_transform", "digital", number=15, in_benchmark=True),
    Corruption("pixelate", "digital", number=16, in_benchmark=True),
    Corruption("jpeg_compression", "digital", number=17, in_benchmark=True),
    Corruption("saturate", "digital", number=18, in_benchmark=False),
)

DEFINITIONS: Mapping[str, Corruption] = MappingProxyType(
    {corruption.name: corruption for corruption in _DEFINITIONS}
)
"""Each corruption by its name, in the order in which they are shown: by category."""

CORRUPTIONS: Mapping[str, str] = MappingProxyType(
    {name: corruption.category for name, corruption in DEFINITIONS.items()}
)
"""Each corruption's name and its category."""
