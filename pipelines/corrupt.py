"""Write corrupted versions of a data set's test images in CIFAR-10-C's layout.

`python -m pipelines.corrupt OUT --dataset cifar10 --folder DIR` makes all nineteen corruptions at
five severities; other tools read OUT as they read the official files.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from core.corruptions import CORRUPTIONS, DEFINITIONS, SEVERITIES
from core.vision.datasets.loading import DATASETS
from pipelines.cli import add_debug, check_seed, explain_mistakes
from pipelines.progress import CONSOLE, progress, stage


def corrupt_parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.corrupt",
        description="Write corrupted test images in CIFAR-10-C's layout.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write; made if missing")
    parser.add_argument("--dataset", required=True, choices=tuple(DATASETS), help="data set")
    parser.add_argument("--folder", type=Path, help="where the data set's images are")
    parser.add_argument("--image-size", type=int, help="side in pixels to resize to")
    parser.add_argument(
        "--test-fraction", type=float, default=0.3, help="drawn where there is no official test set"
    )
    parser.add_argument("--split-seed", type=int, default=0, help="of that draw")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N test images")
    parser.add_argument(
        "--corruptions",
        nargs="+",
        default=["all"],
        metavar="NAME",
        help=f"names, 'benchmark' for the 15, or 'all': {', '.join(CORRUPTIONS)}",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the corruptions")
    parser.add_argument(
        "--frost-textures",
        type=Path,
        metavar="DIR",
        help="folder with photographs of frost; without it the textures are generated",
    )
    add_debug(parser)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0, or 2 for a mistake that the user can mend."""
    options = corrupt_parser().parse_args(arguments)
    return explain_mistakes(lambda: _write(options), debug=options.debug)


def _write(options: argparse.Namespace) -> None:
    from core.vision.corrupted_files.writing import write_official  # noqa: PLC0415  (--help is quick)
    from core.vision.datasets import load_dataset  # noqa: PLC0415

    check_seed("--seed", options.seed)
    names = _names(options.corruptions)
    splits = load_dataset(
        options.dataset,
        folder=options.folder,
        image_size=options.image_size,
        test_fraction=options.test_fraction,
        seed=options.split_seed,
    )
    test = splits.test
    if options.limit is not None:
        test = test.take(np.arange(max(0, min(options.limit, len(test)))))
    with (
        stage("corrupt", "corruptions") as report,
        progress("corrupt", total=len(names) * len(SEVERITIES) * len(test)) as advance,
    ):
        report.done = write_official(
            options.out,
            test,
            names,
            data_fingerprint=splits.fingerprint,
            seed=options.seed,
            frost_textures=options.frost_textures,
            on_images=lambda name, count: advance(count, description=f"corrupt {name}"),
        )
        report.kept = len(names) - report.done
    frost = "photographs" if options.frost_textures else "generated textures"
    CONSOLE.print(
        f"{options.out}: {len(names)} corruptions of {len(test):,} images at 5 severities"
        + (f", frost from {frost}." if "frost" in names else "."),
        soft_wrap=True,
    )


def _names(asked: list[str]) -> tuple[str, ...]:
    if asked == ["all"]:
        return tuple(CORRUPTIONS)
    if asked == ["benchmark"]:
        return tuple(name for name, known in DEFINITIONS.items() if known.in_benchmark)
    return tuple(dict.fromkeys(asked))


if __name__ == "__main__":
    sys.exit(main())
