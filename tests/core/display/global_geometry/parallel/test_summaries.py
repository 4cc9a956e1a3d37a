"""Densities, means and ranges on their axes, against plain computations."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from core.display.global_geometry.parallel.line_colours import Legend
from core.display.global_geometry.parallel.summaries import (
    densities_of,
    histograms,
    moments_of,
    range_rows,
)
from core.store.subsets.ranges import Range
from tests.core.display.global_geometry.axis_values import AXES, HOLES, TABLE, values


def test_histograms_and_moments_are_over_all_defined_values() -> None:
    found = values(HOLES)
    bins = histograms(found, bins=7)
    moments = moments_of({"compared": found})
    for i, axis in enumerate(AXES):
        defined = HOLES[~np.isnan(HOLES[:, i]), i]
        places = np.clip(np.floor((defined - axis.low) / (axis.high - axis.low) * 7), 0, 6)
        expected = [(k, int((places == k).sum())) for k in range(7) if (places == k).any()]
        assert bins.filter(pl.col("axis") == i).select("bin", "samples").rows() == expected
        row = moments.row(i, named=True)
        assert row["height"] == pytest.approx(axis.height(float(defined.mean())))
        assert row["samples"] == f"{defined.size} of 300"
        spread = np.nanstd(HOLES[:, i], ddof=1)
        assert row["mean"] == f"{defined.mean():.2f}{axis.unit} ± {spread:.2f}{axis.unit}"


def test_an_axis_without_a_value_interrupts_the_path_of_the_means() -> None:
    moments = moments_of({"compared": values(np.array([[50.0, np.nan, 1, 0]]))})
    assert moments["height"].is_null().to_list() == [False, True, False, False]
    assert moments.row(0, named=True)["mean"] == "50.00° ± 0.00°"


def test_densities_lean_on_their_axes_and_share_a_peak() -> None:
    found = densities_of({"reference": values(TABLE), "compared": values(HOLES)})
    assert [(one.axis, one.role) for one in found] == [
        (axis, role) for axis in range(4) for role in ("reference", "compared")
    ]
    for axis in range(4):
        sides = {one.role: one.edges - axis for one in found if one.axis == axis}
        assert sides["reference"].max() <= 0 <= sides["compared"].min()
        widest = max(np.abs(side).max() for side in sides.values())
        assert widest == pytest.approx(0.42)
    assert all((np.diff(one.heights) > 0).all() for one in found)


def test_ranges_stand_on_the_axes_of_the_roles_that_are_shown() -> None:
    ranges = {
        "compared:angle:dog": Range(None, 50.0),
        "compared:length:": Range(2.5, 20.0),
        "reference:margin:": Range(0.0, None),
        "compared:angle:horse": Range(0.0, 1.0),
    }
    found = range_rows(ranges, AXES, ["compared"])
    assert found.to_dicts() == [
        {"position": 0.87, "right": 1.13, "height": 0.0, "top": 0.25},
        {"position": 1.87, "right": 2.13, "height": 0.25, "top": 1.0},
    ]
    assert range_rows({}, AXES, ["compared"]).is_empty()


def test_a_legend_shows_what_it_is_given_as_text() -> None:
    html = Legend((("as <b>", "#123456"),), dashes=True).html(["compared"])
    assert "as &lt;b&gt;" in html
    assert "dashed: compared" in html
    assert "density and mean, compared" in html
