"""Exemplars and how they differ, on rows made by hand and against SciPy."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import mannwhitneyu
from sklearn.metrics import roc_auc_score

from core.display.samples.exemplars.frames import (
    Exemplars,
    dense_population,
    difference_rows,
    populations,
    shown_rows,
)
from core.metrics import METRICS


def modal_rows(exemplar: list[bool], **metrics: list[float | None]) -> pl.DataFrame:
    count = len(exemplar)
    return pl.DataFrame(
        {
            "sample_id": range(count),
            "class": ["cat"] * count,
            "dense_modes": [["cat"]] * count,
            "pruned_modes": [["dog", "bird"]] * count,
            "exemplar": exemplar,
            "dense_right": [2] * count,
            "dense_models": [3] * count,
            "pruned_right": [0] * count,
            "pruned_models": [4] * count,
            **{
                name: pl.Series(metrics.get(name, [1.0] * count), dtype=pl.Float64)
                for name in METRICS
            },
        }
    )


def test_differences_are_tested_by_ranks_and_corrected_over_the_metrics() -> None:
    rng = np.random.default_rng(0)
    exemplar = (np.arange(80) < 20).tolist()
    values = {name: rng.normal(size=80) for name in METRICS}
    values["margin"][:20] -= 1.5
    found, tests = difference_rows(
        modal_rows(exemplar, **{name: one.tolist() for name, one in values.items()}), None
    )
    assert tests == len(METRICS)
    raw = [mannwhitneyu(one[:20], one[20:], method="asymptotic").pvalue for one in values.values()]
    order = np.argsort(raw)
    holm = np.empty(len(raw))
    largest = 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(raw) - rank) * raw[place]))
        holm[place] = largest
    assert holm[list(METRICS).index("margin")] < 0.01 < sorted(holm)[1]
    for row, p_value, one in zip(found.iter_rows(named=True), holm, values.values(), strict=True):
        assert row["p"] == ("< 0.0001" if p_value < 1e-4 else f"{p_value:.2g}")
        assert row["area"].startswith(f"{roc_auc_score(exemplar, one):.3f} (")
    margin = found.row(by_predicate=pl.col("metric") == "Margin", named=True)
    assert margin["exemplars"] == f"{values['margin'][:20].mean():.2f}"
    assert margin["others"] == f"{values['margin'][20:].mean():.2f}"


def test_samples_chosen_by_a_shown_model_get_no_test() -> None:
    rows = modal_rows([i < 20 for i in range(60)], margin=[float(i) for i in range(60)])
    found, tests = difference_rows(rows, "chosen by this; no test")
    assert tests == 0
    assert set(found["p"]) == {"chosen by this; no test"}
    assert not any("(" in area for area in found["area"])


def test_few_exemplars_and_undefined_metrics_have_no_test() -> None:
    rows = modal_rows([True] * 3 + [False] * 30, angle=[None] * 33)
    found, tests = difference_rows(rows, None)
    assert tests == 0
    assert set(found["p"]) == {"too few"}
    assert found.row(0) == ("Angle", "–", "–", "–", "too few")


def test_cards_say_the_answers_of_both_populations() -> None:
    rows = modal_rows([True, True, True], margin=[1.0, None, 2.0])
    assert shown_rows(rows).rows() == [
        (2, "cat", "cat (2 of 3 right)", "dog or bird (0 of 4 right)"),
        (0, "cat", "cat (2 of 3 right)", "dog or bird (0 of 4 right)"),
        (1, "cat", "cat (2 of 3 right)", "dog or bird (0 of 4 right)"),
    ]


@pytest.mark.parametrize(
    ("dense", "pruned", "name"),
    [(3, 3, "Pruning-identified exemplars"), (2, 5, "Prediction changes"),
     (5, 2, "Prediction changes")],
)  # fmt: skip
def test_three_seeds_on_each_side_make_exemplars(dense: int, pruned: int, name: str) -> None:
    nothing = pl.DataFrame()
    found = Exemplars(nothing, (), nothing, {}, 0, 0, dense=dense, pruned=pruned, comparisons=0)
    assert found.name == name


def test_populations_differ_in_seeds_only() -> None:
    models = pl.DataFrame(
        [
            (0, "net", "dense", "Dense", 0.0, False),
            (1, "net", "dense", "Dense", 0.0, False),
            (2, "net", "dense", "Dense, retrained", 0.0, True),
            (3, "net", "magnitude", "Magnitude", 0.5, False),
            (4, "net", "magnitude", "Magnitude", 0.9, False),
            (5, "net", "magnitude", "Magnitude", 0.5, False),
            (6, "other", "magnitude", "Magnitude", 0.5, False),
        ],
        schema=["model_id", "network", "method", "series", "ratio", "retrained"],
        orient="row",
    )
    found = populations(models, "net")
    assert [(one.name, one.model_ids) for one in found] == [
        ("Magnitude@0.5", (3, 5)), ("Magnitude@0.9", (4,)),
    ]  # fmt: skip
    labels = [one.label.replace("\N{NO-BREAK SPACE}", " ") for one in found]
    assert labels == ["Magnitude, 50 % (2 models)", "Magnitude, 90 % (1 model)"]
    assert dense_population(models, "net") == (0, 1)
