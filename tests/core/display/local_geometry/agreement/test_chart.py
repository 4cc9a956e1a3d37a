"""What the charts of the same samples under many models would draw."""

from __future__ import annotations

import polars as pl

from core.display import theme
from core.display.local_geometry.agreement.chart import answer_cells, answer_grid, share_marks


def test_hover_says_how_many_models_get_a_sample_right() -> None:
    samples = pl.DataFrame(
        {
            "sample_id": [5],
            "class": ["frog"],
            "angle": [33.33],
            "length": [12.0],
            "right": [30],
            "models": [35],
            "share": [30 / 35],
            "group": ["robust by rule"],
            "image": ["media/a.png"],
        }
    )
    assert share_marks(samples).to_dicts() == [
        {
            "angle": 33.33,
            "length": 12.0,
            "share": 30 / 35,
            "group": "robust by rule",
            "image": "media/a.png",
            "sample": "5 (frog), right under 30 of 35 models",
            "place": "angle 33.3°, length 12.0",
        }
    ]


def test_the_grid_has_the_models_in_their_order_and_the_samples_by_place() -> None:
    chart = answer_grid(models=["Dense", "Random 50 %"]).to_dict()
    assert chart["encoding"]["x"]["scale"]["domain"] == ["Dense", "Random 50 %"]
    assert chart["encoding"]["y"]["sort"] == {"field": "place", "op": "min"}
    colour = chart["encoding"]["color"]["scale"]
    assert dict(zip(colour["domain"], colour["range"], strict=True)) == {
        "right": theme.CORRECT,
        "wrong": theme.INCORRECT,
    }


def test_a_cell_says_what_the_model_answers() -> None:
    answers = pl.DataFrame(
        {
            "sample": ["■ frog · 5"],
            "place": [3],
            "group": ["fragile by rule"],
            "model": ["Dense"],
            "answer": ["wrong"],
            "predicted": ["cat"],
        }
    )
    assert answer_cells(answers)["words"].to_list() == [
        "■ frog · 5 (fragile by rule), predicted cat"
    ]
