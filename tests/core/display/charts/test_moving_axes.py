"""Axes whose ends come as rows."""

from __future__ import annotations

import altair as alt
import pytest

from core.display.charts import moving_axes

RANGES = {"angle": (20.0, 90.0), "length": (0.0, 15.0)}


def test_axes_without_strips_end_with_the_ranges() -> None:
    row = moving_axes.ends(RANGES, about=3).row(0, named=True)
    assert [row[f"angle_{part}"] for part in ("low", "high", "first", "last", "step")] == [
        20, 90, 20, 80, 20,
    ]  # fmt: skip


@pytest.mark.parametrize("strips", [True, False])
def test_ticks_stay_in_the_ranges(strips: bool) -> None:
    row = moving_axes.ends(RANGES, about=5, strips=strips).row(0, named=True)
    for metric, (low, high) in RANGES.items():
        first, last, step = (row[f"{metric}_{part}"] for part in ("first", "last", "step"))
        assert low <= first <= last <= high < last + step
        assert row[f"{metric}_low"] == low
        assert (row[f"{metric}_high"] > high) is strips


def test_an_axis_takes_its_ends_from_the_first_row_of_a_table_that_is_drawn() -> None:
    channels = moving_axes.position("reference_", short=True, grid=False)
    points = alt.Chart(alt.NamedData("points")).mark_point().encode(**channels)
    chart = alt.layer(points, moving_axes.note()).add_params(moving_axes.read_ends())
    spec = chart.to_dict()
    assert {"name": "axes"} in [layer["data"] for layer in spec["layer"]]
    (ends,) = [one for one in spec["params"] if one["name"] == "ends"]
    assert ends["expr"].startswith("length(data('axes')) ? data('axes')[0]")
    for channel, metric, title in (("x", "angle", "angle (degrees)"), ("y", "length", "length")):
        encoding = spec["layer"][0]["encoding"][channel]
        assert (encoding["field"], encoding["title"]) == (f"reference_{metric}", title)
        assert not encoding["axis"]["grid"]
        assert encoding["scale"]["domain"] == [
            {"expr": f"ends.{metric}_low"},
            {"expr": f"ends.{metric}_high"},
        ]


def test_a_note_stands_in_the_middle_of_the_plot() -> None:
    assert moving_axes.ends(RANGES, about=3, note="no sample")["note"].to_list() == ["no sample"]
    encoding = moving_axes.note().to_dict()["encoding"]
    assert encoding["text"]["field"] == "note"
    assert [encoding[side]["value"] for side in ("x", "y")] == [
        {"expr": "width / 2"},
        {"expr": "height / 2"},
    ]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (31, 92, [40, 60, 80]),
        (31, 125, [50, 100]),
        (-0.4, 0.2, [-0.4, -0.2, 0, 0.2]),
        (0, 15, [0, 5, 10, 15]),
    ],
)
def test_ticks_are_round_and_inside(low: float, high: float, expected: list[float]) -> None:
    row = moving_axes.ends({"margin": (low, high)}, about=3).row(0, named=True)
    first, last, step = (row[f"margin_{part}"] for part in ("first", "last", "step"))
    found = [first + step * i for i in range(round((last - first) / step) + 1)]
    assert found == pytest.approx(expected)
