"""Draw one image under every corruption and severity: `python -m pipelines.contact_sheet OUT.png`.

Rows are corruptions, columns the image itself and severities 1 to 5. With `--official DIR` and a
row of a data set, the authors' version stands right of each generated one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from core.vision.corrupted_files.official import open_official
from core.vision.datasets.decoding import decode_image
from core.vision.datasets.loading import DATASETS, load_dataset
from pipelines.cli import add_debug, explain_mistakes
from pipelines.errors import PipelineError

_SHOWN_PIXELS = 96
_GAP = 4
_LABEL_WIDTH = 120
_LABEL_HEIGHT = 18

Versions = Callable[[str, int], list[NDArray[np.uint8]]]


def contact_sheet(clean: NDArray[np.uint8], versions: Versions) -> Image.Image:
    """Draw the sheet.

    Args:
        clean: uint8 (side, side, 3).
        versions: gives the images to show side by side for a corruption and a severity.
    """
    across = len(versions("contrast", 1))
    cell = _SHOWN_PIXELS * across + _GAP * 2
    width = _LABEL_WIDTH + _SHOWN_PIXELS + 2 * _GAP + len(SEVERITIES) * cell
    row_height = _SHOWN_PIXELS + _GAP
    sheet = Image.new("RGB", (width, _LABEL_HEIGHT + len(CORRUPTIONS) * row_height), "white")
    pen = ImageDraw.Draw(sheet)
    starts = [_LABEL_WIDTH + _SHOWN_PIXELS + 2 * _GAP + cell * column for column in range(5)]
    pen.text((_LABEL_WIDTH, 3), "clean", "black")
    for severity, left in zip(SEVERITIES, starts, strict=True):
        pen.text((left, 3), f"severity {severity}", "black")
    for row, corruption in enumerate(CORRUPTIONS):
        top = _LABEL_HEIGHT + row * row_height
        pen.text((_GAP, top + _SHOWN_PIXELS // 2 - 6), corruption, "black")
        sheet.paste(_enlarged(clean), (_LABEL_WIDTH, top))
        for severity, left in zip(SEVERITIES, starts, strict=True):
            for number, image in enumerate(versions(corruption, severity)):
                sheet.paste(_enlarged(image), (left + number * _SHOWN_PIXELS, top))
    return sheet


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0, or 2 for a mistake that the user can mend."""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.contact_sheet",
        description="Draw one image under every corruption and severity.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("out", type=Path, metavar="OUT.png", help="picture to write")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--image", type=Path, help="a picture; the flower of scikit-learn if none")
    source.add_argument("--dataset", choices=tuple(DATASETS), help="take a test image of this set")
    parser.add_argument("--folder", type=Path, help="where the data set's images are")
    parser.add_argument("--row", type=int, default=0, help="which of the test images")
    parser.add_argument("--official", type=Path, metavar="DIR", help="official files to compare")
    parser.add_argument("--side", type=int, default=32, help="pixels to shrink a picture to")
    parser.add_argument("--seed", type=int, default=0, help="of the corruptions")
    add_debug(parser)
    options = parser.parse_args(arguments)
    return explain_mistakes(lambda: _draw(options), debug=options.debug)


def _draw(options: argparse.Namespace) -> None:
    if options.official is not None and options.dataset is None:
        raise PipelineError("--official: expected --dataset with it, found none.")
    test = None
    if options.dataset is not None:
        test = load_dataset(options.dataset, folder=options.folder).test
        if not 0 <= options.row < len(test):
            raise PipelineError(f"--row: expected 0..{len(test) - 1}, found {options.row}.")
        test = test.take(np.array([options.row]))
        clean = test.images[:][0]
    elif options.image is not None:
        clean = decode_image(options.image, options.side, where=str(options.image))
    else:
        clean = _flower(options.side)
    official = None
    if test is not None and options.official is not None:
        official = open_official(options.official, test)

    def versions(corruption: str, severity: int) -> list[NDArray[np.uint8]]:
        shown = [corrupt(clean[None], corruption, severity, options.seed)[0]]
        if official is not None:
            shown.append(official.images(corruption, severity)[:][0])
        return shown

    contact_sheet(clean, versions).save(options.out, optimize=True)


def _flower(side: int) -> NDArray[np.uint8]:
    """The flower by vultilion (CC BY 2.0) that scikit-learn carries, its middle shrunk."""
    from sklearn.datasets import load_sample_image  # noqa: PLC0415  (only when no image is given)

    picture = Image.fromarray(load_sample_image("flower.jpg")[:400, 110:510])
    return np.asarray(picture.resize((side, side), Image.Resampling.LANCZOS))


def _enlarged(image: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(image).resize((_SHOWN_PIXELS, _SHOWN_PIXELS), Image.Resampling.NEAREST)


if __name__ == "__main__":
    sys.exit(main())
