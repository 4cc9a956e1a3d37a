"""Where the pointer meets the lines of parallel coordinates: cells, each of which is one line's.

The lines are one picture, which knows no pointer. The nearest line is found here, over a grid.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from core.display.global_geometry.parallel.svg_lines import slopes

# Distance from a line, as a part of the chart's height, at which the pointer still meets it.
_REACH = 0.02
_CELL_ROWS = 56
# Few lines are told apart more finely.
_FEW_LINES = 120


def cells(heights: np.ndarray, *, bent: bool) -> pl.DataFrame:
    """Where the pointer meets which line: the nearest, if one is near.

    Args:
        heights: (lines, axes), NaN where a line has no place.
        bent: as the lines are drawn.

    Returns:
        position and right, height and top (edges of a cell), line (0-based).
    """
    columns = 3 if len(heights) > _FEW_LINES else 8
    part = (np.arange(columns) + 0.5) / columns
    grid = (np.arange(_CELL_ROWS) + 0.5) / _CELL_ROWS * 1.1 - 0.03
    half = 0.55 / _CELL_ROWS
    slope = slopes(heights)
    found = []
    for axis in range(heights.shape[1] - 1):
        y0, y1 = heights[:, axis], heights[:, axis + 1]
        usable = np.flatnonzero(np.isfinite(y0) & np.isfinite(y1))
        if not usable.size:
            continue
        for k, t in enumerate(part):
            weight = 3 * t**2 - 2 * t**3 if bent else t
            y = y0[usable] * (1 - weight) + y1[usable] * weight
            if bent:
                y = y + t * (1 - t) ** 2 * slope[usable, axis]
                y = y - t**2 * (1 - t) * slope[usable, axis + 1]
            left = axis + k / columns
            found.append(_column(y, usable, grid, half, (left, left + 1 / columns)))
    names = ["position", "right", "height", "top", "line"]
    return pl.DataFrame(np.concatenate(found) if found else np.empty((0, 5)), schema=names)


def _column(
    y: np.ndarray,
    lines: np.ndarray,
    grid: np.ndarray,
    half: float,
    sides: tuple[float, float],
) -> np.ndarray:
    """The cells of one column: neighbours that are nearest to the same line are one."""
    order = np.argsort(y, kind="stable")
    ranked = y[order]
    above = np.clip(np.searchsorted(ranked, grid), 0, len(y) - 1)
    below = np.maximum(above - 1, 0)
    nearer = np.where(abs(ranked[above] - grid) < abs(ranked[below] - grid), above, below)
    line = np.where(abs(ranked[nearer] - grid) <= _REACH, lines[order[nearer]], -1)
    first = np.flatnonzero(np.diff(line, prepend=-2))
    last = np.append(first[1:], len(grid)) - 1
    met = line[first] >= 0
    first, last = first[met], last[met]
    return np.column_stack(
        [
            np.full(len(first), sides[0]),
            np.full(len(first), sides[1]),
            grid[first] - half,
            grid[last] + half,
            line[first],
        ]
    )
