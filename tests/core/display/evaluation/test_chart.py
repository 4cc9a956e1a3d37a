"""What the evaluation charts would draw, read from their specifications."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.display import theme
from core.display.evaluation.chart import PICK, evaluation_histograms
from core.display.home.chart import accuracy_by_ratio


def _bars() -> pl.DataFrame:
    rows = []
    for position, (column, category) in enumerate((("clean", "clean"), ("fog", "weather"))):
        for rank, (series, method) in enumerate(
            (("Magnitude", "magnitude"), ("Random", "random")), start=1
        ):
            for ratio in (0.5, 0.9):
                rows.append(
                    {
                        "column": column,
                        "category": category,
                        "position": position,
                        "series": series,
                        "method": method,
                        "retrained": False,
                        "ratio": ratio,
                        "ratio_label": f"{ratio:.0%}",
                        "name": f"{method}-{ratio}",
                        "accuracy": 0.5,
                        "dense": 0.9,
                        "seeds": 1,
                        "samples": 10,
                        "rank": rank,
                        "base": 2.0 - rank,
                        "top": 2.5 - rank,
                        "dense_line": 2.8 - rank,
                        "lowest_line": 2.5 - rank,
                        "highest_line": 2.5 - rank,
                    }
                )
    return pl.DataFrame(rows)


def _layer(spec: dict[str, Any], field: str) -> dict[str, Any]:
    (layer,) = (part for part in spec["layer"] if part["encoding"]["y2"]["field"] == field)
    found: dict[str, Any] = layer
    return found


def test_columns_keep_the_order_of_the_corruptions() -> None:
    spec = evaluation_histograms(_bars()).to_dict()
    for layer in spec["layer"]:
        assert layer["encoding"]["x"]["sort"] == ["clean", "fog"]


def test_each_method_has_its_colour() -> None:
    histogram = evaluation_histograms(_bars()).to_dict()["layer"][1]
    scale = histogram["encoding"]["color"]["scale"]
    assert scale["domain"] == ["Magnitude", "Random"]
    assert scale["range"] == [theme.METHOD_COLOURS["magnitude"], theme.METHOD_COLOURS["random"]]


def test_a_click_picks_a_model_by_name_and_a_selected_one_is_lit_from_the_start() -> None:
    spec = evaluation_histograms(_bars(), selected="random-0.9").to_dict()
    (picked,) = (param for param in spec["params"] if param["name"] == PICK)
    assert picked["select"]["fields"] == ["name"]
    assert picked["value"] == [{"name": "random-0.9"}]


def test_the_dense_line_is_drawn_once_per_row_and_column() -> None:
    spec = evaluation_histograms(_bars()).to_dict()
    line = _layer(spec, "line_top")
    assert len(spec["datasets"][line["data"]["name"]]) == 4
    assert line["mark"]["color"] == theme.DENSE


def test_curves_start_at_the_dense_model() -> None:
    rows = pl.DataFrame(
        {
            "name": ["dense", "m5"],
            "network": ["lenet5"] * 2,
            "method": ["dense", "magnitude"],
            "series": ["Dense", "Magnitude"],
            "retrained": [False, False],
            "ratio": [0.0, 0.5],
            "images": ["clean", "clean"],
            "accuracy": [0.98, 0.9],
        }
    )
    spec = accuracy_by_ratio(rows).to_dict()
    (data,) = spec["datasets"].values()
    assert [(row["series"], row["ratio"], row["accuracy"]) for row in data] == [
        ("Magnitude", 0.0, 0.98),
        ("Magnitude", 0.5, 0.9),
    ]
