"""Data sets as labelled uint8 images with stable ids, in seeded stratified splits."""

from __future__ import annotations

from core.vision.datasets.image_set import Images, ImageSet
from core.vision.datasets.loading import DATASETS, load_dataset, load_test_set
from core.vision.datasets.splits import Splits

__all__ = ["DATASETS", "ImageSet", "Images", "Splits", "load_dataset", "load_test_set"]
