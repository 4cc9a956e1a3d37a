from __future__ import annotations

import polars as pl
import pytest

from core.display.evaluation.bar_frames import accuracy_by_corruption

CONDITIONS = pl.DataFrame(
    {
        "condition_id": [0, 1, 2, 3],
        "name": ["clean", "fog-1", "fog-3", "contrast-1"],
        "corruption": ["clean", "fog", "fog", "contrast"],
        "category": ["clean", "weather", "weather", "digital"],
        "severity": [0, 1, 3, 1],
    }
)


def _models(*rows: tuple[str, str, float, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "model_id": i,
                "name": name,
                "network": "lenet5",
                "series": method.capitalize(),
                "method": method,
                "ratio": ratio,
                "sparsity": ratio,
                "scope": None if method == "dense" else "global",
                "retrained": name.endswith("r"),
                "seed": seed,
            }
            for i, (name, method, ratio, seed) in enumerate(rows)
        ],
        schema_overrides={"scope": pl.String},
    )


def _accuracy(correct: dict[tuple[int, int], int]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"model_id": m, "condition_id": c, "correct": n, "samples": 100}
            for (m, c), n in correct.items()
        ]
    )


MODELS = _models(
    ("dense", "dense", 0.0, 0),
    ("m5", "magnitude", 0.5, 0),
    ("m9", "magnitude", 0.9, 0),
    ("r5", "random", 0.5, 0),
)
ACCURACY = _accuracy(
    {
        (0, 0): 90, (0, 1): 80, (0, 2): 60, (0, 3): 70,
        (1, 0): 88, (1, 1): 70, (1, 2): 50, (1, 3): 20,
        (2, 0): 40, (2, 1): 30, (2, 2): 10, (2, 3): 10,
        (3, 0): 50, (3, 1): 20, (3, 2): 20, (3, 3): 30,
    }
)  # fmt: skip


def test_the_mean_of_severities_is_taken_per_corruption() -> None:
    rows = accuracy_by_corruption(ACCURACY, MODELS, CONDITIONS)
    fog = rows.filter((pl.col("column") == "fog") & (pl.col("name") == "dense")).row(0, named=True)
    assert fog["accuracy"] == pytest.approx(0.7)
    assert fog["severities"] == 2
    assert rows["column"].unique(maintain_order=True).to_list() == ["clean", "fog", "contrast"]


def test_one_severity_keeps_clean_and_drops_corruptions_without_it() -> None:
    rows = accuracy_by_corruption(ACCURACY, MODELS, CONDITIONS, severity=3)
    assert rows["column"].unique(maintain_order=True).to_list() == ["clean", "fog"]
    assert rows.filter(pl.col("name") == "dense")["accuracy"].to_list() == [0.9, 0.6]
