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
_NONE = -1


def pointer_cells(heights: np.ndarray, *, bent: bool) -> pl.DataFrame:
    """Where the pointer meets which line: the nearest, if one is near.

    Args:
        heights: (lines, axes), NaN where a line has no value.
        bent: as the lines are drawn.

    Returns:
        position and right, height and top (edges of a cell), line (0-based).
    """
    columns = 3 if len(heights) > _FEW_LINES else 8
    # a line that is nowhere, so that there is a nearest one also without lines
    heights = np.vstack([heights, np.full(heights.shape[1], np.nan)])
    grid = (np.arange(_CELL_ROWS) + 0.5) / _CELL_ROWS * 1.1 - 0.03
    half = 0.55 / _CELL_ROWS
    between = _between_axes(heights, (np.arange(columns) + 0.5) / columns, bent=bent)
    line = np.stack([_nearest(column, grid) for column in between.reshape(-1, len(heights))])
    # neighbours in a column that are nearest to the same line are one cell
    edge = np.full((len(line), 1), _NONE)
    starts = (line != np.hstack([edge, line[:, :-1]])) & (line != _NONE)
    ends = (line != np.hstack([line[:, 1:], edge])) & (line != _NONE)
    column, first = np.nonzero(starts)
    last = np.nonzero(ends)[1]
    return pl.DataFrame(
        {
            "position": column / columns,
            "right": (column + 1) / columns,
            "height": grid[first] - half,
            "top": grid[last] + half,
            "line": line[column, first],
        }
    )


def _between_axes(heights: np.ndarray, part: np.ndarray, *, bent: bool) -> np.ndarray:
    """(axes - 1, parts, lines): heights of the lines on their way from axis to axis."""
    t = part[:, None]
    start, end = heights.T[:-1, None], heights.T[1:, None]
    if not bent:
        return np.asarray(start * (1 - t) + end * t)
    slope = slopes(heights).T
    weight = 3 * t**2 - 2 * t**3
    leaving = t * (1 - t) ** 2 * slope[:-1, None]
    coming = t**2 * (1 - t) * slope[1:, None]
    return np.asarray(start * (1 - weight) + end * weight + leaving - coming)


def _nearest(heights: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """(grid,): the line nearest to each height of the grid, _NONE where none is near."""
    away = np.abs(np.nan_to_num(heights, nan=np.inf).astype(np.float32) - grid[:, None])
    nearest = away.argmin(axis=1)
    return np.where(away[np.arange(len(grid)), nearest] <= _REACH, nearest, _NONE)
