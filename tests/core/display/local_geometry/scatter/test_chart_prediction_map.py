"""The map of angle and length: colours, and tooltips that people can read."""

from __future__ import annotations

import pytest

from core.display.local_geometry.scatter.chart_prediction_map import TITLES, prediction_map


@pytest.mark.parametrize("shown", TITLES)
def test_shares_and_confidences_have_the_same_colours(shown: str) -> None:
    encoding = prediction_map(shown=shown).to_dict()["layer"][0]["encoding"]
    assert encoding["color"]["field"] == shown
    assert encoding["color"]["scale"]["domain"] == [0, 1]
    assert all({"title", "format"} <= set(one) for one in encoding["tooltip"])
