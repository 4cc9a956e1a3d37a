"""What the rows of small plots would draw."""

from __future__ import annotations

import pytest

from core.display.local_geometry.sweep.chart import sweep_plots


@pytest.mark.parametrize(("columns", "width"), [(1, 180), (9, 103), (40, 90)])
def test_plots_share_the_width_of_the_page_within_limits(columns: int, width: int) -> None:
    assert sweep_plots(columns=columns).to_dict()["spec"]["width"] == width


def test_what_moves_with_the_study_comes_with_the_rows() -> None:
    chart = sweep_plots(columns=3).to_dict()
    assert chart["facet"]["row"]["sort"] == {"field": "row", "op": "min"}
    assert chart["facet"]["column"]["sort"] == {"field": "ratio", "op": "min"}
    assert "resolve" not in chart, "all plots share their axes"
    for layer in chart["spec"]["layer"][:3]:
        for channel, metric in (("x", "angle"), ("y", "length")):
            scale = layer["encoding"][channel]["scale"]
            assert scale["domain"] == [{"expr": f"ends.{metric}_{e}"} for e in ("low", "high")]
    (path, dot) = chart["spec"]["layer"][1:3]
    assert path["encoding"]["color"] == dot["encoding"]["color"]
    assert path["encoding"]["color"]["scale"] is None
