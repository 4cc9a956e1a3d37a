"""What the matrix of differences would draw, read from its specification."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.display import theme
from core.display.charts.confusion_difference import CELL, confusion_difference

CELLS = pl.DataFrame(
    {
        "class": ["cat", "cat", "dog"],
        "predicted": ["cat", "dog", "dog"],
        "reference": [5, 0, 4],
        "compared": [2, 3, 4],
        "difference": [-3, 3, 0],
    }
)


def specification(**settings: Any) -> dict[str, Any]:
    chart = confusion_difference(CELLS, ["dog", "cat"], **settings)
    found: dict[str, Any] = chart.to_dict(format="vega-lite")
    return found


def test_a_click_picks_a_cell_by_true_and_predicted_class() -> None:
    (param,) = (one for one in specification()["params"] if one["name"] == CELL)
    assert param["select"]["fields"] == ["class", "predicted"]


def test_rows_and_columns_have_the_same_order() -> None:
    squares = specification()["layer"][0]["encoding"]
    assert squares["x"]["scale"]["domain"] == squares["y"]["scale"]["domain"] == ["dog", "cat"]


def test_more_under_the_compared_is_yellow_and_fewer_is_grey() -> None:
    colour = specification()["layer"][0]["encoding"]["color"]
    assert colour["condition"] == {"test": "datum.difference > 0", "value": theme.COMPARED}
    assert colour["value"] == theme.REFERENCE


def test_cells_without_a_change_have_no_number_and_the_picked_one_a_frame() -> None:
    spec = specification(picked=("cat", "dog"))
    numbers, frame = (spec["datasets"][one["data"]["name"]] for one in spec["layer"][1:])
    assert [row["difference"] for row in numbers] == [-3, 3]
    assert [(row["class"], row["predicted"]) for row in frame] == [("cat", "dog")]
