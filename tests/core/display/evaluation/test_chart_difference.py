"""Where the bars of a difference end, read from the chart's data."""

from __future__ import annotations

import polars as pl
import pytest

from core.display import theme
from core.display.evaluation.chart_difference import difference_bars, difference_limit
from core.display.evaluation.frames import FULL


def _rows(*differences: float) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "column": ["clean"] * len(differences),
            "position": [0] * len(differences),
            "series": ["Magnitude"] * len(differences),
            "ratio": [i / 10 for i in range(len(differences))],
            "ratio_label": [f"{i}0 %" for i in range(len(differences))],
            "name": [f"m{i}" for i in range(len(differences))],
            "accuracy": [0.9] * len(differences),
            "overall": [0.9] * len(differences),
            "difference": differences,
            "samples": [20] * len(differences),
            "seeds": [1] * len(differences),
            "beyond_chance": [True] * len(differences),
        }
    )


def test_better_goes_up_and_green_worse_goes_down_and_red() -> None:
    spec = difference_bars(_rows(0.05, -0.05)).to_dict()
    bars = spec["layer"][1]
    better, worse = spec["datasets"][bars["data"]["name"]]
    assert better["tip"] - better["base"] == pytest.approx(worse["base"] - worse["tip"])
    assert better["tip"] > better["base"]
    scale = bars["encoding"]["color"]["scale"]
    colours = dict(zip(scale["domain"], scale["range"], strict=True))
    assert colours[better["direction"]] == theme.HIGHER
    assert colours[worse["direction"]] == theme.LOWER
    assert better["points"] == pytest.approx(5)


def test_a_collapsed_model_does_not_flatten_the_others() -> None:
    rows = _rows(*[0.02] * 19, -0.9)
    assert difference_limit(rows) == pytest.approx(0.024)
    bars = difference_bars(rows).to_dict()
    collapsed = bars["datasets"][bars["layer"][1]["data"]["name"]][-1]
    assert collapsed["base"] - collapsed["tip"] == pytest.approx(FULL / 2)
    assert collapsed["points"] == pytest.approx(-90)
