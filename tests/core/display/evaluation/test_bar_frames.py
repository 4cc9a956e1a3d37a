from __future__ import annotations

import polars as pl
import pytest

from core.display.evaluation.bar_frames import (
    FULL,
    accuracy_by_corruption,
    histogram_tables,
    ranked_bars,
)

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


def test_methods_stand_by_their_best_accuracy_on_each_corruption() -> None:
    bars = ranked_bars(accuracy_by_corruption(ACCURACY, MODELS, CONDITIONS))
    ranks = {(row["column"], row["series"]): row["rank"] for row in bars.iter_rows(named=True)}
    assert ranks["clean", "Magnitude"] == 1
    assert ranks["fog", "Magnitude"] == 1
    assert ranks["contrast", "Random"] == 1
    assert ranks["contrast", "Magnitude"] == 2


def test_bars_stand_in_their_row_and_reach_as_high_as_the_accuracy() -> None:
    bars = ranked_bars(accuracy_by_corruption(ACCURACY, MODELS, CONDITIONS))
    best = bars.filter((pl.col("column") == "clean") & (pl.col("name") == "m5")).row(0, named=True)
    assert best["base"] == 1
    assert best["top"] == pytest.approx(1 + FULL * 0.88)
    assert best["dense_line"] == pytest.approx(1 + FULL * 0.9)
    assert "dense" not in bars["method"]


def test_seeds_share_a_bar_with_their_spread() -> None:
    models = _models(("dense", "dense", 0.0, 0), ("a", "random", 0.5, 0), ("b", "random", 0.5, 1))
    accuracy = _accuracy({(0, 0): 90, (1, 0): 40, (2, 0): 60})
    bars = ranked_bars(accuracy_by_corruption(accuracy, models, CONDITIONS))
    row = bars.row(0, named=True)
    assert bars.height == 1
    assert (row["name"], row["seeds"]) == ("a", 2)
    assert (row["lowest"], row["accuracy"], row["highest"]) == pytest.approx((0.4, 0.5, 0.6))


def test_without_pruned_models_there_are_no_bars() -> None:
    models = _models(("dense", "dense", 0.0, 0))
    assert ranked_bars(
        accuracy_by_corruption(_accuracy({(0, 0): 90}), models, CONDITIONS)
    ).is_empty()


def test_the_tables_of_the_chart_hold_a_frame_and_a_dense_line_for_each_histogram() -> None:
    bars = ranked_bars(accuracy_by_corruption(ACCURACY, MODELS, CONDITIONS))
    tables = histogram_tables(bars)
    assert tables["bars"].height == bars.height == 9
    assert tables["frames"].select("column", "position", "base", "top").rows() == [
        ("clean", 0, 1.0, pytest.approx(1 + FULL)),
        ("clean", 0, 0.0, FULL),
        ("fog", 1, 1.0, pytest.approx(1 + FULL)),
        ("fog", 1, 0.0, FULL),
        ("contrast", 2, 1.0, pytest.approx(1 + FULL)),
        ("contrast", 2, 0.0, FULL),
    ]
    dense = tables["dense"].filter(pl.col("column") == "fog")
    assert dense["dense"].to_list() == [0.7, 0.7]
    assert dense["dense_line"].to_list() == pytest.approx([1 + 0.7 * FULL, 0.7 * FULL])
    assert (tables["dense"]["line_top"] > tables["dense"]["dense_line"]).all()


def test_without_bars_the_tables_are_empty() -> None:
    nothing = ranked_bars(accuracy_by_corruption(ACCURACY.clear(), MODELS, CONDITIONS))
    assert [table.height for table in histogram_tables(nothing).values()] == [0, 0, 0]
