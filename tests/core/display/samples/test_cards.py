"""Cards of samples: bars of changes, texts of a study as they are, tiles without an image."""

from __future__ import annotations

import re
from typing import Any

import polars as pl
import pytest

from core.display import theme
from core.display.samples.cards import image_html, images_sentence, sample_card, small_card
from core.metrics import METRICS


def row(**changed: Any) -> dict[str, Any]:
    before = {f"reference_{name}": 0.5 for name in METRICS}
    after = {f"compared_{name}": 0.5 for name in METRICS}
    return {
        "sample_id": 7, "class": "cat", "predicted_before": "cat", "predicted_after": "dog",
        "outcome": "broken", "image": "media/x.png", "picture": "as corrupted",
        **before, **after, **changed,
    }  # fmt: skip


def bars(card: str) -> list[tuple[float, float, str]]:
    """Left end, width in percent, and colour of each bar."""
    found = re.findall(r"left: ([\d.]+)%; width: ([\d.]+)%; background: ([^\"]+)\"", card)
    return [(float(left), float(width), colour) for left, width, colour in found]


def test_bars_run_from_the_middle_and_say_better_or_worse() -> None:
    card = sample_card(
        row(compared_angle=1.5, compared_length=0.0, compared_margin=1.0, compared_confidence=0.5),
        {"angle": 2.0, "length": 1.0, "margin": 0.5, "confidence": 1.0, "true_probability": 0.0},
    )
    assert bars(card) == [
        (50.0, 25.0, theme.LOWER),  # a larger angle is worse
        (25.0, 25.0, theme.REST),  # a length is neither
        (50.0, 50.0, theme.HIGHER),
        (50.0, 0.0, theme.REST),
        (50.0, 0.0, theme.REST),  # nothing changes anywhere
    ]
    assert f"border-left-color: {theme.OUTCOME_COLOURS['broken']}" in card
    assert "right → wrong" in card


def test_an_undefined_metric_has_a_dash_and_no_bar() -> None:
    card = sample_card(row(compared_angle=None), dict.fromkeys(METRICS, 1.0))
    assert "0.5° → –" in card
    assert len(bars(card)) == len(METRICS) - 1


@pytest.mark.parametrize("name", ["<b>x</b>", '"><script>', "a & b"])
def test_a_studys_texts_are_shown_as_they_are(name: str) -> None:
    changed = row(**{"class": name, "predicted_before": name, "predicted_after": name})
    limits = dict.fromkeys(METRICS, 1.0)
    for html in (
        sample_card(changed, limits),
        small_card(changed, [name]),
        image_html({**changed, "image": None}),
    ):
        assert name not in html


def test_images_and_tiles_have_words_for_those_who_do_not_see_them() -> None:
    assert image_html(row()) == '<img alt="sample 7, cat, as corrupted" src="media/x.png">'
    tile = image_html(row(image=None, picture=None))
    assert 'role="img" aria-label="sample 7, cat"' in tile
    assert "no image stored" in tile


@pytest.mark.parametrize(
    ("pictures", "sentence"),
    [
        ([None, None], "This study holds no images."),
        (["clean", "clean"], "Images: clean."),
        (["clean original", "as corrupted"], "Images under fog: as corrupted, clean original."),
    ],
)
def test_the_sentence_says_what_the_images_are(pictures: list[str | None], sentence: str) -> None:
    rows = pl.DataFrame({"picture": pl.Series(pictures, dtype=pl.String)})
    assert images_sentence(rows, "fog") == sentence
