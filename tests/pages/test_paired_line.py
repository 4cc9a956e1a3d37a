"""The line about reference and compared, on every page that shows both."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from scipy.stats import binomtest
from streamlit.testing.v1 import AppTest

from core.store.combination import Combination
from core.store.subsets import json_format
from core.store.subsets.base import Subset
from core.store.subsets.predicates import Correctness, Outcome, SampleIds
from core.store.subsets.ranges import MetricUnder, Range, RangeFilter
from tests.pages.opening import open_page
from tests.study_file import write_study

LOCAL, GLOBAL = "pages/2_Local_Geometry.py", "pages/3_Global_Geometry.py"
COMPARED = {"compared": "lenet5-magnitude-0.9", "compared_condition": "fog-3"}
BOTH_SHOWN = {
    "compare": (LOCAL, {"look": "changed"}),
    "across models": (LOCAL, {"look": "models"}),
    "global": (GLOBAL, {}),
}
DENSE = Combination("lenet5-dense", "clean")
BY_THE_MODELS: list[Subset] = [
    Correctness(DENSE, correct=True),
    Outcome(DENSE, Combination("lenet5-magnitude-0.9", "fog-3"), "both right"),
    RangeFilter(MetricUnder(DENSE, "angle"), Range(30.0, None)),
]


@pytest.fixture(autouse=True)
def _study(studies: Path) -> Path:
    return write_study(studies / "tiny.duckdb", sample_count=400)


def lines(app: AppTest) -> list[str]:
    texts = (text.value.replace("\u00a0", " ") for text in app.main.markdown)
    return [text for text in texts if text.startswith("Accuracy ")]


@pytest.mark.parametrize("view", BOTH_SHOWN)
def test_accuracy_difference_and_what_changed_stand_in_one_line(studies: Path, view: str) -> None:
    with duckdb.connect(str(studies / "tiny.duckdb"), read_only=True) as connection:
        (counts,) = connection.execute(
            "SELECT count(*), sum(r.correct::INT), sum(c.correct::INT), "
            "count(*) FILTER (c.correct AND NOT r.correct), "
            "count(*) FILTER (r.correct AND NOT c.correct) "
            "FROM sample_metrics r JOIN sample_metrics c USING (sample_id) "
            "WHERE r.model_id = 0 AND r.condition_id = 0 "
            "AND c.model_id = 2 AND c.condition_id = 2"
        ).fetchall()
    page, query = BOTH_SHOWN[view]
    (line,) = lines(open_page(page, **query, **COMPARED))
    samples, before, after, fixed, broken = map(int, counts)
    assert binomtest(fixed, fixed + broken, 0.5).pvalue < 1e-4
    first, difference, changed, p_words = line.split(" · ")
    shown = f"{100 * before / samples:.1f} % → {100 * after / samples:.1f} %"
    assert first == f"Accuracy {shown} of 400 samples"
    assert difference.startswith(f"difference −{100 * (before - after) / samples:.1f} points (95")
    assert changed == f"{fixed} fixed (wrong → right), {broken} broken (right → wrong)"
    assert p_words == "exact McNemar p < 0.0001"


@pytest.mark.parametrize("view", BOTH_SHOWN)
def test_a_combination_compared_with_itself_has_no_line(view: str) -> None:
    page, query = BOTH_SHOWN[view]
    assert lines(open_page(page, **query, reference=DENSE.model, compared=DENSE.model)) == []


@pytest.mark.parametrize("subset", BY_THE_MODELS, ids=str)
@pytest.mark.parametrize("view", BOTH_SHOWN)
def test_samples_that_the_models_chose_are_not_tested(view: str, subset: Subset) -> None:
    page, query = BOTH_SHOWN[view]
    app = open_page(page, **query, **COMPARED, subset=json_format.dumps(subset))
    (line,) = lines(app)
    assert line.endswith(" · chosen by this; no test")
    assert "interval" not in line


def test_hand_picked_samples_are_not_tested() -> None:
    subset = json_format.dumps(SampleIds(tuple(range(50))))
    (line,) = lines(open_page(GLOBAL, **COMPARED, subset=subset))
    assert line.endswith(" · hand-picked; no test")


def test_samples_that_another_model_chose_are_tested() -> None:
    other = Correctness(Combination("lenet5-random-0.5", "clean"), correct=True)
    (line,) = lines(open_page(GLOBAL, **COMPARED, subset=json_format.dumps(other)))
    assert "exact McNemar p" in line


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.main.caption)


def test_mean_shifts_are_tested_over_all_axes_unless_the_models_chose_the_samples() -> None:
    assert "Holm's correction over 7 axes" in captions(open_page(GLOBAL, **COMPARED))
    chosen = open_page(GLOBAL, **COMPARED, subset=json_format.dumps(BY_THE_MODELS[0]))
    assert "over the same samples (chosen by this; no test)." in captions(chosen)
    assert "yellow where it differs" not in captions(chosen)


def titles(app: AppTest) -> list[str]:
    texts = (text.value.replace("\\", "") for text in app.main.markdown)
    return [text for text in texts if "mean shift" in text]


def test_mean_shifts_of_a_selection_or_of_chosen_samples_have_no_interval() -> None:
    query = {"look": "changed", **COMPARED}
    assert all("95 % interval" in title for title in titles(open_page(LOCAL, **query)))
    for app in (
        open_page(LOCAL, **query, change_angle="5~"),
        open_page(LOCAL, **query, place_length="8~"),
        open_page(LOCAL, **query, subset=json_format.dumps(BY_THE_MODELS[2])),
    ):
        assert len(titles(app)) == 4
        assert all("(chosen by this; no test)" in title for title in titles(app))


def test_accuracy_on_samples_that_the_model_chose_has_no_interval() -> None:
    subset = json_format.dumps(BY_THE_MODELS[0])
    texts = [text.value for text in open_page(LOCAL, subset=subset).main.markdown]
    (summary,) = [text for text in texts if "· accuracy **" in text]
    assert "(chosen by this; no test)" in summary
    assert not any("interval" in text for text in texts)
    swept = open_page(LOCAL, look="ratios", subset=subset).main.caption
    assert any("Above: accuracy (chosen by this; no test)." in text.value for text in swept)
