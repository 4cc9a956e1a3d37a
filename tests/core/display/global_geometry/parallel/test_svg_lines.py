"""The picture of the lines, and which line the pointer meets."""

from __future__ import annotations

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.interpolate import CubicHermiteSpline

from core.display.global_geometry.parallel.pointer_cells import pointer_cells
from core.display.global_geometry.parallel.svg_lines import (
    Stroke,
    density_path,
    line_paths,
    picture,
    slopes,
)
from core.display.global_geometry.plot_area import PlotArea

PLOT_AREA = PlotArea(4, pixels=200, names=40)
heights = arrays(float, (5, 6), elements=st.floats(0, 1).map(lambda x: round(x, 3)))


def points(path: str) -> list[tuple[int, int]]:
    """Corners of a path, from its relative moves."""
    found = []
    for command, text in re.findall(r"([Mcl])([^Mcl]*)", path):
        numbers = [int(number) for number in text.split()]
        if command == "M":
            found.append((numbers[0], numbers[1]))
        else:
            last = found[-1]
            found.append((last[0] + numbers[-2], last[1] + numbers[-1]))
    return found


@given(heights)
def test_a_curve_stays_between_the_places_on_neighbouring_axes(table: np.ndarray) -> None:
    curve = CubicHermiteSpline(np.arange(6), table, slopes(table), axis=1)
    for axis in range(5):
        between = curve(np.linspace(axis, axis + 1, 21))
        ends = table[:, axis : axis + 2]
        assert (between >= ends.min(axis=1, keepdims=True) - 1e-9).all()
        assert (between <= ends.max(axis=1, keepdims=True) + 1e-9).all()


@pytest.mark.parametrize("bent", [True, False])
def test_a_line_passes_its_place_on_every_axis(bent: bool) -> None:
    table = np.array([[0.0, 1.0, 0.25, 0.5]])
    (path,) = line_paths(PLOT_AREA, table, bent=bent)
    across = PLOT_AREA.across(np.arange(4.0))
    down = PLOT_AREA.down(table)[0]
    for (x, y), expected_x, expected_y in zip(points(path), across, down, strict=True):
        assert x == expected_x
        assert y == pytest.approx(expected_y, abs=0.5)


def test_a_line_is_interrupted_where_it_has_no_value() -> None:
    table = np.array([[0.1, 0.2, np.nan, 0.4], [np.nan, np.nan, 0.3, 0.4], [np.nan] * 4])
    first, second, third = line_paths(PLOT_AREA, table, bent=True)
    assert [x for x, _ in points(first)] == PLOT_AREA.across(np.array([0.0, 1.0])).tolist()
    assert [x for x, _ in points(second)] == PLOT_AREA.across(np.array([2.0, 3.0])).tolist()
    assert third == ""


def test_the_names_of_the_axes_have_their_room() -> None:
    foot, top = PLOT_AREA.heights
    assert (PLOT_AREA.down(np.array([-0.03]))[0] / 4) == pytest.approx(160)
    assert top == 1.03
    assert foot == pytest.approx(-0.03 - 1.06 * 40 / 160)


def test_the_picture_is_svg_with_the_lines_in_their_order_and_colours() -> None:
    paths = line_paths(PLOT_AREA, np.full((2, 4), 0.5), bent=False)
    density = density_path(PLOT_AREA, 1, np.array([1.1, 1.2]), np.array([0.2, 0.4]))
    strokes = [Stroke("#123456", 0.25), Stroke("#abcdef", 0.5, dashed=True)]
    uri = picture(PLOT_AREA, list(zip(paths, [1, 0], strict=True)), strokes, [(density, "#fedcba")])
    svg = ElementTree.fromstring(unquote(uri.removeprefix("data:image/svg+xml,")))
    lines, areas = svg.findall("{*}g")
    assert [one.get("class") for one in lines] == ["s1", "s0"]
    assert [one.get("fill") for one in areas] == ["#fedcba"]
    rules = svg.findtext("{*}style") or ""
    assert ".s0{stroke:#123456;stroke-opacity:0.250}" in rules
    assert ".s1{stroke:#abcdef;stroke-opacity:0.500;stroke-dasharray:5 3}" in rules


@pytest.mark.parametrize("bent", [True, False])
def test_the_pointer_meets_the_nearest_line(bent: bool) -> None:
    rng = np.random.default_rng(0)
    table = rng.uniform(0, 1, (6, 4))
    found = pointer_cells(table, bent=bent)
    curve = CubicHermiteSpline(np.arange(4), table, slopes(table), axis=1)
    assert found.height > 100
    for left, right, foot, top, line in found.iter_rows():
        middle = (left + right) / 2
        corner = int(middle)
        straight = table[:, corner] + (middle - corner) * (table[:, corner + 1] - table[:, corner])
        y = curve(middle) if bent else straight
        away = np.minimum(abs(y - foot), abs(y - top))
        inside = (y >= foot) & (y <= top)
        assert inside[int(line)] or away[int(line)] <= 0.02
        # whoever is nearer at the edges of the cell is not more than a cell away from being it
        assert np.where(inside, 0, away)[int(line)] <= away.min() + 0.02


def test_far_from_every_line_the_pointer_meets_none() -> None:
    found = pointer_cells(np.full((3, 4), 0.2), bent=True)
    assert found["height"].to_numpy().min() > 0.2 - 0.05
    assert found["top"].to_numpy().max() < 0.2 + 0.05
    assert pointer_cells(np.full((3, 4), np.nan), bent=True).is_empty()
