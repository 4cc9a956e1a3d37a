"""Where values stand on their axes."""

from __future__ import annotations

import numpy as np

from core.display.global_geometry.values import BEYOND
from tests.core.display.global_geometry.axis_values import values


def test_angles_outside_the_fixed_degrees_stand_at_the_rim_and_are_counted() -> None:
    found = values(np.array([[10.0, 139.0, 1, 0], [20, 150, 1, 0], [140, np.nan, 1, 0]]))
    assert found.outside == (1, 1)
    heights = found.heights(np.arange(3))
    assert heights[0, 0] == -0.02
    assert heights[1, 1] == 1.02
    assert np.isnan(heights[2, 1])


def test_an_angle_beyond_the_stored_ones_is_far_and_no_zero_feature() -> None:
    table = np.array([[50.0, np.nan, 1, 0], [np.nan, np.nan, 0, 0]])
    found = values(table, nearest_only=True, measured=1)
    assert found.zero_features == 1
    heights = found.heights(np.array([0, 1]))
    assert heights[0, 1] == BEYOND
    assert np.isnan(heights[1, :2]).all()
