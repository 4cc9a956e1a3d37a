"""The pair that Home opens with: by evidence, in one network, corrected over the search."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from core.display import labels
from core.display.home.headline import (
    Headline,
    headline_text,
    headline_title,
    nothing_text,
    search_headline,
)
from core.stats.paired import PairedAccuracy
from core.store.combination import Combination
from core.store.rows import CLEAN, ConditionRow, ModelRow
from tests.answered_study import FOG, answers, write_answered_study
from tests.open_study import open_study
from tests.study_file import MODELS, write_study

SNOW = ConditionRow("snow-5", "snow", "weather", 5, "generated", True)
LABELS = [i % 5 for i in range(1_000)]


def model(name: str, method: str = "magnitude", network: str = "net", **columns: Any) -> ModelRow:
    standard = {"ratio": 0.0, "parent": None} if method == "dense" else {"ratio": 0.5}
    return ModelRow(name=name, method=method, network=network, **{**standard, **columns})


def search(tmp_path: Path, wrong: dict[str, tuple[int, int, int]], models: list[ModelRow]) -> Any:
    """Each model is wrong on its first so many samples, clean, in fog and in snow."""
    conditions = (CLEAN, FOG, SNOW)
    predictions = {
        (name, condition.name): answers(LABELS, range(count))
        for name, counts in wrong.items()
        for condition, count in zip(conditions, counts, strict=True)
    }
    path = write_answered_study(
        tmp_path / "s.duckdb", LABELS, predictions, models=models, conditions=conditions
    )
    return search_headline(open_study(path))


def test_the_pair_that_differs_most_under_a_corruption_and_not_on_clean_images(
    tmp_path: Path,
) -> None:
    found = search(
        tmp_path,
        {
            "dense": (20, 50, 50),
            "a": (40, 100, 100),
            "b": (44, 180, 130),  # as good as a on clean images, and 80 worse in fog
            "c": (49, 150, 300),  # nine more errors than a on clean images: significant
            "d": (100, 400, 400),  # differs on clean images as well
        },
        [model("dense", "dense"), *(model(name, ratio=i / 9) for i, name in enumerate("abcd", 1))],
    )
    # c and b: 5 apart on clean images (p = 0.06), 170 in snow
    assert found.comparisons == 6 * 2
    pair = found.headline
    assert (pair.better, pair.worse, pair.condition) == ("b", "c", "snow-5")
    assert (pair.clean.broken, pair.clean.fixed) == (5, 0)
    assert (pair.corrupted.broken, pair.corrupted.fixed) == (170, 0)
    assert pair.p_value == pytest.approx(12 * binomtest(0, 170).pvalue)
    assert pair.combinations == (Combination("b", "snow-5"), Combination("c", "snow-5"))


def test_networks_are_not_mixed(tmp_path: Path) -> None:
    found = search(
        tmp_path,
        {"a": (40, 100, 100), "b": (40, 400, 400)},
        [model("a"), model("b", network="other")],
    )
    assert (found.headline, found.comparisons) == (None, 0)


def test_models_close_to_their_own_parent_come_first(tmp_path: Path) -> None:
    found = search(
        tmp_path,
        {
            "dense": (20, 30, 30),
            "a": (30, 100, 100),
            "b": (30, 200, 100),
            "c": (300, 350, 300),
            "d": (300, 700, 300),
        },
        [
            model("dense", "dense"),
            *(model(name, ratio=i / 9, parent="dense") for i, name in enumerate("abcd", 1)),
        ],
    )
    assert (found.headline.better, found.headline.worse) == ("a", "b")


def test_a_difference_that_the_correction_eats_is_no_headline(tmp_path: Path) -> None:
    names = [f"m{i}" for i in range(30)]
    wrong = dict.fromkeys(names, (40, 100, 100)) | {"m3": (40, 109, 100)}
    assert binomtest(0, 9).pvalue < 0.05
    found = search(tmp_path, wrong, [model(name, ratio=i / 99) for i, name in enumerate(names)])
    assert found.headline is None
    assert found.comparisons == 30 * 29 // 2 * 2
    assert "corrected over the 870 comparisons searched" in nothing_text(found.comparisons)


def test_the_more_accurate_one_is_named_first(tmp_path: Path) -> None:
    found = search(
        tmp_path, {"a": (40, 300, 100), "b": (42, 100, 100)}, [model("a"), model("b", ratio=0.7)]
    )
    assert (found.headline.better, found.headline.worse) == ("b", "a")
    assert (found.headline.clean.reference_correct, found.headline.clean.fixed) == (958, 2)
    assert (found.headline.corrupted.broken, found.headline.corrupted.fixed) == (200, 0)


def test_degenerate_models_and_equal_ones_make_no_headline(tmp_path: Path) -> None:
    conditions = (CLEAN, FOG)
    constant, right = [2] * len(LABELS), answers(LABELS, range(799))
    predictions = {
        ("a", "clean"): constant, ("a", "fog-5"): constant,
        ("b", "clean"): right, ("b", "fog-5"): answers(LABELS, range(990)),
    }  # fmt: skip
    path = write_answered_study(
        tmp_path / "s.duckdb", LABELS, predictions, models=[model("a"), model("b", ratio=0.7)],
        conditions=conditions,
    )  # fmt: skip
    assert search_headline(open_study(path)).headline is None


def test_one_sample_or_one_model_has_no_headline(tmp_path: Path) -> None:
    for i, what in enumerate(({"sample_count": 1}, {"sample_count": 0}, {"models": MODELS[:1]})):
        study = open_study(write_study(tmp_path / f"{i}.duckdb", **what))
        assert search_headline(study).headline is None


FOUND = Headline(
    better="a", worse="b", network="net", condition="fog-5",
    clean=PairedAccuracy(1_000, 960, 956, broken=10, fixed=6),
    corrupted=PairedAccuracy(1_000, 900, 820, broken=120, fixed=40),
    comparisons=500,
)  # fmt: skip


def test_the_interval_covers_all_that_was_searched() -> None:
    low, high = FOUND.interval
    assert low < FOUND.corrupted.interval[0] < -0.08 < FOUND.corrupted.interval[1] < high < 0
    p = binomtest(40, 160).pvalue
    assert FOUND.p_value == pytest.approx(500 * p)


def test_the_words_give_both_rates_differences_and_the_search() -> None:
    words = {"a": "Magnitude 90 %", "b": "Random_ 50 %", "fog-5": "fog, severity 5"}
    assert headline_title(FOUND, words["fog-5"]).replace("\u00a0", " ") == (
        "Two pruned networks, equally accurate on clean images (96.0 % and 95.6 %). Under fog, "
        "severity 5, one falls to 82.0 %, the other only to 90.0 %."
    )
    text = headline_text(FOUND, words).replace("\u00a0", " ")
    assert "**Magnitude 90 %** and **Random\\_ 50 %** of net get 96.0 % and 95.6 %" in text
    assert "1,000 clean images right: difference −0.4 points (95 % interval" in text
    assert "it is **90.0 %** against **82.0 %**: difference −8.0 points (interval" in text
    assert "40 fixed and 120 broken, p < 0.0001" in text
    assert "(Bonferroni) for the search over 500 comparisons" in text
    assert labels.count(500, "comparison") in text


def test_a_random_study_has_no_headline_in_95_of_100(tmp_path: Path) -> None:
    """The search does not find what is not there: ten equal models, answers drawn at random."""
    rng = np.random.default_rng(5)
    false_alarms = 0
    for trial in range(12):
        names = [f"m{i}" for i in range(10)]
        predictions = {
            (name, condition): answers(LABELS[:200], np.flatnonzero(rng.random(200) < 0.2).tolist())
            for name in names
            for condition in ("clean", "fog-5")
        }
        path = write_answered_study(
            tmp_path / f"{trial}.duckdb", LABELS[:200], predictions,
            models=[model(name, ratio=i / 99) for i, name in enumerate(names)],
            conditions=(CLEAN, FOG),
        )  # fmt: skip
        false_alarms += search_headline(open_study(path)).headline is not None
    assert false_alarms <= 2  # 0.05 or less each: three of twelve in 2 % of runs
