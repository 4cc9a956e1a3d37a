"""The pictures of samples are valid Vega-Lite and take their rows by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.display.charts.class_strip import CLASS, class_strip
from core.display.samples.fragility.chart import area_plot
from core.display.samples.inspector.chart import (
    CELL,
    COLOURS,
    class_angle_plot,
    condition_map,
    gap_waterfall,
    way,
)

CHARTS: dict[str, tuple[Callable[[], Any], set[str]]] = {
    **{
        f"map, {shown}": (
            lambda shown=shown: condition_map(  # type: ignore[misc]
                ("Dense", "Magnitude 50 %"), ("clean", "", "fog"), shown=shown, text="#000"
            ),
            {"cells", "shown"},
        )
        for shown in COLOURS
    },
    "angles": (lambda: class_angle_plot(classes=10), {"angles"}),
    "way": (lambda: way("ratios", (("Magnitude", "#123456"),)), {"ratios", "axes"}),
    "waterfall": (lambda: gap_waterfall(text="#000"), {"steps"}),
    "areas": (lambda: area_plot(text="#000"), {"areas"}),
    "strip": (lambda: class_strip(classes=10), {"classes", "chosen"}),
}


def values(spec: Any, name: str) -> Iterator[Any]:
    """All values of a key, wherever it stands."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key == name:
                yield value
            yield from values(value, name)
    elif isinstance(spec, list):
        for one in spec:
            yield from values(one, name)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_valid_and_its_rows_come_by_name(name: str) -> None:
    make, tables = CHARTS[name]
    spec = make().to_dict(validate=True)
    named = {one["name"] for one in values(spec, "data") if "name" in one}
    assert named == tables
    assert "datasets" not in spec


def test_many_models_and_conditions_get_small_cells_and_few_get_large_ones() -> None:
    def steps(rows: int, columns: int) -> tuple[int, int]:
        models, heads = ("",) * rows, ("",) * columns
        spec = condition_map(models, heads, shown="answer", text="#000").to_dict()
        return spec["width"]["step"], spec["height"]["step"]

    assert steps(3, 4) == (26, 20)
    assert steps(42, 96) == (9, 14)
    assert steps(500, 500) == (7, 11)
    assert steps(0, 0) == (26, 20)


@pytest.mark.parametrize(
    ("chart", "selection", "fields"),
    [
        (CHARTS["map, answer"][0], CELL, ["row", "column"]),
        (CHARTS["strip"][0], CLASS, ["class"]),
    ],
)
def test_a_click_gives_what_the_page_reads(
    chart: Callable[[], Any], selection: str, fields: list[str]
) -> None:
    (param,) = [one for one in chart().to_dict()["params"] if one["name"] == selection]
    assert param["select"]["fields"] == fields


def test_the_names_of_rows_and_columns_stand_at_their_places() -> None:
    cells = CHARTS["map, answer"][0]().to_dict()["layer"][0]["encoding"]
    assert cells["y"]["axis"]["labelExpr"] == '["Dense", "Magnitude 50 %"][datum.value]'
    assert cells["x"]["axis"]["labelExpr"] == '["clean", "", "fog"][datum.value]'
    assert cells["x"]["axis"]["values"] == [0, 2]
    assert cells["x"]["scale"]["domain"] == [0, 1, 2]
    assert cells["y"]["scale"]["domain"] == [0, 1]


def test_reference_and_compared_are_outlined_on_the_maps_own_axes() -> None:
    cells, *outlines = CHARTS["map, answer"][0]().to_dict()["layer"]
    for outline in outlines:
        assert outline["encoding"]["x"] == cells["encoding"]["x"]
        assert outline["encoding"]["y"] == cells["encoding"]["y"]
