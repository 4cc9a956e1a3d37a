"""Series: the models that differ in ratio and seed only."""

from __future__ import annotations

import polars as pl

from core.display.model_series import with_series


def series(*rows: tuple[str, str, bool, str | None]) -> list[str]:
    columns = ["network", "method", "retrained", "scope"]
    models = pl.DataFrame(rows, schema=columns, orient="row", schema_overrides={"scope": pl.String})
    return with_series(models)["series"].to_list()


def test_retraining_makes_a_series_of_its_own() -> None:
    found = series(
        ("lenet5", "dense", False, None),
        ("lenet5", "magnitude", False, "global"),
        ("lenet5", "magnitude", True, "global"),
    )
    assert found == ["Dense", "Magnitude", "Magnitude, retrained"]


def test_scopes_and_networks_are_named_where_they_tell_models_apart() -> None:
    found = series(
        ("lenet5", "dense", False, None),
        ("lenet5", "magnitude", False, "global"),
        ("lenet5", "magnitude", False, "layerwise"),
        ("vgg", "multi_prize", False, "global"),
    )
    assert found == [
        "lenet5: Dense",
        "lenet5: Magnitude, global",
        "lenet5: Magnitude, layerwise",
        "vgg: Multi-prize, global",
    ]
