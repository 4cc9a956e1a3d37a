"""Colours checked by simulating how colour-blind people see them."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest

from core.display import theme
from core.display.robustness.model_colours import model_colours

LIGHT, DARK = "#ffffff", "#12151b"
# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def _linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ linear / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _difference(one: str, other: str, vision: str) -> float:
    seen = [_lab(np.clip(VISION[vision] @ _linear(colour), 0, 1)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted(float(TO_XYZ[1] @ _linear(colour)) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


MEETING = {
    "roles": [theme.REFERENCE, theme.COMPARED],
    "correctness": [theme.CORRECT, theme.INCORRECT],
    "outcomes": list(theme.OUTCOME_COLOURS.values()),
    "chosen models": list(model_colours("abcdef", reference="d", compared="b").values()),
    "other models": list(model_colours("abcdef", reference="x", compared="y").values()),
    "categories": list(theme.category_colours().values()),
    "methods": [c for name, c in theme.METHOD_COLOURS.items() if name != "dense"],
}


@pytest.mark.parametrize("group", MEETING)
@pytest.mark.parametrize("vision", VISION)
def test_colours_that_meet_in_a_chart_stay_apart(group: str, vision: str) -> None:
    for one, other in itertools.combinations(MEETING[group], 2):
        assert _difference(one, other, vision) > 15, (one, other)


@pytest.mark.parametrize("colour", sorted({c for group in MEETING.values() for c in group}))
def test_colours_stand_out_in_both_themes(colour: str) -> None:
    assert _contrast(colour, LIGHT) >= 3
    assert _contrast(colour, DARK) >= 2.7


def test_text_is_legible_on_its_background() -> None:
    assert _contrast(theme.TEXT["light"], LIGHT) >= 7
    assert _contrast(theme.TEXT["dark"], DARK) >= 7


def test_what_the_user_marks_stands_out_in_both_themes() -> None:
    assert _contrast(theme.ACCENT, LIGHT) >= 3
    assert _contrast(theme.ACCENT, DARK) >= 2.7
    assert _difference(theme.ACCENT, theme.REST, "normal") > 15


def test_a_method_keeps_its_colour_whatever_else_is_shown() -> None:
    alone = theme.method_colours(["magnitude"])
    among = theme.method_colours(["taylor", "random", "magnitude", "dense"])
    assert alone["magnitude"] == among["magnitude"]


def test_unknown_methods_get_different_colours() -> None:
    colours = theme.method_colours(["snip", "grasp", "magnitude"])
    assert len(set(colours.values())) == 3


def test_a_retrained_series_is_a_paler_shade_of_its_method() -> None:
    series = pl.DataFrame(
        {
            "series": ["Magnitude", "Magnitude, retrained"],
            "method": ["magnitude"] * 2,
            "retrained": [False, True],
        }
    )
    plain, paler = theme.series_colours(series).values()
    assert plain == theme.METHOD_COLOURS["magnitude"]
    assert _linear(paler).sum() > _linear(plain).sum()
    assert all(_difference(plain, paler, vision) > 15 for vision in VISION)


def test_a_legend_of_long_names_stands_in_fewer_columns() -> None:
    assert theme.legend_columns(["Magnitude", "Random"]) == 4
    assert theme.legend_columns(["lenet5_linear-f2: Magnitude"]) == 2
    assert theme.legend_columns(["x" * 200]) == 1
    assert theme.legend_columns([]) == 4


def test_series_of_one_method_have_different_colours_in_any_order() -> None:
    rows = pl.DataFrame(
        {
            "series": ["Magnitude, retrained 1 epoch", "Magnitude", "Magnitude, recalibrated"],
            "method": ["magnitude"] * 3,
            "retrained": [True, False, False],
        }
    )
    found = theme.series_colours(rows)
    assert len(set(found.values())) == 3
    assert found["Magnitude"] == theme.METHOD_COLOURS["magnitude"]
    assert theme.series_colours(rows.reverse()) == found
