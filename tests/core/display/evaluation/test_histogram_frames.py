from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.display.evaluation.bar_frames import FULL
from core.display.evaluation.histogram_frames import (
    HEADER,
    histogram_tables,
    mean_bars,
    panels,
    placed_bars,
)

CORRUPTIONS = {"clean": ("clean", 0), "fog": ("weather", 1), "contrast": ("digital", 2)}


def rows(*answers: tuple[str, str, float, int, str, int, int]) -> pl.DataFrame:
    """Answers as series, method, ratio, seed, corruption, condition, right of 100."""
    names = [f"{series}-{ratio:g}-{seed}" for series, _, ratio, seed, *_ in answers]
    return pl.DataFrame(
        [
            {
                "column": column,
                "category": CORRUPTIONS[column][0],
                "position": CORRUPTIONS[column][1],
                "condition_id": condition,
                "model_id": sorted(set(names)).index(name),
                "name": name,
                "series": series,
                "network": "lenet5",
                "method": method,
                "ratio": ratio,
                "retrained": False,
                "seed": seed,
                "correct": right,
                "samples": 100,
            }
            for name, (series, method, ratio, seed, column, condition, right) in zip(
                names, answers, strict=True
            )
        ]
    )


ROWS = rows(
    ("Dense", "dense", 0.0, 0, "clean", 0, 90),
    ("Dense", "dense", 0.0, 0, "fog", 1, 80),
    ("Dense", "dense", 0.0, 0, "fog", 2, 60),
    ("Magnitude", "magnitude", 0.5, 0, "clean", 0, 88),
    ("Magnitude", "magnitude", 0.9, 0, "clean", 0, 40),
    ("Magnitude", "magnitude", 0.9, 1, "clean", 0, 60),
    ("Magnitude", "magnitude", 0.5, 0, "fog", 1, 70),
    ("Magnitude", "magnitude", 0.5, 0, "fog", 2, 50),
    ("Random", "random", 0.5, 0, "clean", 0, 100),
    ("Random", "random", 0.5, 0, "fog", 1, 20),
    ("Random", "random", 0.5, 0, "fog", 2, 0),
)
SOUND = pl.DataFrame(
    [
        {"model_id": m, "condition_id": c, "share": 0.2, "degenerate_above": 0.5}
        for m in range(5)
        for c in range(3)
    ]
)


def shares(values: dict[tuple[int, int], float]) -> pl.DataFrame:
    found = pl.Series([values.get(key, 0.2) for key in SOUND["model_id", "condition_id"].rows()])
    return SOUND.with_columns(share=found)


def ranks(*places: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"column": column, "series": series, "rank": rank, "low": 0.6, "high": 0.9}
            for column, series, rank in places
        ]
    )


RANKS = ranks(
    ("clean", "Random", 1), ("clean", "Magnitude", 2), ("fog", "Magnitude", 1), ("fog", "Random", 1)
)


def bar(bars: pl.DataFrame, column: str, series: str, ratio: float = 0.5) -> dict[str, Any]:
    wanted = {"column": column, "series": series, "ratio": ratio}
    return bars.filter(**wanted).row(0, named=True)


def test_a_bar_is_the_mean_over_severities_and_then_over_seeds() -> None:
    bars = mean_bars(ROWS, SOUND)
    assert bar(bars, "fog", "Magnitude")["accuracy"] == pytest.approx(0.6)
    both = bar(bars, "clean", "Magnitude", 0.9)
    found = [both[name] for name in ("lowest", "accuracy", "highest", "seeds", "name")]
    assert found == [0.4, 0.5, 0.6, 2, "Magnitude-0.9-0"]
    assert bar(bars, "fog", "Random")["dense"] == pytest.approx(0.7)
    assert "dense" not in bars["method"]


def test_a_bar_is_degenerate_by_the_mean_share_of_the_most_frequent_prediction() -> None:
    random_id = ROWS.filter(series="Random")["model_id"][0]
    bars = mean_bars(ROWS, shares({(random_id, 1): 0.98, (random_id, 2): 0.1}))
    assert bar(bars, "fog", "Random")["degenerate"] is True
    assert bar(bars, "clean", "Random")["degenerate"] is False
    bars = mean_bars(ROWS, shares({(random_id, 1): 0.7, (random_id, 2): 0.3}))
    assert bar(bars, "fog", "Random")["degenerate"] is False


def test_precision_is_the_mean_over_severities_where_the_class_is_predicted_at_all() -> None:
    magnitude = ROWS.filter(name="Magnitude-0.5-0")["model_id"][0]
    precision = pl.DataFrame(
        {"model_id": [magnitude] * 2, "condition_id": [1, 2], "precision": [0.25, None]}
    )
    bars = mean_bars(ROWS, SOUND, precision)
    assert bar(bars, "fog", "Magnitude")["precision"] == 0.25
    assert bar(bars, "fog", "Random")["precision"] is None


def test_series_stand_by_rank_and_bars_reach_as_high_as_the_accuracy() -> None:
    placed = placed_bars(mean_bars(ROWS, SOUND), RANKS)
    first, second = bar(placed, "clean", "Random"), bar(placed, "clean", "Magnitude")
    assert (first["base"], second["base"]) == (1, 0)
    assert second["top"] == pytest.approx(FULL * 0.88)
    assert second["dense_line"] == pytest.approx(FULL * 0.9)
    assert second["low_line"] == pytest.approx(FULL * 0.6)


