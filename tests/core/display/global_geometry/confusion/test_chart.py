"""What the matrix of differences would draw, read from its specification."""

from __future__ import annotations

from typing import Any

from core.display import theme
from core.display.global_geometry.confusion.chart import CELL, confusion_change


def layers() -> dict[str, Any]:
    """The specification's layers by what they draw."""
    spec = confusion_change(2).to_dict()
    row, column, squares, numbers, frame = spec["layer"]
    return {"row": row, "column": column, "squares": squares, "numbers": numbers, "frame": frame,
            "spec": spec}  # fmt: skip


def test_a_click_picks_a_cell_by_true_and_predicted_class() -> None:
    (param,) = (one for one in layers()["spec"]["params"] if one["name"] == CELL)
    assert param["select"]["fields"] == ["class", "predicted"]


def test_rows_and_columns_have_the_same_order_and_their_names_come_as_rows() -> None:
    squares = layers()["squares"]["encoding"]
    assert squares["x"]["scale"]["domain"] == squares["y"]["scale"]["domain"] == [0, 1]
    for axis in (squares["x"]["axis"], squares["y"]["axis"]):
        assert axis["labelExpr"] == "(data('classes')[datum.value] || {name: ''}).name"


def test_more_under_the_compared_is_yellow_and_fewer_is_grey() -> None:
    colour = layers()["squares"]["encoding"]["color"]
    assert colour["condition"] == {"test": "datum.difference > 0", "value": theme.COMPARED}
    assert colour["value"] == theme.REFERENCE


def test_cells_without_a_change_have_no_number_and_what_is_picked_comes_by_name() -> None:
    found = layers()
    assert found["numbers"]["transform"][1:] == [{"filter": "datum.difference != 0"}]
    assert found["frame"]["data"] == {"name": "frame"}
    for one in ("row", "column"):
        assert found[one]["data"]["name"] == "classes"
        assert found[one]["transform"] == [{"filter": "datum.own"}]
    assert "datasets" not in found["spec"]


def test_a_number_answers_the_pointer_as_its_cell_does() -> None:
    found = layers()
    tooltips = [found[one]["encoding"]["tooltip"] for one in ("squares", "numbers")]
    assert tooltips[0] == tooltips[1]
    assert not [one for one in tooltips[0] if "_" in one["title"]]
