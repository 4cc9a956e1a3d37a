"""From a data set's name to its splits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.vision.datasets.splits import OfficialParts, Splits, make_splits
from core.vision.errors import InputError

# what each name stands for; importing this module loads no data set's library
DATASETS: dict[str, str] = {
    "digits": "scikit-learn's 1,797 handwritten digits, no folder needed",
}


def load_dataset(
    name: str,
    *,
    folder: Path | None = None,
    image_size: int | None = None,
    validation_fraction: float = 0.1,
    test_fraction: float = 0.2,
    seed: int = 0,
    class_names: Sequence[str] | None = None,
) -> Splits:
    """The data set `name`, divided.

    Args:
        name: one of DATASETS.
        folder: where the images are, for the data sets that are not bundled.
        image_size: side in pixels to resize to; None keeps the images as they are.
        validation_fraction: share drawn for validation where there is no official part.
        test_fraction: share drawn for testing where there is no official test set.
        seed: of the draws.
        class_names: names instead of the data set's own.

    Raises:
        InputError: unknown name, missing folder, or images that cannot be read.
    """
    if name not in DATASETS:
        raise InputError(f"expected a data set among {', '.join(DATASETS)}, found {name!r}")
    return make_splits(
        name,
        _official_parts(name, folder, image_size, class_names),
        validation_fraction=validation_fraction,
        test_fraction=test_fraction,
        seed=seed,
    )


def _official_parts(
    name: str, folder: Path | None, image_size: int | None, class_names: Sequence[str] | None
) -> OfficialParts:
    from core.vision.datasets import digits  # noqa: PLC0415

    return digits.load(image_size)
