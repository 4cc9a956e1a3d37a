"""What the densities and the histogram of changes would draw, read from their specification."""

from __future__ import annotations

import pytest

from core.display import theme
from core.display.charts.interval_brush import BRUSH
from core.display.local_geometry.change.chart_metric import CHANGE, METRIC, metric_changes
from core.metrics import GEOMETRIC, METRICS


@pytest.mark.parametrize("metric", GEOMETRIC)
def test_densities_stand_above_the_histogram_of_changes(metric: str) -> None:
    densities, histogram = metric_changes(metric).to_dict()["vconcat"]
    x = densities["layer"][0]["encoding"]["x"]
    assert x["title"] == METRICS[metric].axis_title
    assert x["scale"]["domain"] == [{"expr": f"ends.{METRIC}_low"}, {"expr": f"ends.{METRIC}_high"}]
    below = histogram["layer"][0]["encoding"]["x"]
    assert below["title"] == f"change of {METRICS[metric].short_title}, compared − reference"
    assert below["scale"]["domain"] == [
        {"expr": f"ends.{CHANGE}_low"},
        {"expr": f"ends.{CHANGE}_high"},
    ]
    assert [one["encoding"]["y"]["field"] for one in histogram["layer"][:2]] == [
        "samples",
        "selected",
    ]


def test_reference_is_grey_and_compared_yellow_dashed_where_it_is_all() -> None:
    area, _, everything = metric_changes("angle").to_dict()["vconcat"][0]["layer"]
    colours = area["encoding"]["color"]["scale"]
    assert dict(zip(colours["domain"], colours["range"], strict=True)) == {
        "reference": theme.REFERENCE,
        "compared": theme.COMPARED,
        "reference, all": theme.REFERENCE,
        "compared, all": theme.COMPARED,
    }
    assert everything["mark"]["strokeDash"]


def test_one_line_marks_zero() -> None:
    zero = metric_changes("margin").to_dict()["vconcat"][1]["layer"][-1]
    assert zero["encoding"]["x"]["datum"] == 0
    assert zero["data"] == {"name": "axes"}


@pytest.mark.parametrize("brushed", [None, (-3.0, 4.0)])
def test_the_brush_starts_where_it_is_told(brushed: tuple[float, float] | None) -> None:
    spec = metric_changes("angle", brushed=brushed).to_dict()
    (brush,) = [one for one in spec["params"] if one["name"] == BRUSH]
    assert brush["select"] == {"type": "interval", "encodings": ["x"]}
    assert brush.get("value") == (None if brushed is None else {"x": [-3, 4]})
    assert "datasets" not in spec
