"""Speed of the corruptions against a plain version of the same mathematics, in one run.

`python -m benchmarks.corruptions` corrupts photographs of 32 x 32 pixels with all nineteen at all
severities, both ways, on one core, and counts the processor's time. The plain version takes one
image after another with SciPy and Pillow, as the authors' script does.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: one core for both ways
os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_sample_image

from core.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from tests.core.corruptions.plain import Generated, plain

IMAGES = 512
PLAIN_IMAGES = 32
PUBLISHED_MILLISECONDS = 31.5
"""The authors' script, all nineteen at one severity, an image, one core (measured elsewhere)."""
PUBLISHED_PARTS = {
    "frost": 8.0,
    "glass_blur": 9.3,
    "zoom_blur": 5.6,
    "snow": 3.0,
    "motion_blur": 1.8,
}


def photographs(count: int) -> NDArray[np.uint8]:
    """Pieces of two photographs, uint8 (count, 32, 32, 3)."""
    generator = np.random.default_rng(0)
    pictures = [load_sample_image(name)[::3, ::3] for name in ("china.jpg", "flower.jpg")]
    pieces = []
    for number in range(count):
        picture = pictures[number % 2]
        top, left = (int(generator.integers(0, length - 32)) for length in picture.shape[:2])
        pieces.append(picture[top : top + 32, left : left + 32])
    return np.stack(pieces)


def milliseconds(corruption: str, images: NDArray[np.uint8]) -> tuple[float, float]:
    """Processor time an image and severity, fast and plain, the best of three rounds each."""
    fast, slow = [], []
    few = images[:PLAIN_IMAGES]
    for severity in SEVERITIES:
        corrupt(images[:64], corruption, severity)  # tables and operators are made once
        plain(few[0], corruption, severity, Generated(0))
        rounds = []
        for _ in range(3):
            started = time.process_time()
            corrupt(images, corruption, severity)
            rounds.append((time.process_time() - started) / len(images))
        fast.append(min(rounds))
        rounds = []
        for seed in range(3):
            random = Generated(seed)
            started = time.process_time()
            for image in few:
                plain(image, corruption, severity, random)
            rounds.append((time.process_time() - started) / len(few))
        slow.append(min(rounds))
    return 1e3 * float(np.mean(fast)), 1e3 * float(np.mean(slow))


def main() -> None:
    """Print the table and the ratio over all 95."""
    images = photographs(IMAGES)
    print("corruptions of 32 x 32 images: ms of one core an image, mean of five severities")
    print(f"{'':20}{'here':>8}{'plain':>8}{'ratio':>8}{'published':>11}")
    total_fast = total_slow = 0.0
    for corruption in CORRUPTIONS:
        fast, slow = milliseconds(corruption, images)
        total_fast += fast
        total_slow += slow
        published = PUBLISHED_PARTS.get(corruption)
        print(
            f"{corruption:20}{fast:8.3f}{slow:8.2f}{slow / fast:8.1f}"
            f"{published if published else '< 0.7':>11}"
        )
    print(
        f"{'all nineteen':20}{total_fast:8.3f}{total_slow:8.2f}{total_slow / total_fast:8.1f}"
        f"{PUBLISHED_MILLISECONDS:>11}"
    )
    print(
        f"All 95 versions: {total_slow / total_fast:.1f} times the plain version's speed here, "
        f"{PUBLISHED_MILLISECONDS / total_fast:.1f} times the published script's; "
        f"10,000 images take {total_fast * 5 * 10:.0f} s of one core."
    )


if __name__ == "__main__":
    main()
