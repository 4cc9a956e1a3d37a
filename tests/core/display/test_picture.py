"""A chart with rows, title, numbers and provenance inside."""

from __future__ import annotations

import json
from datetime import datetime

import polars as pl

from core.display.picture import WIDTH, picture_spec, plain_rows, vega_lite
from core.display.provenance import study_provenance
from core.drawing import svg

ABOUT = {
    "title": "A study",
    "content_sha256": "0123456789abcdef" * 4,
    "published_at": datetime(2026, 1, 2, 3, 4, 5),
}
SOURCE = study_provenance(ABOUT, made_by=("made by f(1)",), link="http://app/page?class=3")
ROWS = pl.DataFrame({"x": [1.0, float("nan"), None], "y": [1, 2, 3]})


def chart(**changed):
    encoding = {
        "x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"},
    }  # fmt: skip
    return {"data": {"name": "rows"}, "mark": "point", "encoding": encoding, **changed}


def made(spec, **changed):
    arguments = {"title": "Title", "numbers": ("3 points",), "provenance": SOURCE, **changed}
    return picture_spec(spec, {"rows": ROWS}, **arguments)


def test_provenance_is_short_in_the_picture_and_whole_in_the_file():
    assert SOURCE.stamp == "A study · version 0123456789ab · published 2026-01-02 03:04 UTC"
    assert SOURCE.lines == [SOURCE.stamp, "link: http://app/page?class=3", "made by f(1)"]
    spec = made(chart())
    assert spec["title"] == {"text": ["Title"], "subtitle": ["3 points", SOURCE.stamp]}
    assert spec["usermeta"] == {
        "title": "Title", "numbers": ["3 points"], "provenance": SOURCE.lines,
    }  # fmt: skip


def test_rows_stand_inside_beside_the_chart_s_own():
    spec = made(chart(datasets={"own": [{"a": 1}]}))
    assert spec["datasets"] == {
        "own": [{"a": 1}],
        "rows": [{"x": 1.0, "y": 1}, {"x": None, "y": 2}, {"x": None, "y": 3}],
    }
    assert json.loads(vega_lite(spec)) == spec


def test_addresses_of_the_app_and_bytes_stay_there():
    rows = pl.DataFrame(
        {
            "id": [1, 2],
            "image": [None, "media/sample-0-0-2.png"],
            "own": ["data:image/png;base64,", "media"],
            "png": [b"1", b"2"],
        }
    )
    assert plain_rows(rows) == [
        {"id": 1, "own": "data:image/png;base64,"}, {"id": 2, "own": "media"},
    ]  # fmt: skip


def test_the_chart_is_not_changed():
    given = chart(config={"axis": {"labelFontSize": 11}}, height=100)
    before = json.dumps(given)
    spec = made(given)
    assert json.dumps(given) == before
    assert spec["config"]["axis"]["labelFontSize"] == 11
    assert spec["config"]["background"] == "white"


def test_a_chart_without_a_width_gets_one_and_room_for_its_title():
    spec = made(chart(height=100))
    assert (spec["width"], spec["autosize"]["type"]) == (WIDTH, "fit")
    assert spec["height"] == 100 + 24 + 2 * 15 + 10
    assert made(chart(width=300))["width"] == 300


def test_a_grid_of_charts_keeps_its_size():
    spec = made({"facet": {"field": "y"}, "spec": chart(width=50), "data": {"name": "rows"}})
    assert "width" not in spec
    assert "autosize" not in spec


def test_long_lines_are_broken():
    spec = made(chart(width=300), title="word " * 40, numbers=("number " * 40,))
    assert len(spec["title"]["text"]) > 2
    assert max(map(len, spec["title"]["subtitle"])) <= 80


def test_it_can_be_drawn():
    drawn = svg(made(chart(height=100))).decode()
    assert f'width="{WIDTH}"' in drawn
    assert "3 points" in drawn
