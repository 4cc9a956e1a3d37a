"""What the matrices would draw, read from their specification."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from core.display import theme
from core.display.global_geometry.confusion.chart import CELL, MatrixShape, confusion_matrix

Shown = Literal["difference", "reference", "compared"]
SHOWN: tuple[Shown, ...] = ("difference", "reference", "compared")


def layers(shown: Shown = "difference", rows: int = 2) -> dict[str, Any]:
    """The specification's layers by what they draw."""
    spec = confusion_matrix(MatrixShape(rows, 2), shown=shown).to_dict()
    row, column, squares, numbers, frame = spec["layer"]
    return {"rows": row, "columns": column, "squares": squares, "numbers": numbers, "frame": frame,
            "spec": spec}  # fmt: skip


def test_a_click_picks_a_cell_by_true_and_predicted_class() -> None:
    (param,) = (one for one in layers()["spec"]["params"] if one["name"] == CELL)
    assert param["select"]["fields"] == ["class", "predicted"]


@pytest.mark.parametrize("rows", [1, 2])
def test_rows_are_true_classes_and_columns_predicted_ones(rows: int) -> None:
    squares = layers(rows=rows)["squares"]["encoding"]
    assert squares["x"]["title"] == "predicted class"
    assert squares["y"]["title"] == "true class"
    assert squares["x"]["scale"]["domain"] == [0, 1]
    assert squares["y"]["scale"]["domain"] == list(range(rows))
    for channel, table in (("x", "columns"), ("y", "rows")):
        words = f"(data('{table}')[datum.value] || {{name: ''}}).name"
        assert squares[channel]["axis"]["labelExpr"] == words


def test_more_under_the_compared_is_yellow_and_fewer_is_grey() -> None:
    colour = layers()["squares"]["encoding"]["color"]
    fewer, same, more = (one.removeprefix("rgba(").split(", ") for one in colour["scale"]["range"])
    assert colour["scale"]["domain"] == [-1, 0, 1]
    assert [int(one) for one in fewer[:3]] == list(bytes.fromhex(theme.REFERENCE[1:]))
    assert [int(one) for one in more[:3]] == list(bytes.fromhex(theme.COMPARED[1:]))
    assert same[3] == "0)"
    assert colour["title"] == "samples, compared minus reference"


@pytest.mark.parametrize("shown", ["reference", "compared"])
def test_a_plain_matrix_is_coloured_by_the_share_of_the_true_class(shown: Shown) -> None:
    found = layers(shown)
    colour = found["squares"]["encoding"]["color"]
    assert (colour["field"], colour["scale"]["domain"]) == (f"{shown}_share", [0, 1])
    assert colour["title"] == "share of the true class"
    assert found["numbers"]["encoding"]["text"] == {
        "field": shown, "type": "quantitative", "format": "d",
    }  # fmt: skip


@pytest.mark.parametrize("shown", SHOWN)
def test_empty_cells_have_no_number_and_what_is_picked_comes_by_name(shown: Shown) -> None:
    found = layers(shown)
    assert found["numbers"]["transform"][1:] == [{"filter": f"datum.{shown} != 0"}]
    assert found["frame"]["data"] == {"name": "frame"}
    for one in ("rows", "columns"):  # drawn, so that the axes' names can be read from them
        assert found[one]["data"]["name"] == one
        assert found[one]["transform"] == [{"filter": "datum.own"}]
    assert "datasets" not in found["spec"]
    assert found["spec"]["autosize"] == "pad"


def test_a_number_answers_the_pointer_as_its_cell_does() -> None:
    found = layers()
    tooltips = [found[one]["encoding"]["tooltip"] for one in ("squares", "numbers")]
    assert tooltips[0] == tooltips[1]
    titles = [one["title"] for one in tooltips[0]]
    assert "precision" in titles
    assert not [one for one in titles if "_" in one]


def test_the_samples_of_one_class_say_nothing_about_precision() -> None:
    titles = [one["title"] for one in layers(rows=1)["squares"]["encoding"]["tooltip"]]
    assert "precision" not in titles


@pytest.mark.parametrize("columns", [2, 10, 20])
@pytest.mark.parametrize("characters", [1, 3, 5])
def test_numbers_fit_into_their_cells(columns: int, characters: int) -> None:
    shape = MatrixShape(columns, columns, characters)
    assert 20 <= shape.side <= 25
    assert 7 <= shape.font_size <= 11
    assert 0.6 * shape.font_size * characters <= shape.side + 2
