"""Networks by name, and the normalisation of what goes into them.

Importing this package loads no torch: names can be checked where torch is absent.
"""

from __future__ import annotations

from core.vision.networks.building import (
    HUB_PREFIX,
    NETWORKS,
    TIMM_PREFIX,
    TORCHVISION_PREFIX,
    build_network,
    is_built_in,
    is_network,
    is_of_timm,
)
from core.vision.networks.normalisation import Normalisation, measure_normalisation, normalise

__all__ = [
    "HUB_PREFIX",
    "NETWORKS",
    "TIMM_PREFIX",
    "TORCHVISION_PREFIX",
    "Normalisation",
    "build_network",
    "is_built_in",
    "is_network",
    "is_of_timm",
    "measure_normalisation",
    "normalise",
]