def test_only_the_best_sound_bar_of_a_series_carries_the_interval() -> None:
    placed = placed_bars(mean_bars(ROWS, SOUND), RANKS)
    clean = placed.filter(column="clean", series="Magnitude").sort("ratio")
    assert clean["best"].to_list() == [True, False]
    assert clean["low"].to_list() == [0.6, None]


def test_a_series_without_a_sound_model_stands_last_without_a_rank() -> None:
    random_id = ROWS.filter(series="Random")["model_id"][0]
    bars = mean_bars(ROWS, shares({(random_id, 0): 0.98}))
    placed = placed_bars(bars, ranks(("clean", "Magnitude", 1), ("fog", "Magnitude", 1)))
    found = bar(placed, "clean", "Random")  # 100 % right, and yet
    assert (found["rank"], found["base"], found["best"], found["low"]) == (None, 0, False, None)
    tables = histogram_tables(placed)
    stripes = tables["stripes"]
    assert stripes["slot"].unique().to_list() == [0]
    assert stripes.height == int(FULL / 0.09) + 1
    assert stripes["base"].max() <= found["top"]
    state = tables["bars"].filter(series="Random", column="clean")
    assert state["state"].item() == "degenerate: one class takes 98.0 % of predictions"
    assert state["fill"].item() < 0.5


def test_brackets_join_series_of_one_rank_only() -> None:
    ties = histogram_tables(placed_bars(mean_bars(ROWS, SOUND), RANKS))["ties"]
    expected = pl.DataFrame(
        {"slot": [1], "column": ["fog"], "rank": [1], "series": [2], "base": [0.0]}
    )
    assert_frame_equal(ties.drop("top"), expected, check_dtypes=False)
    assert ties["top"].item() == pytest.approx(1 + FULL - 0.06, abs=1e-4)


def test_a_missing_sparsity_has_no_frame_and_an_accuracy_of_zero_has_one() -> None:
    zero = rows(
        ("Magnitude", "magnitude", 0.5, 0, "clean", 0, 0),
        ("Random", "random", 0.9, 0, "clean", 0, 5),
    )
    placed = placed_bars(
        mean_bars(zero, SOUND), ranks(("clean", "Random", 1), ("clean", "Magnitude", 2))
    )
    bars = histogram_tables(placed)["bars"].sort("ratio")
    assert bars.select("series", "ratio", "base", "top", "full").rows() == [
        ("Magnitude", 0.5, 0.0, 0.0, FULL),
        ("Random", 0.9, 1.0, pytest.approx(1 + 0.05 * FULL), pytest.approx(1 + FULL)),
    ]


def test_the_scale_of_sparsities_stands_under_each_column() -> None:
    ratios = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99]
    answers = [
        ("Magnitude", "magnitude", ratio, 0, column, i, 50)
        for ratio in ratios
        for i, column in enumerate(CORRUPTIONS)
    ]
    places = ranks(*((column, "Magnitude", 1) for column in CORRUPTIONS))
    scale = histogram_tables(placed_bars(mean_bars(rows(*answers), SOUND), places))["scale"]
    first = scale.filter(slot=0)
    assert first["words"].to_list() == ["10", "30", "50", "70", "80", "90", "95", "99"]
    assert first["base"].unique().to_list() == [0.0]


def test_one_column_in_each_slot_and_many_in_two_panels() -> None:
    few = panels(pl.DataFrame({"column": list("ab"), "category": ["x"] * 2, "position": [0, 1]}))
    assert few.rows() == [("a", 0, 0), ("b", 0, 1)]
    many = pl.DataFrame(
        {
            "column": list("abcdefghijklmno"),
            "category": ["clean"] + ["noise"] * 4 + ["blur"] * 4 + ["weather"] * 6,
            "position": range(15),
        }
    )
    found = panels(many)
    assert found["panel"].to_list() == [0] * 9 + [1] * 6
    assert found["slot"].to_list() == [*range(9), *range(6)]
    alike = panels(many.with_columns(category=pl.lit("noise")))
    assert alike["panel"].to_list() == [0] * 7 + [1] * 8


def test_the_lower_panel_stands_below_the_upper_one() -> None:
    columns = [chr(ord("a") + i) for i in range(12)]
    bars = pl.concat(
        mean_bars(ROWS.filter(column="clean"), SOUND).with_columns(
            column=pl.lit(column), position=pl.lit(i), category=pl.lit("x" if i < 6 else "y")
        )
        for i, column in enumerate(columns)
    )
    places = ranks(*((c, s, r) for c in columns for s, r in (("Random", 1), ("Magnitude", 2))))
    placed = placed_bars(bars, places)
    assert bar(placed, "a", "Magnitude")["base"] == 2 + HEADER
    assert bar(placed, "g", "Random")["base"] == 1


def test_without_bars_the_tables_are_empty() -> None:
    nothing = placed_bars(mean_bars(ROWS.clear(), SOUND), RANKS.clear())
    assert {table.height for table in histogram_tables(nothing).values()} == {0}
