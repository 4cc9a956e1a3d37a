"""The dense model of a network, and the pruned models that are measured against it."""

from __future__ import annotations

import polars as pl

DENSE = "dense"


def dense_model(models: pl.DataFrame, name: str) -> str | None:
    """The name of the dense, untouched model that a model was made from.

    Args:
        models: the table `models`.
        name: of a model; a dense one is its own.

    Returns:
        The nearest dense one among the model, its parent, the parent's parent and so on; where the
        study lacks it, the first dense one of the network; None without any.
    """
    dense = models.filter(pl.col("method") == DENSE, ~pl.col("retrained"))
    names = set(dense["name"])
    parents = dict(models.select("name", "parent").iter_rows())
    passed: set[str] = set()
    ancestor: str | None = name
    while ancestor is not None and ancestor not in passed:
        if ancestor in names:
            return ancestor
        passed.add(ancestor)
        ancestor = parents.get(ancestor)
    network = models.row(by_predicate=pl.col("name") == name, named=True)["network"]
    of_network = dense.filter(pl.col("network") == network)
    return None if of_network.is_empty() else str(of_network["name"][0])


def pruned_models(models: pl.DataFrame, dense: str) -> tuple[pl.DataFrame, int]:
    """The pruned models of a dense one's network, and how many degenerate ones are left out.

    Args:
        models: the table `models`.
        dense: name of a dense model.
    """
    network = models.row(by_predicate=pl.col("name") == dense, named=True)["network"]
    pruned = models.filter(pl.col("network") == network, pl.col("method") != DENSE)
    sound = pruned.filter(~pl.col("degenerate").fill_null(False))
    return sound, pruned.height - sound.height
