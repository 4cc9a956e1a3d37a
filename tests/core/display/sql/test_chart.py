"""What the quick chart draws, read from its specification."""

from __future__ import annotations

import pytest

from core.display import theme
from core.display.sql.chart import Column, quick_chart

NUMBER, WORD, CLASS = Column("margin", "Q"), Column("method", "N"), Column("class", "N")


def test_points_have_axes_with_titles_and_a_tooltip():
    spec = quick_chart("point", NUMBER, Column("angle", "Q")).to_dict()
    assert spec["data"] == {"name": "rows"}
    assert spec["mark"]["color"] == theme.ACCENT
    x, y = spec["encoding"]["x"], spec["encoding"]["y"]
    assert (x["field"], x["type"], x["axis"]["title"]) == ("x", "quantitative", "margin")
    assert (y["field"], y["axis"]["title"], y["scale"]["zero"]) == ("y", "angle", False)
    assert [one["title"] for one in spec["encoding"]["tooltip"]] == ["margin", "angle"]


def test_bars_start_at_zero_and_stand_beside_each_other():
    spec = quick_chart("bar", CLASS, NUMBER, WORD, values=["taylor", "random"]).to_dict()
    assert spec["encoding"]["y"]["scale"]["zero"] is True
    assert spec["encoding"]["xOffset"]["field"] == "colour"
    assert spec["encoding"]["color"]["scale"] == {
        "domain": ["taylor", "random"],
        "range": [theme.METHOD_COLOURS["taylor"], theme.METHOD_COLOURS["random"]],
    }
    lying = quick_chart("bar", NUMBER, CLASS, WORD, values=["a"]).to_dict()
    assert lying["encoding"]["yOffset"]["field"] == "colour"
    assert lying["height"] == {"step": 18}
    assert (
        "xOffset" not in quick_chart("bar", WORD, NUMBER, WORD, values=["a"]).to_dict()["encoding"]
    )


def test_right_and_wrong_have_their_colours():
    spec = quick_chart("point", NUMBER, NUMBER, Column("correct", "N"), values=["true", "false"])
    scale = spec.to_dict()["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
        "true": theme.CORRECT,
        "false": theme.INCORRECT,
    }


def test_many_rows_are_drawn_on_a_canvas():
    renderer = {"embedOptions": {"renderer": "canvas"}}
    assert quick_chart("point", NUMBER, NUMBER, rows=2_001).to_dict()["usermeta"] == renderer
    assert "usermeta" not in quick_chart("point", NUMBER, NUMBER, rows=2_000).to_dict()


@pytest.mark.parametrize("mark", ["point", "line", "bar"])
@pytest.mark.parametrize("x", [NUMBER, WORD, Column("day", "T")])
@pytest.mark.parametrize("y", [NUMBER, WORD])
@pytest.mark.parametrize("colour", [None, NUMBER, WORD, Column("day", "T")])
def test_every_choice_is_valid_vega_lite(mark, x, y, colour):
    quick_chart(mark, x, y, colour, values=["a", "b"]).to_dict()


def test_ten_values_have_ten_colours():
    names = [f"value {i}" for i in range(8)] + ["taylor", "magnitude"]
    colours = theme.value_colours(names)
    assert list(colours) == names
    assert len(set(colours.values())) == 10
    assert colours["taylor"] == theme.METHOD_COLOURS["taylor"]
