from __future__ import annotations

import polars as pl
import pytest

from core.display import labels


@pytest.mark.parametrize(
    ("corruption", "severity", "words"),
    [
        ("clean", 0, "clean"),
        ("jpeg_compression", 2, "JPEG, severity 2"),
        ("elastic_transform", 5, "elastic, severity 5"),
    ],
)
def test_conditions_in_words(corruption: str, severity: int, words: str) -> None:
    assert labels.condition_label(corruption, severity) == words


def _models(*rows: tuple[str, str, float, int, bool]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"name": n, "network": "lenet5", "method": m, "ratio": r, "seed": s, "retrained": t}
            for n, m, r, s, t in rows
        ]
    )


def test_a_label_says_no_more_than_tells_models_apart() -> None:
    found = labels.model_labels(
        _models(
            ("a", "dense", 0.0, 0, False),
            ("b", "magnitude", 0.9, 0, False),
            ("c", "magnitude", 0.995, 0, True),
            ("d", "random", 0.5, 0, False),
            ("e", "random", 0.5, 1, False),
        )
    )
    assert {name: label.replace("\u00a0", " ") for name, label in found.items()} == {
        "a": "Dense",
        "b": "Magnitude 90 %",
        "c": "Magnitude 99.5 %, retrained",
        "d": "Random 50 %, seed 0",
        "e": "Random 50 %, seed 1",
    }


def test_models_that_a_label_cannot_tell_apart_keep_their_names() -> None:
    found = labels.model_labels(
        _models(("one", "random", 0.5, 0, False), ("two", "random", 0.5, 0, False))
    )
    assert found == {"one": "one", "two": "two"}


def test_counts_agree_with_their_noun() -> None:
    assert labels.count(1, "sample") == "1 sample"
    assert labels.count(1797, "sample") == "1,797 samples"
    assert labels.count(2, "class", "classes") == "2 classes"
