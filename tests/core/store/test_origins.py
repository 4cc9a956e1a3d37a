"""Which question each frame answers, and the queries behind it."""

from __future__ import annotations

import gc
from dataclasses import dataclass

import polars as pl
import pytest

from core.store.origins import Origin, Origins
from core.store.queries.accuracy import ACCURACY_SQL, accuracy
from core.store.queries.comparison import outcome_counts
from core.store.recording import query_text, recorded
from core.store.study import Results, Study
from tests.open_study import context_of, open_study
from tests.study_file import write_study


@dataclass(frozen=True)
class Answer:
    rows: pl.DataFrame
    parts: dict[str, tuple[pl.DataFrame, ...]]
    title: str


def answered(study: Study, limit: int) -> Answer:
    rows = study.run(accuracy)
    return Answer(rows.head(limit), {"a": (rows.tail(limit),), "whole": (rows,)}, "title")


@pytest.fixture
def study(tmp_path):
    return open_study(write_study(tmp_path / "tiny.duckdb"), Results())


def test_a_frame_knows_the_query_that_it_answers(study):
    rows = study.run(accuracy)
    assert study.run(accuracy) is rows
    assert study.origin(rows).words == "core.store.queries.accuracy.accuracy()"
    assert study.origin(rows.clone()) is None


def test_frames_inside_an_answer_know_the_function_and_its_values(study):
    found = study.derive(answered, limit=2)
    for frame in (found.rows, found.parts["a"][0]):
        assert study.origin(frame).words == f"{__name__}.answered(2)"
    assert study.origin(found.parts["whole"][0]).words.endswith(".accuracy.accuracy()")


def test_the_queries_behind_an_answer_can_be_asked_again(study):
    found = study.derive(answered, limit=2)
    asked = study.queries_behind(study.origin(found.rows))
    assert asked == [(ACCURACY_SQL, {"class_id": None})]
    query, _, values = query_text(asked[0]).partition(";\n-- ")
    assert values == '{"class_id": null}'
    rows = study.ask(lambda connection: connection.cursor().execute(query, {"class_id": None}))
    assert rows.fetchall() == study.run(accuracy).rows()


def test_pairs_are_noted_with_all_their_queries(study):
    context = context_of(study)
    found = study.run_paired(outcome_counts, context.paired, context_selection())
    origin = study.origin(found)
    assert origin.name == "core.store.queries.comparison.outcome_counts"
    texts = [sql for sql, _ in study.queries_behind(origin)]
    assert len(texts) == 3
    assert "FROM sample_metrics" in texts[0]
    assert "FROM pairs" in texts[-1]


def context_selection():
    from core.store.subsets.ranges import ColumnRanges  # noqa: PLC0415

    return ColumnRanges(())


def test_a_dropped_frame_is_forgotten():
    origins = Origins()
    origin = Origin("f", (), lambda study: None)
    frames = [pl.DataFrame({"a": [i]}) for i in range(3)]
    origins.note(frames, origin)
    assert [origins.find(frame) for frame in frames] == [origin] * 3
    del frames[1:]
    gc.collect()
    assert len(origins._known) == 1


def test_the_first_origin_stays():
    origins = Origins()
    rows = pl.DataFrame({"a": [1]})
    first, second = (Origin(name, (), lambda study: None) for name in "ab")
    origins.note(rows, first)
    origins.note({"rows": rows}, second)
    assert origins.find(rows) is first


def test_long_values_are_cut():
    words = Origin("f", (tuple(range(1000)), "x"), lambda study: None).words
    assert words.startswith("f((0, 1, 2, ")
    assert words.endswith("…, 'x')")
    assert len(words) < 200


def test_recording_ends_with_its_block_and_holds_copies(study):
    with recorded() as outer:
        study.ask(accuracy)
        with recorded() as inner:
            study.ask(accuracy)
        study.ask(accuracy)
    study.ask(accuracy)
    assert (len(outer), len(inner)) == (2, 1)
