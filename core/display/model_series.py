"""Series: the models that differ in ratio and seed only."""

from __future__ import annotations

import polars as pl

from core.display import labels


def with_series(models: pl.DataFrame) -> pl.DataFrame:
    """Models with `series`: the name of the group whose members differ in ratio and seed.

    It is the method, and what else tells methods apart in this study: the network,
    retraining, scope.

    Args:
        models: the table `models`.
    """
    if "series" in models.columns:
        return models
    pruned = models.filter(pl.col("method") != "dense")
    many_networks = models["network"].n_unique() > 1
    many_scopes = pruned["scope"].n_unique() > 1
    names = []
    for row in models.iter_rows(named=True):
        name = labels.method_label(row["method"])
        if row["retrained"]:
            name += ", retrained"
        if many_scopes and row["scope"]:
            name += f", {row['scope']}"
        if many_networks:
            name = f"{row['network']}: {name}"
        names.append(name)
    return models.with_columns(series=pl.Series(names, dtype=pl.String))
