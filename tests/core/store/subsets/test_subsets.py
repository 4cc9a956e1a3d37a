"""Subsets against the same question asked of the rows by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics import METRICS
from core.store.combination import Combination
from core.store.connection import connect, query
from core.store.subsets import json_format
from core.store.subsets.base import Names, SampleFilter, Subset, SubsetError
from core.store.subsets.combinators import AllOf, AnyOf, Not
from core.store.subsets.predicates import (
    OUTCOMES,
    Correctness,
    OfClass,
    Outcome,
    PredictedAs,
    SampleIds,
)
from core.store.subsets.ranges import AngleToClass, MetricChange, MetricUnder, Range, RangeFilter
from tests.study_file import CLASSES, CONDITIONS, MODELS, SAMPLE_COUNT, write_study

NAMES = Names(
    models={row[0]: i for i, row in enumerate(MODELS)},
    conditions={row.name: i for i, row in enumerate(CONDITIONS)},
    classes={name: i for i, name in enumerate(CLASSES)},
)
DENSE = Combination("lenet5-dense", "clean")
PRUNED = Combination("lenet5-magnitude-0.9", "fog-3")
DEAD = Combination("lenet5-magnitude-0.9", "clean")
EVERYTHING = set(range(SAMPLE_COUNT))


def under(
    combination: Combination, metric: str, low: float | None = None, high: float | None = None
) -> RangeFilter:
    return RangeFilter(MetricUnder(combination, metric), Range(low, high))


def change(
    reference: Combination, compared: Combination, metric: str, low: float, high: float
) -> RangeFilter:
    return RangeFilter(MetricChange(reference, compared, metric), Range(low, high))


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


def by_hand(
    connection: duckdb.DuckDBPyConnection, combination: Combination
) -> dict[int, dict[str, Any]]:
    rows = query(
        connection,
        "SELECT * FROM sample_metrics WHERE model_id = $m AND condition_id = $c",
        {"m": NAMES.models[combination.model], "c": NAMES.conditions[combination.condition]},
    )
    return {row["sample_id"]: row for row in rows.iter_rows(named=True)}


def test_a_class_holds_its_samples(connection: duckdb.DuckDBPyConnection) -> None:
    assert samples(connection, OfClass("bird")) == {i for i in EVERYTHING if i % 4 == 2}


@pytest.mark.parametrize("correct", [True, False])
def test_right_or_wrong(connection: duckdb.DuckDBPyConnection, correct: bool) -> None:
    expected = {i for i, row in by_hand(connection, PRUNED).items() if row["correct"] is correct}
    assert samples(connection, Correctness(PRUNED, correct)) == expected


def test_the_four_outcomes_share_out_all_samples(connection: duckdb.DuckDBPyConnection) -> None:
    before, after = by_hand(connection, DENSE), by_hand(connection, PRUNED)
    found = {name: samples(connection, Outcome(DENSE, PRUNED, name)) for name in OUTCOMES}
    for name, (right_before, right_after, _) in OUTCOMES.items():
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
    found = samples(connection, under(DEAD, "angle", low, high))
    assert found == expected
    assert 0 not in found


def test_a_change_is_compared_minus_reference(connection: duckdb.DuckDBPyConnection) -> None:
    before, after = by_hand(connection, DENSE), by_hand(connection, PRUNED)
    expected = {i for i in EVERYTHING if -6 <= after[i]["length"] - before[i]["length"] <= -4}
    assert expected
    assert samples(connection, change(DENSE, PRUNED, "length", -6, -4)) == expected


def test_listed_samples_that_do_not_exist_select_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert samples(connection, SampleIds((3, 5, 999_999))) == {3, 5}
    assert samples(connection, SampleIds(())) == set()


def test_parts_combine_like_sets(connection: duckdb.DuckDBPyConnection) -> None:
    bird, wrong = OfClass("bird"), Correctness(PRUNED, False)
    birds, wrongs = samples(connection, bird), samples(connection, wrong)
    assert samples(connection, AllOf((bird, wrong))) == birds & wrongs
    assert samples(connection, AnyOf((bird, wrong))) == birds | wrongs
    assert samples(connection, Not(bird)) == EVERYTHING - birds
    assert samples(connection, AllOf()) == EVERYTHING
    assert samples(connection, AnyOf(())) == set()


def test_not_in_a_range_holds_the_samples_without_a_value(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert samples(connection, Not(under(DEAD, "angle"))) == {0}


def test_values_are_bound_and_never_part_of_the_text() -> None:
    where = AllOf((OfClass("bird"), under(DENSE, "angle", 12.5))).to_sql(NAMES)
    assert "12.5" not in where.sql
    assert "bird" not in where.sql
    assert {2, 12.5} <= set(dict(where.parameters).values())


@pytest.mark.parametrize(
    ("subset", "found"),
    [
        (OfClass("horse"), "class 'horse'"),
        (Correctness(Combination("vgg", "clean"), True), "model 'vgg'"),
        (Correctness(Combination("lenet5-dense", "rain-3"), True), "condition 'rain-3'"),
    ],
)
def test_an_unknown_name_gets_one_sentence(subset: Subset, found: str) -> None:
    with pytest.raises(SubsetError, match=found):
        subset.to_sql(NAMES)


def test_a_metric_that_is_no_column_is_refused() -> None:
    with pytest.raises(SubsetError, match="expected a metric"):
        under(DENSE, "angle FROM samples; --", 0, 1).to_sql(NAMES)


@pytest.mark.parametrize(
    ("subset", "sentence"),
    [
        (AllOf(), "all samples"),
        (
            AllOf((OfClass("cat"), Correctness(DENSE, False))),
            "class cat and wrong under lenet5-dense (clean)",
        ),
        (
            Outcome(DENSE, PRUNED, "broken"),
            "right → wrong from lenet5-dense (clean) to lenet5-magnitude-0.9 (fog-3)",
        ),
        (under(DENSE, "angle", 60), "angle at least 60° under lenet5-dense (clean)"),
        (
            change(DENSE, DEAD, "margin", -3, -1),
            "margin changed by -3 to -1 from lenet5-dense (clean) to lenet5-magnitude-0.9 (clean)",
        ),
        (SampleIds(tuple(range(8))), "samples 0, 1, 2, 3, 4 and 3 more"),
        (Not(OfClass("cat")), "not (class cat)"),
        (AnyOf((OfClass("cat"), OfClass("bird"))), "(class cat or class bird)"),
    ],
)
def test_a_subset_says_in_words_what_it_holds(subset: Subset, sentence: str) -> None:
    assert subset.sentence() == sentence


combinations = st.builds(
    Combination, st.sampled_from(sorted(NAMES.models)), st.sampled_from(sorted(NAMES.conditions))
)
numbers = st.none() | st.floats(-100, 100, allow_nan=False)
values = st.one_of(
    st.builds(MetricUnder, combinations, st.sampled_from(list(METRICS))),
    st.builds(MetricChange, combinations, combinations, st.sampled_from(list(METRICS))),
    st.builds(AngleToClass, combinations, st.sampled_from(CLASSES)),
)
leaves: st.SearchStrategy[Subset] = st.one_of(
    st.builds(OfClass, st.sampled_from(CLASSES)),
    st.builds(Correctness, combinations, st.booleans()),
    st.builds(Outcome, combinations, combinations, st.sampled_from(list(OUTCOMES))),
    st.builds(PredictedAs, combinations, st.sampled_from(CLASSES)),
    st.builds(RangeFilter, values, st.builds(Range, numbers, numbers)),
    st.builds(SampleIds, st.lists(st.integers(0, 50)).map(tuple)),
)


def _combined(parts: st.SearchStrategy[Subset]) -> st.SearchStrategy[Subset]:
    several = st.lists(parts, max_size=3).map(tuple)
    return st.one_of(st.builds(AllOf, several), st.builds(AnyOf, several), st.builds(Not, parts))


subsets = st.recursive(leaves, _combined, max_leaves=6)


@pytest.mark.parametrize(
    ("text", "subset"),
    [
        ('{"answered":["m","c"],"correct":true}', Correctness(Combination("m", "c"), True)),
        (
            '{"outcome":"broken","from":["m","c"],"to":["n","c"]}',
            Outcome(Combination("m", "c"), Combination("n", "c"), "broken"),
        ),
        (
            '{"metric":"angle","of":["m","c"],"range":[null,40.5]}',
            under(Combination("m", "c"), "angle", None, 40.5),
        ),
        (
            '{"change":"margin","from":["m","c"],"to":["n","c"],"range":[-2,1]}',
            change(Combination("m", "c"), Combination("n", "c"), "margin", -2, 1),
        ),
        (
            '{"angle_to":"cat","of":["m","c"],"range":[30,null]}',
            RangeFilter(AngleToClass(Combination("m", "c"), "cat"), Range(30)),
        ),
        ('{"predicted":"cat","of":["m","c"]}', PredictedAs(Combination("m", "c"), "cat")),
        (
            '{"all":[{"class":"cat"},{"not":{"samples":[1,2]}}]}',
            AllOf((OfClass("cat"), Not(SampleIds((1, 2))))),
        ),
    ],
)
def test_links_that_people_have_keep_their_meaning(text: str, subset: Subset) -> None:
    assert json_format.loads(text) == subset
    assert json_format.dumps(subset) == text


@given(subsets)
def test_json_gives_back_the_same_subset(subset: Subset) -> None:
    assert json_format.loads(json_format.dumps(subset)) == subset


@given(subsets)
def test_what_a_query_takes_can_be_the_key_of_a_cache(subset: Subset) -> None:
    sample_filter = SampleFilter(None, subset.to_sql(NAMES))
    assert hash(sample_filter) == hash(SampleFilter(None, subset.to_sql(NAMES)))


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
    with pytest.raises(SubsetError, match=r"^expected [^\n]+\.$"):
        json_format.loads(text)


def test_named_subsets_survive_a_file() -> None:
    named: dict[str, Subset] = {"hard birds": OfClass("bird"), "é": SampleIds((1, 2))}
    assert json_format.load_named(json_format.dump_named(named)) == named


@pytest.mark.parametrize("text", ["[]", '{"format":"other"}', '{"format":"prunescope-subsets"}'])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(SubsetError, match="expected"):
        json_format.load_named(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"not":' * 50_000 + "1" + "}" * 50_000,
        '{"not":' * 100 + '{"class":"a"}' + "}" * 100,
        '{"all":[' + ",".join(['{"class":"a"}'] * 501) + "]}",
        '{"samples":[' + ",".join(["1"] * 600_000) + "]}",
    ],
    ids=["lists", "deep", "deeper than any filter", "many parts", "long"],
)
def test_what_is_no_filter_that_people_make_gets_one_sentence(text):
    with pytest.raises(SubsetError, match=r"^expected"):
        json_format.loads(text)
    with pytest.raises(SubsetError, match=r"^expected"):
        json_format.load_named(f'{{"format":"{json_format.FORMAT}","subsets":{{"a":{text}}}}}')


def test_many_samples_are_a_filter():
    subset = SampleIds(tuple(range(100_000)))
    assert json_format.loads(json_format.dumps(subset)) == subset
