"""Closed ranges: texts that give back the same range, words, and SQL that agrees with Python."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store.subsets.base import SubsetError
from core.store.subsets.ranges import UNLIMITED, ColumnRanges, Range, checked_metric

# what five digits can say
sides = st.none() | st.integers(-99_999, 99_999).map(lambda value: value / 100)
ranges = st.builds(Range, sides, sides).filter(
    lambda found: found.low is None or found.high is None or found.low <= found.high
)
values = st.floats(-2000, 2000, allow_nan=False)


@given(ranges.filter(lambda found: not found.is_open), st.sampled_from(["~", ":"]))
def test_a_text_gives_back_the_range_that_wrote_it(limits: Range, separator: str) -> None:
    assert Range.parse(limits.text(separator), separator) == limits


@given(st.text())
def test_any_text_is_a_range_with_rising_sides_or_none(text: str) -> None:
    found = Range.parse(text)
    if found is not None:
        assert not found.is_open
        assert found.low is None or found.high is None or found.low <= found.high


@pytest.mark.parametrize(
    "text", ["", "~", "3", "1~2~3", "2~1", "nan~3", "~inf", "a~b", "1,5~2", "-inf~0"]
)
def test_a_text_that_limits_no_side_is_no_range(text: str) -> None:
    assert Range.parse(text) is None


@given(ranges, values)
def test_conditions_hold_where_the_value_is_within(limits: Range, value: float) -> None:
    bound: dict[str, float] = {}

    def bind(side: str, limit: float) -> str:
        bound[side] = limit
        return f"${side}"

    sql = " AND ".join(limits.conditions("$value::DOUBLE", bind)) or "true"
    uses = {"value": value} if bound else {}
    (found,) = duckdb.execute(f"SELECT {sql}", {**bound, **uses}).fetchall()[0]
    low, high = limits.closed((-1e9, 1e9))
    assert found is (low <= value <= high)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Range(3, 40.25), "3° to 40.25°"),
        (Range(3), "at least 3°"),
        (Range(None, -2), "at most -2°"),
        (Range(), "defined"),
    ],
)
def test_a_range_in_words(limits: Range, words: str) -> None:
    assert limits.words("°") == words


def test_an_open_side_ends_where_the_values_end() -> None:
    assert Range(2).closed((0, 9)) == (2, 9)
    assert Range(None, 2).closed((0, 9)) == (0, 2)


@given(ranges, ranges, st.none() | values, st.none() | values)
def test_ranges_of_columns_hold_together_and_leave_undefined_values_out(
    first: Range, second: Range, one: float | None, other: float | None
) -> None:
    selection = ColumnRanges((("one", first), ("other", second)))
    sql = selection.sql({"one": "one", "other": "other"})
    row = "(SELECT $a::DOUBLE AS one, $b::DOUBLE AS other)"
    bound = {"a": one, "b": other, **selection.values()}
    (found,) = duckdb.execute(f"SELECT {sql} FROM {row}", bound).fetchall()[0]
    within = [
        limits.is_open or (value is not None and low <= value <= high)
        for limits, value in ((first, one), (second, other))
        for low, high in [limits.closed((-1e9, 1e9))]
    ]
    assert found is all(within)


def test_no_range_limits_nothing() -> None:
    assert not UNLIMITED
    assert UNLIMITED.sql({}) == "true"
    assert UNLIMITED.values() == {}


def test_a_range_of_an_unknown_column_is_refused() -> None:
    with pytest.raises(SubsetError, match="expected a range of angle, found 'label'"):
        ColumnRanges((("label", Range(1)),)).sql({"angle": "m.angle"})


def test_an_unknown_metric_is_refused() -> None:
    assert checked_metric("angle") == "angle"
    with pytest.raises(SubsetError, match="expected a metric of angle, length"):
        checked_metric("area")
