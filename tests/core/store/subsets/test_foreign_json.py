"""Subsets from links and files of anybody: read and answered, or refused in one sentence."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.metrics import METRICS
from core.store.errors import StudyError
from core.store.queries.study import sample_count
from core.store.subsets.base import SampleFilter, Subset, SubsetError
from core.store.subsets.json_format import MOST_DEPTH, MOST_PARTS, dumps, load_named, loads
from tests.open_study import open_study
from tests.study_file import write_study

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["lenet5-dense", "clean", "fog-3", "car", "broken", *METRICS])
)
KEYS = st.sampled_from(
    ["class", "answered", "correct", "outcome", "from", "to", "metric", "of", "range", "change",
     "angle_to", "predicted", "samples", "all", "any", "not", "other"]
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
PAIR = st.sampled_from([["lenet5-dense", "clean"], ["lenet5-dense", "fog-3"], ["no", "clean"]])
LIMITS = st.lists(st.none() | st.floats() | st.integers(-(10**20), 10**20), min_size=2, max_size=2)
LIKELY = st.recursive(
    st.fixed_dictionaries({"class": st.text(max_size=3) | st.just("car")})
    | st.fixed_dictionaries({"answered": PAIR, "correct": st.booleans()})
    | st.fixed_dictionaries({"metric": st.sampled_from([*METRICS]), "of": PAIR, "range": LIMITS})
    | st.fixed_dictionaries({"samples": st.lists(st.integers(-(2**40), 2**40), max_size=5)})
    | st.fixed_dictionaries({"angle_to": st.just("car"), "of": PAIR, "range": LIMITS}),
    lambda inner: (
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"any": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"not": inner})
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return open_study(write_study(tmp_path_factory.mktemp("study") / "study.duckdb"))


def assert_answered_or_refused(study, text):
    try:
        subset = loads(text)
        assert isinstance(subset, Subset)
        assert loads(dumps(subset)) == subset
        where = subset.to_sql(study.names)
        subset.sentence()
        assert study.ask(sample_count, SampleFilter(None, where)) >= 0
    except (SubsetError, StudyError) as error:
        assert str(error)
        assert "\n" not in str(error)
        assert len(str(error)) < 400


@settings(max_examples=300, deadline=None)
@given(data=ANYTHING)
def test_any_json_is_a_subset_or_one_sentence(study, data):
    assert_answered_or_refused(study, json.dumps(data))


@settings(max_examples=200, deadline=None)
@given(data=LIKELY)
def test_what_looks_like_a_subset_is_answered_or_refused(study, data):
    assert_answered_or_refused(study, json.dumps(data))


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.decode("latin-1")))
def test_any_text_is_a_subset_or_one_sentence(study, text):
    assert_answered_or_refused(study, text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"not":' * 5_000 + "{}" + "}" * 5_000,
        '{"not":' * (MOST_DEPTH + 1) + '{"class":"car"}' + "}" * (MOST_DEPTH + 1),
        '{"all":[' + ",".join(['{"class":"car"}'] * (MOST_PARTS + 1)) + "]}",
        '{"metric":["angle"],"of":["lenet5-dense","clean"],"range":[0,1]}',
        '{"metric":"angle","of":["lenet5-dense","clean"],"range":[0,1e999]}',
        '{"metric":"angle","of":["lenet5-dense","clean"],"range":[NaN,1]}',
        '{"metric":"angle","of":["lenet5-dense","clean"],"range":[0,' + "9" * 5_000 + "]}",
        '{"outcome":{},"from":["a","b"],"to":["a","b"]}',
        '{"class":"\\ud800"}',
        '{"samples":[' + "1," * 600_000 + "1]}",
    ],
    ids=range(11),
)
def test_what_no_person_makes_is_refused_in_one_sentence(text):
    with pytest.raises(SubsetError) as error:
        loads(text)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


def test_many_named_subsets_are_fine(study):
    one = {"class": "car"}
    text = json.dumps(
        {"format": "prunescope-subsets", "subsets": dict.fromkeys(map(str, range(200)), one)}
    )
    assert len(load_named(text)) == 200
