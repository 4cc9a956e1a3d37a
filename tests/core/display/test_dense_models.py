from __future__ import annotations

import polars as pl

from core.display.dense_models import pruned_models, with_dense


def models(*rows: tuple[str, str, str, bool, str | None]) -> pl.DataFrame:
    columns = ("name", "network", "method", "retrained", "parent")
    types = [pl.String, pl.String, pl.String, pl.Boolean, pl.String]
    frame = pl.DataFrame(rows, schema=dict(zip(columns, types, strict=True)), orient="row")
    return frame.with_row_index("model_id").with_columns(pl.col("model_id").cast(pl.UInt16))


def test_a_model_has_the_dense_one_that_it_comes_from() -> None:
    found = with_dense(
        models(
            ("a", "net", "dense", False, None),
            ("b", "net", "dense", False, None),
            ("pruned", "net", "magnitude", False, "b"),
            ("again", "net", "magnitude", True, "pruned"),
            ("longer", "net", "dense", True, "b"),
        )
    )
    assert found["dense_id"].to_list() == [0, 1, 1, 1, 1]


def test_without_a_known_parent_it_is_the_first_dense_one_of_the_network() -> None:
    found = with_dense(
        models(
            ("other", "wide", "dense", False, None),
            ("a", "net", "dense", False, None),
            ("b", "net", "dense", False, None),
            ("foreign", "net", "magnitude", False, None),
            ("lost", "net", "magnitude", False, "gone"),
            ("circle", "net", "magnitude", False, "circle"),
            ("alone", "deep", "magnitude", False, None),
        )
    )
    assert found["dense_id"].to_list() == [0, 1, 2, 1, 1, 1, None]


def test_no_models_have_none() -> None:
    assert with_dense(models()).schema["dense_id"] == pl.UInt16


def test_pruned_models_are_those_of_the_network_but_for_degenerate_ones() -> None:
    table = models(
        ("a", "net", "dense", False, None),
        ("tuned", "net", "dense", True, "a"),
        ("b", "net", "magnitude", False, "a"),
        ("constant", "net", "random", False, "a"),
        ("elsewhere", "other", "random", False, None),
    ).with_columns(
        degenerate=pl.when(pl.col("method") != "dense").then(pl.col("name") == "constant")
    )
    sound, degenerate = pruned_models(table, 0)
    assert (sound["name"].to_list(), degenerate) == (["b"], 1)
