"""What is chosen in a study, in words, ids and filters, without the app."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.display.state.context import Context
from core.store.combination import Combination, Key
from core.store.queries.study import sample_count
from core.store.study import Study
from core.store.subsets.base import SampleFilter
from core.store.subsets.predicates import Correctness, SampleIds
from core.store.subsets.ranges import MetricUnder, Range, RangeFilter
from tests.open_study import DENSE, PRUNED, context_of, open_study
from tests.study_file import write_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return open_study(write_study(tmp_path / "tiny.duckdb"))


def test_both_combinations_are_compared_over_the_filtered_samples(study: Study) -> None:
    context = context_of(study, class_name="bird")
    paired = context.paired
    assert (paired.reference, paired.compared) == (Key(0, 0), Key(2, 2))
    assert paired.sample_filter == SampleFilter(2)
    assert context.sample_filter.class_id == 2
    assert context.roles == {"reference": DENSE, "compared": PRUNED}


def test_a_combination_compared_with_itself_is_known_as_such(study: Study) -> None:
    assert Context(study, DENSE, DENSE).compares_with_itself
    assert not Context(study, DENSE, Combination("lenet5-dense", "fog-3")).compares_with_itself


def test_a_selection_narrows_class_and_filter(study: Study) -> None:
    context = context_of(study, class_name="car", subset=SampleIds((1, 5, 6, 9)))
    selected = context.narrowed(SampleIds((5, 6, 7)))
    assert study.run(sample_count, context.sample_filter) == 3
    assert study.run(sample_count, selected) == 1
    assert context.narrowed(context.subset).class_id == context.sample_filter.class_id


def test_the_filter_in_words(study: Study) -> None:
    context = context_of(study, class_name="cat", subset=Correctness(PRUNED, False))
    words = context.sentence.replace("\u00a0", " ")
    assert words == "class cat and wrong under Magnitude 90 % (fog, severity 3)"
    assert context_of(study).sentence == "all samples"


def test_combinations_in_words(study: Study) -> None:
    context = context_of(study)
    assert context.short(PRUNED).replace("\u00a0", " ") == "Magnitude 90 %, fog, severity 3"
    assert context.describe(DENSE) == "lenet5 · dense · seed 7 · clean"
    assert context.label("not of this study") == "not of this study"


def test_a_range_can_be_selected_twice(study: Study) -> None:
    part = RangeFilter(MetricUnder(DENSE, "angle"), Range(30, None))
    once, twice = context_of(study).narrowed(part), context_of(study, subset=part).narrowed(part)
    assert study.run(sample_count, once) == study.run(sample_count, twice) > 0


WITHOUT_STREAMLIT = """
import sys
sys.modules["streamlit"] = None
from pathlib import Path
from tests.open_study import context_of, open_study
print(context_of(open_study(Path(sys.argv[1])), class_name="cat").sentence)
"""


def test_a_script_needs_no_streamlit(tmp_path: Path) -> None:
    path = write_study(tmp_path / "tiny.duckdb")
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_STREAMLIT, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout, result.stderr) == ("class cat\n", "")
