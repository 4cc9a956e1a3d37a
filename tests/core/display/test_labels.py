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


def _labels(*rows: tuple[str, str, float, str, int]) -> dict[str, str]:
    schema = ["name", "method", "ratio", "series", "seed"]
    found = labels.model_labels(pl.DataFrame(rows, schema=schema, orient="row"))
    return {name: label.replace("\u00a0", " ") for name, label in found.items()}


def test_a_label_is_the_series_at_a_ratio_and_the_seed_where_there_are_several() -> None:
    assert _labels(
        ("a", "dense", 0.0, "Dense", 0),
        ("b", "magnitude", 0.9, "Magnitude", 0),
        ("c", "magnitude", 0.995, "Magnitude, retrained", 0),
        ("d", "random", 0.5, "my:Random_net: Random", 0),
        ("e", "random", 0.5, "my:Random_net: Random", 1),
    ) == {
        "a": "Dense",
        "b": "Magnitude 90 %",
        "c": "Magnitude 99.5 %, retrained",
        "d": "my:Random_net: Random 50 %, seed 0",
        "e": "my:Random_net: Random 50 %, seed 1",
    }


def test_models_that_a_label_cannot_tell_apart_keep_their_names() -> None:
    found = _labels(("one", "random", 0.5, "Random", 0), ("two", "random", 0.5, "Random", 0))
    assert found == {"one": "one", "two": "two"}


def test_counts_agree_with_their_noun() -> None:
    assert labels.count(1, "sample") == "1 sample"
    assert labels.count(1797, "sample") == "1,797 samples"
    assert labels.count(2, "class", "classes") == "2 classes"
