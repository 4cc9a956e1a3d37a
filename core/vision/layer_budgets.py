"""Layer budgets: how many weights of each layer stay, whatever score then ranks them."""

import heapq
import math
from collections.abc import Sequence


def erdos_renyi_kernel(shapes: Sequence[Sequence[int]], kept: int) -> list[int]:
    """Share out `kept` weights by the Erdős-Rényi kernel (ERK) of Evci et al. 2020 (RigL).

    A layer's density is proportional to (n_out + n_in + k_h + k_w) / (n_out · n_in · k_h · k_w),
    so that its kept weights are proportional to the sum of its shape, up to the whole layer: where
    a layer is full, the others get what it can't take. The counts are whole numbers of exactly that
    sum, rounded as Webster's method does, which is why no layer ever gets fewer when more are kept.

    Args:
        shapes: of each layer's weight.
        kept: weights to keep in all, 0 to the sum of the layers' sizes.

    Returns:
        How many weights each layer keeps, 0 to its size.
    """
    sizes = [math.prod(shape) for shape in shapes]
    parts = [sum(shape) for shape in shapes]

    def rounded(factor: float) -> list[int]:
        return [
            min(size, math.floor(factor * part + 0.5))
            for size, part in zip(sizes, parts, strict=True)
        ]

    low = 0.0
    high = max((s / p for s, p in zip(sizes, parts, strict=True) if p), default=0.0) + 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(rounded(middle)) < kept else (low, middle)
    counts = rounded(low * (1 - 1e-12))  # a rounded factor must not be above the true one
    # the next weights go to the layers whose next seat comes first, ties in the layers' order
    seats = [
        ((2 * count + 1) / (2 * part), place)
        for place, (count, part) in enumerate(zip(counts, parts, strict=True))
        if count < sizes[place]
    ]
    heapq.heapify(seats)
    for _ in range(kept - sum(counts)):
        _, place = heapq.heappop(seats)
        counts[place] += 1
        if counts[place] < sizes[place]:
            heapq.heappush(seats, ((2 * counts[place] + 1) / (2 * parts[place]), place))
    return counts
