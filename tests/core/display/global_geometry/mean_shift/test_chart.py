"""What the chart of shifts would draw, read from its specification."""

from __future__ import annotations

from core.display.global_geometry.mean_shift.chart import axis_shift_chart
from core.display.global_geometry.plot_area import PlotArea


def test_shifts_stand_under_their_axes() -> None:
    plot_area = PlotArea(4, names=40)
    spec = axis_shift_chart(plot_area).to_dict()
    dots = [layer for layer in spec["layer"] if layer["data"]["name"] == "shifts"]
    assert {tuple(one["encoding"]["x"]["scale"]["domain"]) for one in dots} == {plot_area.positions}
    assert {one["title"] for one in dots[0]["encoding"]["tooltip"]} == {
        "axis", "mean shift", "uncertainty", "samples",
    }  # fmt: skip
    assert "datasets" not in spec
