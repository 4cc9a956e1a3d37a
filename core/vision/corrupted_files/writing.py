"""Write generated corruptions in the authors' layout, so that other tools can read them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.corruptions import (
    GENERATOR_VERSION,
    SEVERITIES,
    check_condition,
    check_images,
    check_seed,
    corrupt,
)
from core.corruptions.frost import load_textures
from core.errors import InputError
from core.files import replacing
from core.vision.arrays_on_disk import open_array
from core.vision.corrupted_files.official import LABELS, PROVENANCE, read_provenance
from core.vision.datasets.image_set import ImageArray, ImageSet

_AT_ONCE = 512


def write_official(
    folder: Path,
    test: ImageSet,
    corruptions: Sequence[str],
    *,
    data_fingerprint: str,
    seed: int = 0,
    frost_textures: Path | None = None,
    on_images: Callable[[str, int], None] | None = None,
) -> int:
    """Write `<corruption>.npy`, `labels.npy` and where they come from (`generated.json`).

    Each file appears under its name when it is whole; those that are there already are kept, so
    that a stopped run goes on.

    Args:
        folder: made if it is not there; empty, or written by the same call before.
        test: the images; row i of a severity is drawn for ``test.sample_ids[i]``.
        corruptions: names; each at all five severities.
        data_fingerprint: of the data set, kept with the files.
        seed: of the corruptions.
        frost_textures: a folder of photographs for frost.
        on_images: called with the corruption and the number of images just written.

    Returns:
        The number of files written now; the others were there.

    Raises:
        InputError: an unknown corruption, a bad seed, images or textures that cannot be used, or a
            folder with other files in it; nothing is written then.
    """
    for corruption in corruptions:
        check_condition(corruption, SEVERITIES[0])
    check_seed(seed)
    check_images(test.images[:1])
    if frost_textures is not None:
        load_textures(frost_textures, test.images[:1].shape[1])
    provenance = {
        "source": f"generated:{GENERATOR_VERSION}",
        "seed": seed,
        "frost": "generated" if frost_textures is None else "photographs",
        "data": data_fingerprint,
        "images": len(test),
    }
    _claim(folder, provenance)
    labels = np.tile(test.labels, len(SEVERITIES))
    small = len(labels) == 0 or labels.max() < 256
    _save(folder / LABELS, labels.astype(np.uint8 if small else np.int64))
    report = on_images or (lambda *_: None)
    shape = (len(SEVERITIES) * len(test), *test.images[:1].shape[1:])
    written = 0
    for corruption in corruptions:
        path = folder / f"{corruption}.npy"
        if path.exists():
            open_array(path)
            report(corruption, len(test) * len(SEVERITIES))
            continue
        with replacing(path) as partial, partial.open("wb") as file:
            # written, not mapped: a full disk is an error here, and kills a process that maps
            np.lib.format.write_array_header_1_0(
                file, {"descr": "|u1", "fortran_order": False, "shape": shape}
            )
            for images in _versions(test, corruption, seed, frost_textures):
                file.write(np.ascontiguousarray(images).data)
                report(corruption, len(images))
        written += 1
    return written


def _versions(
    test: ImageSet, corruption: str, seed: int, frost_textures: Path | None
) -> Iterator[ImageArray]:
    """All five severities in the order of the layout, some images at a time."""
    for severity in SEVERITIES:
        for start in range(0, len(test), _AT_ONCE):
            yield corrupt(
                test.images[start : start + _AT_ONCE],
                corruption,
                severity,
                seed,
                indices=test.sample_ids[start : start + _AT_ONCE],
                frost_textures=frost_textures,
            )


def _claim(folder: Path, provenance: dict[str, Any]) -> None:
    """Make the folder ours, or see that it is from the same settings."""
    found = read_provenance(folder)
    if found is not None:
        if found != provenance:
            changed = [key for key in provenance if found.get(key) != provenance[key]]
            raise InputError(
                f"expected corruptions of the same settings in {folder}, found other "
                f"{', '.join(changed)}; choose another folder"
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    taken = sorted(path.name for path in folder.iterdir() if path.suffix == ".npy")
    if taken:
        raise InputError(
            f"expected an empty folder or one with {PROVENANCE} at {folder}, found {taken[0]}"
        )
    with replacing(folder / PROVENANCE) as partial:
        partial.write_text(json.dumps(provenance, indent=2) + "\n")


def _save(path: Path, array: np.ndarray) -> None:
    with replacing(path) as partial, partial.open("wb") as file:
        np.save(file, array)
