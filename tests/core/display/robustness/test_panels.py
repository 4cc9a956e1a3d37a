from __future__ import annotations

import polars as pl
import pytest

from core.display.robustness.panels import FULL, Panel, across, panel_tables, round_ticks

PANELS = [
    Panel("one", ((0.0, "0"), (10.0, "10")), (0, 10)),
    Panel("two", ((-1.0, "−1"), (0.0, "0"), (1.0, "1")), (-1, 1)),
]


def test_each_panel_has_its_own_scale_and_place() -> None:
    rows = pl.DataFrame({"panel": [0, 0, 1, 1, 1, 0], "value": [0.0, 10.0, -1.0, 0.5, 7.0, None]})
    found = rows.select(across(PANELS, pl.col("value"), pl.col("panel"))).to_series()
    expected = [0.0, FULL, 1.0, 1 + 0.75 * FULL, 1 + FULL, None]
    assert found.to_list() == pytest.approx(expected)


def test_lines_and_titles_stand_in_their_panel() -> None:
    found = panel_tables(PANELS)
    assert found["titles"].rows() == [(0.0, "one"), (1.0, "two")]
    assert found["ticks"]["label"].to_list() == ["0", "10", "−1", "0", "1"]
    assert found["ticks"]["x"].to_list() == pytest.approx([0, FULL, 1, 1 + FULL / 2, 1 + FULL])
    assert panel_tables([])["ticks"].is_empty()


def test_titles_name_the_network_only_where_there_are_several() -> None:
    one = [Panel("net: A", (), (0, 1)), Panel("net: B", (), (0, 1))]
    assert panel_tables(one)["titles"]["title"].to_list() == ["A", "B"]
    two = [Panel("net: A", (), (0, 1)), Panel("other: A", (), (0, 1))]
    assert panel_tables(two)["titles"]["title"].to_list() == ["net: A", "other: A"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-2.1, 2.1, [-2, 0, 2]),
        (-10.7, 10.7, [-10, 0, 10]),
        (0.0, 0.14, [0, 0.05, 0.1]),
        (0.0, 1.0, [0, 0.5, 1]),
        (0.5, 12.7, [2, 4, 6, 8, 10, 12]),
        (-0.043, 0.043, [-0.04, -0.02, 0, 0.02, 0.04]),
        (-0.0004, 0.0004, [-0.0004, -0.0002, 0, 0.0002, 0.0004]),
    ],
)
def test_ticks_are_round_and_within_the_scale(
    low: float, high: float, expected: list[float]
) -> None:
    found = round_ticks(low, high, lambda value: f"{value:g}")
    assert [value for value, _ in found] == pytest.approx(expected)
    assert [float(words) for _, words in found] == pytest.approx(expected)
