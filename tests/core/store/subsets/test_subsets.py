"""Subsets against the same question asked of the rows by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store.connection import connect, query
from core.store.subsets import json_format as selection_json
from core.store.subsets.predicates import (
    METRICS,
    OUTCOMES,
    AllOf,
    Answered,
    AnyOf,
    Listed,
    MetricDifference,
    MetricRange,
    Names,
    Not,
    OfClass,
    Outcome,
    Pair,
    SelectionError,
    Subset,
)
from tests.study_file import CLASSES, CONDITIONS, MODELS, SAMPLE_COUNT, write_study

NAMES = Names(
    models={row[0]: i for i, row in enumerate(MODELS)},
    conditions={row.name: i for i, row in enumerate(CONDITIONS)},
    classes={name: i for i, name in enumerate(CLASSES)},
)
DENSE = Pair("lenet5-dense", "clean")
PRUNED = Pair("lenet5-magnitude-0.9", "fog-3")
DEAD = Pair("lenet5-magnitude-0.9", "clean")
EVERYTHING = set(range(SAMPLE_COUNT))


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb")) as opened:
        yield opened


def samples(connection: duckdb.DuckDBPyConnection, subset: Subset) -> set[int]:
    where = subset.to_sql(NAMES)
    found = query(
        connection, f"SELECT sample_id FROM samples WHERE {where.sql}", dict(where.parameters)
    )
    return set(found["sample_id"])


def by_hand(connection: duckdb.DuckDBPyConnection, pair: Pair) -> dict[int, dict[str, Any]]:
    rows = query(
        connection,
        "SELECT * FROM sample_metrics WHERE model_id = $m AND condition_id = $c",
        {"m": NAMES.models[pair.model], "c": NAMES.conditions[pair.condition]},
    )
    return {row["sample_id"]: row for row in rows.iter_rows(named=True)}


def test_a_class_holds_its_samples(connection: duckdb.DuckDBPyConnection) -> None:
    assert samples(connection, OfClass("bird")) == {i for i in EVERYTHING if i % 4 == 2}


@pytest.mark.parametrize("correct", [True, False])
def test_answered_right_or_wrong(connection: duckdb.DuckDBPyConnection, correct: bool) -> None:
    expected = {i for i, row in by_hand(connection, PRUNED).items() if row["correct"] is correct}
    assert samples(connection, Answered(PRUNED, correct)) == expected


def test_the_four_outcomes_share_out_all_samples(connection: duckdb.DuckDBPyConnection) -> None:
    before, after = by_hand(connection, DENSE), by_hand(connection, PRUNED)
    found = {name: samples(connection, Outcome(DENSE, PRUNED, name)) for name in OUTCOMES}
    for name, (right_before, right_after) in OUTCOMES.items():
        assert found[name] == {
            i
            for i in EVERYTHING
            if (before[i]["correct"], after[i]["correct"]) == (right_before, right_after)
        }
    assert sum(len(part) for part in found.values()) == SAMPLE_COUNT


@pytest.mark.parametrize(("low", "high"), [(45.0, 60.0), (45.0, None), (None, 60.0), (None, None)])
def test_a_range_is_closed_and_leaves_undefined_values_out(
    connection: duckdb.DuckDBPyConnection, low: float | None, high: float | None
) -> None:
    expected = {
        i
        for i, row in by_hand(connection, DEAD).items()
        if row["angle"] is not None
        and (low is None or row["angle"] >= low)
        and (high is None or row["angle"] <= high)
    }
    found = samples(connection, MetricRange(DEAD, "angle", low, high))
    assert found == expected
    assert 0 not in found


def test_a_change_is_compared_minus_reference(connection: duckdb.DuckDBPyConnection) -> None:
    before, after = by_hand(connection, DENSE), by_hand(connection, PRUNED)
    expected = {i for i in EVERYTHING if -6 <= after[i]["length"] - before[i]["length"] <= -4}
    assert expected
    assert samples(connection, MetricDifference(DENSE, PRUNED, "length", -6, -4)) == expected


def test_listed_samples_that_do_not_exist_select_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert samples(connection, Listed((3, 5, 999_999))) == {3, 5}
    assert samples(connection, Listed(())) == set()


def test_parts_combine_like_sets(connection: duckdb.DuckDBPyConnection) -> None:
    bird, wrong = OfClass("bird"), Answered(PRUNED, False)
    birds, wrongs = samples(connection, bird), samples(connection, wrong)
    assert samples(connection, AllOf((bird, wrong))) == birds & wrongs
    assert samples(connection, AnyOf((bird, wrong))) == birds | wrongs
    assert samples(connection, Not(bird)) == EVERYTHING - birds
    assert samples(connection, AllOf()) == EVERYTHING
    assert samples(connection, AnyOf(())) == set()


def test_not_in_a_range_holds_the_samples_without_a_value(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert samples(connection, Not(MetricRange(DEAD, "angle", None, None))) == {0}


def test_values_are_bound_and_never_part_of_the_text() -> None:
    where = AllOf((OfClass("bird"), MetricRange(DENSE, "angle", 12.5, None))).to_sql(NAMES)
    assert "12.5" not in where.sql
    assert "bird" not in where.sql
    assert {2, 12.5} <= set(dict(where.parameters).values())


@pytest.mark.parametrize(
    ("subset", "found"),
    [
        (OfClass("horse"), "class 'horse'"),
        (Answered(Pair("vgg", "clean"), True), "model 'vgg'"),
        (Answered(Pair("lenet5-dense", "rain-3"), True), "condition 'rain-3'"),
    ],
)
def test_an_unknown_name_gets_one_sentence(subset: Subset, found: str) -> None:
    with pytest.raises(SelectionError, match=found):
        subset.to_sql(NAMES)


def test_a_metric_that_is_no_column_is_refused() -> None:
    with pytest.raises(SelectionError, match="expected a metric"):
        MetricRange(DENSE, "angle FROM samples; --", 0, 1).to_sql(NAMES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subset", "sentence"),
    [
        (AllOf(), "all samples"),
        (
            AllOf((OfClass("cat"), Answered(DENSE, False))),
            "class cat and wrong under lenet5-dense (clean)",
        ),
        (
            Outcome(DENSE, PRUNED, "broken"),
            "broken from lenet5-dense (clean) to lenet5-magnitude-0.9 (fog-3)",
        ),
        (MetricRange(DENSE, "angle", 60, None), "angle at least 60° under lenet5-dense (clean)"),
        (
            MetricDifference(DENSE, DEAD, "margin", -3, -1),
            "margin changed by -3 to -1 from lenet5-dense (clean) to lenet5-magnitude-0.9 (clean)",
        ),
        (Listed(tuple(range(8))), "samples 0, 1, 2, 3, 4 and 3 more"),
        (Not(OfClass("cat")), "not (class cat)"),
        (AnyOf((OfClass("cat"), OfClass("bird"))), "(class cat or class bird)"),
    ],
)
def test_a_subset_says_in_words_what_it_holds(subset: Subset, sentence: str) -> None:
    assert subset.sentence() == sentence


pairs = st.builds(
    Pair, st.sampled_from(sorted(NAMES.models)), st.sampled_from(sorted(NAMES.conditions))
)
numbers = st.none() | st.floats(-100, 100, allow_nan=False)
leaves: st.SearchStrategy[Subset] = st.one_of(
    st.builds(OfClass, st.sampled_from(CLASSES)),
    st.builds(Answered, pairs, st.booleans()),
    st.builds(Outcome, pairs, pairs, st.sampled_from(list(OUTCOMES))),
    st.builds(MetricRange, pairs, st.sampled_from(METRICS), numbers, numbers),
    st.builds(MetricDifference, pairs, pairs, st.sampled_from(METRICS), numbers, numbers),
    st.builds(Listed, st.lists(st.integers(0, 50)).map(tuple)),
)


def _combined(parts: st.SearchStrategy[Subset]) -> st.SearchStrategy[Subset]:
    several = st.lists(parts, max_size=3).map(tuple)
    return st.one_of(st.builds(AllOf, several), st.builds(AnyOf, several), st.builds(Not, parts))


subsets = st.recursive(leaves, _combined, max_leaves=6)


@given(subsets)
def test_json_gives_back_the_same_subset(subset: Subset) -> None:
    assert selection_json.loads(selection_json.dumps(subset)) == subset


@given(subset=subsets)
def test_a_subset_and_its_opposite_share_out_all_samples(
    connection: duckdb.DuckDBPyConnection, subset: Subset
) -> None:
    inside, outside = samples(connection, subset), samples(connection, Not(subset))
    assert inside | outside == EVERYTHING
    assert not inside & outside


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "{}", '{"class": 3}', '{"class":"cat","x":1}', '{"samples":[true]}',
     '{"metric":"angle","of":["a","b"],"range":["1",2]}', '{"outcome":"lost","from":["a","b"],'
     '"to":["a","b"]}', '{"not": 3}', '{"change":"angle","from":["a"],"to":["a","b"],'
     '"range":[1,2]}'],
)  # fmt: skip
def test_a_text_that_is_no_subset_gets_one_sentence(text: str) -> None:
    with pytest.raises(SelectionError, match=r"^expected [^\n]+\.$"):
        selection_json.loads(text)


def test_named_subsets_survive_a_file() -> None:
    named: dict[str, Subset] = {"hard birds": OfClass("bird"), "é": Listed((1, 2))}
    assert selection_json.load_named(selection_json.dump_named(named)) == named


@pytest.mark.parametrize("text", ["[]", '{"format":"other"}', '{"format":"prunescope-subsets"}'])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(SelectionError, match="expected"):
        selection_json.load_named(text)
