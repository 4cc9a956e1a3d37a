"""What is said about samples, and what a picture leaves out."""

from __future__ import annotations

import polars as pl

from core.display.local_geometry.scatter.frames import Scatter
from core.display.local_geometry.words import accuracy_words, class_words, notes, scatter_notes


def test_accuracy_comes_with_its_interval_and_never_counts_samples() -> None:
    # numbers of samples with a comma once ended in the middle of a word: "of 2"
    assert accuracy_words(2700, 3000) == "90.0\u00a0% (88.9\u00a0% to 91.0\u00a0%)"
    assert accuracy_words(0, 0) == "undefined"


def test_a_class_says_its_accuracy_or_how_many_of_it_are_selected() -> None:
    row = {"samples": 3000, "correct": 2700, "selected": 0, "selected_correct": 0}
    assert class_words(row, narrowed=False) == "90.0\u00a0% (88.9\u00a0% to 91.0\u00a0%) of 3,000"
    assert class_words(row, narrowed=True) == "selected 0 of 3,000"
    row |= {"selected": 1500, "selected_correct": 750}
    assert class_words(row, narrowed=True) == "selected 1,500 of 3,000, 50.0\u00a0% right"


def test_notes_say_what_the_picture_leaves_out() -> None:
    counts = pl.DataFrame(
        {"samples": [30, 3], "correct": [20, 3], "with_angle": [29, 3], "with_margin": [30, 1]}
    )
    found = Scatter(counts, {}, pl.DataFrame(), {}, drawn=10, drawable=32, narrowed=True)
    drawn, angle, margin = scatter_notes(found)
    assert drawn.startswith("10 of 32 samples are drawn, the selected ones first")
    assert angle.startswith("1 sample without an angle")
    assert margin.startswith("2 samples without a margin")


def test_samples_are_said_to_be_left_out_only_where_they_are() -> None:
    assert notes(7, 7, {"left out.": 0}, over="counts") == []
    assert notes(7, 1200, {"left out.": 1, "missing.": 2}, over="counts") == [
        "7 of 1,200 samples are drawn, picked at random with a fixed seed; counts are over all.",
        "1 sample left out.",
        "2 samples missing.",
    ]
