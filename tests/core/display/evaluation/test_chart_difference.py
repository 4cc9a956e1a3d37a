"""What the chart of differences draws, read from its specification."""

from __future__ import annotations

from core.display import theme
from core.display.evaluation.chart_difference import BETTER, WORSE, difference_bars

SERIES = ("Random", "Magnitude", "Dense")


def test_better_is_green_worse_is_red_and_only_what_a_test_rejects_is_pale() -> None:
    _, bars = difference_bars(SERIES).to_dict()["layer"]
    assert bars["data"] == {"name": "bars"}
    scale = bars["encoding"]["color"]["scale"]
    colours = dict(zip(scale["domain"], scale["range"], strict=True))
    assert colours == {BETTER: theme.HIGHER, WORSE: theme.LOWER}
    opacity = bars["encoding"]["opacity"]
    assert opacity["condition"]["test"] == "datum.significant == 'no'"
    assert opacity["condition"]["value"] < 0.5
    assert opacity["value"] == 1.0


def test_a_line_runs_through_the_middle_of_each_row() -> None:
    zero, _ = difference_bars(SERIES).to_dict()["layer"]
    assert zero["data"] == {"sequence": {"start": 0.5, "stop": 3, "step": 1, "as": "base"}}
    axis = zero["encoding"]["y"]["axis"]
    assert axis["values"] == [0.5, 1.5, 2.5]
    assert '{"0.5": "Random", "1.5": "Magnitude", "2.5": "Dense"}' in axis["labelExpr"]


def test_a_single_series_is_a_valid_chart() -> None:
    assert difference_bars(("Dense",)).to_dict()["height"] > 0
