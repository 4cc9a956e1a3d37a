"""What a quick chart can show of any result."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.display.sql.chart_frames import (
    QuickChart,
    chart_rows,
    colour_values,
    column_kinds,
    first_axes,
    fitting_mark,
)

ROWS = pl.DataFrame(
    {
        "sample_id": [1, 2, 3],
        "method": ["taylor", "random", "taylor"],
        "right": [True, None, False],
        "day": [date(2026, 1, 1), date(2026, 1, 2), None],
        "margin": pl.Series([0.5, None, -1.0], dtype=pl.Float32),
        "angles": [[1.0], [2.0], [3.0]],
        "nothing": [None, None, None],
        "word": pl.Series(["a", "b", "a"], dtype=pl.Enum(["a", "b"])),
    }
)


def test_columns_are_numbers_categories_or_times():
    assert column_kinds(ROWS) == {
        "sample_id": "quantitative",
        "method": "nominal",
        "right": "nominal",
        "day": "temporal",
        "margin": "quantitative",
        "word": "nominal",
    }


@pytest.mark.parametrize(
    ("columns", "axes"),
    [
        ({"method": ["a"], "accuracy": [0.5], "n": [1]}, ("method", "accuracy")),
        ({"model": ["lenet5-seed0-random"], "accuracy": [0.5]}, ("accuracy", "model")),
        ({"length": [1.0], "angle": [2.0]}, ("length", "angle")),
        ({"sample_id": [1], "angle": [2.0]}, None),
        ({"angle": [2.0]}, None),
        ({"method": ["a"]}, None),
        ({"method": [], "angle": []}, None),
    ],
)
def test_a_chart_starts_with_a_category_and_a_number(columns, axes):
    assert first_axes(pl.DataFrame(columns)) == axes


@pytest.mark.parametrize(
    ("x", "y", "colour", "mark"),
    [
        ("sample_id", "margin", None, "point"),
        ("day", "margin", None, "line"),
        ("method", "margin", None, "point"),  # taylor twice
        ("method", "margin", "right", "bar"),
        ("margin", "right", None, "bar"),
        ("margin", "right", "right", "bar"),
        ("method", "right", None, "point"),
    ],
)
def test_bars_stand_for_one_number_each(x, y, colour, mark):
    assert fitting_mark(ROWS, x, y, colour) == mark


def test_rows_are_what_the_axes_show():
    found = chart_rows(ROWS, QuickChart("margin", "right", "method", "bar"))
    expected = pl.DataFrame({"x": [0.5, -1.0], "y": ["true", "false"], "colour": ["taylor"] * 2})
    assert_frame_equal(found, expected)
    assert chart_rows(ROWS, QuickChart("day", "sample_id", None, "line")).rows() == [
        (date(2026, 1, 1), 1.0),
        (date(2026, 1, 2), 2.0),
    ]


def test_colours_come_in_the_order_of_the_rows():
    assert colour_values(ROWS, "method") == ["taylor", "random"]
    assert colour_values(ROWS, "right") == ["true", "false"]
