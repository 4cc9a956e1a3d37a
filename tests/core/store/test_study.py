"""An open study: names and ids, and results through a cache."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.store.combination import Combination, Key
from core.store.connection import Connection, connect
from core.store.queries.comparison import outcome_counts
from core.store.queries.paired import PairedSamples, pair_table
from core.store.queries.study import sample_count
from core.store.study import Study, frozen
from core.store.subsets.base import SampleFilter
from core.store.subsets.ranges import ColumnRanges, Range
from tests.study_file import CLASSES, write_study


class Counting:
    """A cache that says what was made."""

    def __init__(self) -> None:
        self.results: dict[Hashable, Any] = {}
        self.made = 0

    def __call__(self, key: Hashable, make: Callable[[], Any]) -> Any:
        if key not in self.results:
            self.made += 1
            self.results[key] = make()
        return self.results[key]


@pytest.fixture
def cache() -> Counting:
    return Counting()


@pytest.fixture
def study(tmp_path: Path, cache: Counting) -> Iterator[Study]:
    with connect(write_study(tmp_path / "tiny.duckdb")) as connection:
        yield Study(connection, "tiny-1", cache)


def numbers(connection: Connection, *values: int, factor: int = 1) -> list[int]:
    return [factor * value for value in values]


def test_ids_stand_behind_names(study: Study) -> None:
    assert study.key(Combination("lenet5-random-0.5", "fog-3")) == Key(3, 2)
    assert study.names.classes == {name: i for i, name in enumerate(CLASSES)}
    assert study.class_names[2] == "bird"
    assert study.model_row("lenet5-magnitude-0.9")["sparsity"] == 0.9
    assert study.about["samples"] == 40


def test_an_unknown_name_has_no_key(study: Study) -> None:
    with pytest.raises(KeyError):
        study.key(Combination("vgg", "clean"))


def test_the_same_query_is_run_once(study: Study, cache: Counting) -> None:
    one = SampleFilter(1)
    assert study.run(sample_count, one) == study.run(sample_count, SampleFilter(1)) == 10
    assert cache.made == 1
    study.run(sample_count)
    assert cache.made == 2


def test_arguments_tell_results_apart(study: Study, cache: Counting) -> None:
    assert study.run(numbers, 1, 2) == [1, 2]
    assert study.run(numbers, 1, 2, factor=3) == [3, 6]
    assert study.run(numbers, 2, 1) == [2, 1]
    assert cache.made == 3


def test_versions_do_not_share_results(study: Study, cache: Counting, tmp_path: Path) -> None:
    study.run(sample_count)
    with connect(write_study(tmp_path / "other.duckdb", sample_count=20)) as connection:
        assert Study(connection, "tiny-2", cache).run(sample_count) == 20


def test_what_is_asked_is_not_kept(study: Study, cache: Counting) -> None:
    assert study.ask(sample_count) == 40
    assert cache.made == 0


def test_what_is_made_of_a_study_is_made_once(study: Study, cache: Counting) -> None:
    calls = []

    def names(one: Study, prefix: str) -> list[str]:
        calls.append(prefix)
        return [prefix + name for name in one.names.classes]

    assert study.derive(names, "a ")[0] == "a plane"
    assert study.derive(names, "a ")[1] == "a car"
    assert study.derive(names, "the ")[0] == "the plane"
    assert calls == ["a ", "the "]


def test_pairs_are_joined_once_whatever_is_asked_of_them(study: Study, cache: Counting) -> None:
    pairs = PairedSamples(Key(0, 0), Key(2, 2))
    selection = ColumnRanges((("change_angle", Range(0)),))
    everything = study.run_paired(outcome_counts, pairs)
    some = study.run_paired(outcome_counts, pairs, selection)
    assert everything["samples"].sum() == some["samples"].sum() == 40
    assert everything["selected"].sum() > some["selected"].sum()
    joins = [key for key in cache.results if pair_table.__qualname__ in repr(key)]
    assert (len(joins), cache.made) == (1, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, [2, 3]], (1, (2, 3))),
        ({"a": [1]}, {"a": (1,)}),
        ({1, 2}, frozenset({2, 1})),
        (Key(1, 2), (1, 2)),
    ],
)
def test_equal_values_freeze_to_equal_keys(one: object, other: object) -> None:
    assert frozen(one) == frozen(other)
    assert hash(frozen(one)) == hash(frozen(other))


def test_what_cannot_be_compared_is_no_key() -> None:
    with pytest.raises(TypeError):
        frozen(pl.DataFrame())
