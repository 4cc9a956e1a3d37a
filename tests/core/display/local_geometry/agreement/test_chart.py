"""What the charts of the same samples across models would draw."""

from __future__ import annotations

from core.display import theme
from core.display.local_geometry.agreement.chart import (
    FRAGILE,
    ROBUST,
    answer_grid,
    share_scatter,
)


def test_the_grid_has_models_and_samples_in_the_order_of_the_rows() -> None:
    encoding = answer_grid().to_dict()["encoding"]
    assert encoding["x"]["sort"] == {"field": "column", "op": "min"}
    assert encoding["y"]["sort"] == {"field": "row", "op": "min"}
    colour = encoding["color"]["scale"]
    assert colour["domain"] == ["right", "wrong"]
    assert [text[:7] for text in colour["range"]] == [theme.CORRECT, theme.INCORRECT]


def test_the_scatter_tells_predicted_groups_apart_by_shape() -> None:
    chart = share_scatter().to_dict()
    others, marked = chart["layer"][:2]
    assert marked["encoding"]["shape"]["scale"] == {
        "domain": [ROBUST, FRAGILE],
        "range": ["triangle-up", "square"],
    }
    assert others["encoding"]["color"] == marked["encoding"]["color"]
    titles = [tooltip.get("title", tooltip["field"]) for tooltip in marked["encoding"]["tooltip"]]
    assert titles == ["image", "picture", "sample", "position", "by angle and length"]
    assert "ends" in [one["name"] for one in chart["params"]]
