"""Lines and densities of parallel coordinates as one picture.

A thousand lines over twelve axes are thirteen thousand points, and a browser takes half a
second to place them as marks of a chart. As one SVG picture it draws them at once. What the
pointer does is left to the chart (`pointer_cells`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from core.display.global_geometry.plot_area import UNITS, WIDTH, PlotArea

# Browsers draw hairlines, which are no wider than this, ten times faster than any wider line.
_HAIRLINE = 1


class Stroke(NamedTuple):
    """How a group of lines looks."""

    colour: str
    opacity: float
    dashed: bool = False


def slopes(heights: np.ndarray) -> np.ndarray:
    """Slopes at the axes of curves that never overshoot (Steffen 1990, as in d3's monotoneX).

    Args:
        heights: (lines, axes), NaN where a line has no value.

    Returns:
        (lines, axes), change of height from one axis to the next.
    """
    step = np.diff(heights, axis=1)
    edge = np.full((len(heights), 1), np.nan)
    before, after = np.hstack([edge, step]), np.hstack([step, edge])
    least = np.minimum(np.minimum(abs(before), abs(after)), abs(before + after) / 4)
    inner = (np.sign(before) + np.sign(after)) * least
    of_next = np.hstack([inner[:, 1:], edge])
    of_last = np.hstack([edge, inner[:, :-1]])
    first = (3 * after - np.where(np.isnan(of_next), after, of_next)) / 2
    last = (3 * before - np.where(np.isnan(of_last), before, of_last)) / 2
    ends = np.where(np.isnan(before), first, last)
    return np.nan_to_num(np.where(np.isnan(inner), ends, inner))


def line_paths(plot_area: PlotArea, heights: np.ndarray, *, bent: bool) -> list[str]:
    """The path of each line, in SVG; interrupted where it has no value on an axis.

    Args:
        plot_area: the plane.
        heights: (lines, axes), NaN where a line has no value.
        bent: curves instead of straight lines between the axes.
    """
    down = plot_area.down(heights)
    whole = np.nan_to_num(np.rint(down)).astype(np.int64)
    third = slopes(down) / 3
    step = np.diff(whole, axis=1)
    if bent:
        leaving = np.rint(third[:, :-1]).astype(np.int64)
        coming = step - np.rint(third[:, 1:]).astype(np.int64)
        moves = np.stack([leaving, coming, step], axis=2)
    else:
        moves = step[:, :, None]
    across = plot_area.across(np.arange(plot_area.axis_count, dtype=float))
    paths = np.full(len(heights), "", dtype=object)
    defined = np.isfinite(heights)
    for pattern in np.unique(defined, axis=0):
        rows = np.flatnonzero((defined == pattern).all(axis=1))
        for first, last in _runs(pattern):
            steps = np.diff(across[first : last + 1]).tolist()
            template = f"M{across[first]} %d" + "".join(_move(one, bent=bent) for one in steps)
            numbers = np.hstack(
                [whole[rows, first, None], moves[rows, first:last].reshape(len(rows), -1)]
            )
            paths[rows] += [template % tuple(row) for row in numbers.tolist()]
    return list(paths)


def _runs(pattern: np.ndarray) -> list[tuple[int, int]]:
    """First and last axis of each stretch of at least two axes with a value."""
    change = np.diff(np.pad(pattern, 1).astype(np.int8))
    ends = zip(np.flatnonzero(change == 1), np.flatnonzero(change == -1) - 1, strict=True)
    return [(int(first), int(last)) for first, last in ends if last > first]


def _move(step: int, *, bent: bool) -> str:
    return f"c{step // 3} %d {2 * step // 3} %d {step} %d" if bent else f"l{step} %d"


def density_path(plot_area: PlotArea, position: int, edges: np.ndarray, heights: np.ndarray) -> str:
    """The outline of a density that leans on an axis.

    Args:
        plot_area: the plane.
        position: the axis.
        edges: (points,), positions of the curve.
        heights: (points,), rising.
    """
    foot = plot_area.across(np.array([float(position)]))[0]
    across, down = plot_area.across(edges), np.rint(plot_area.down(heights)).astype(np.int64)
    points = " ".join(f"{x} {y}" for x, y in zip(across.tolist(), down.tolist(), strict=True))
    return f"M{foot} {down[0]}L{points} {foot} {down[-1]}"


def picture(
    plot_area: PlotArea,
    lines: Sequence[tuple[str, int]],
    strokes: Sequence[Stroke],
    densities: Sequence[tuple[str, str]],
) -> str:
    """The picture as a data URI, to be stretched over the plane.

    Args:
        plot_area: the plane.
        lines: path and position of the stroke, in the order in which they are drawn.
        strokes: of the lines.
        densities: path and colour, above the lines.
    """
    rules = "".join(
        f".s{i}{{stroke:{stroke.colour};stroke-opacity:{stroke.opacity:.3f}"
        + (";stroke-dasharray:5 3" if stroke.dashed else "")
        + "}"
        for i, stroke in enumerate(strokes)
    )
    marks = "".join(f"<path class='s{stroke}' d='{path}'/>" for path, stroke in lines if path)
    areas = "".join(
        f"<path fill='{colour}' stroke='{colour}' d='{path}'/>" for path, colour in densities
    )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{plot_area.pixels}' "
        f"viewBox='0 0 {WIDTH * UNITS} {plot_area.pixels * UNITS}' preserveAspectRatio='none'>"
        f"<style>path{{vector-effect:non-scaling-stroke;stroke-width:{_HAIRLINE}}}"
        f"#l{{fill:none}}#d{{fill-opacity:.42}}{rules}</style>"
        f"<g id='l'>{marks}</g><g id='d'>{areas}</g></svg>"
    )
    for character, code in (("#", "%23"), ("<", "%3C"), (">", "%3E")):
        svg = svg.replace(character, code)
    return f"data:image/svg+xml,{svg}"
