"""The dense model that each model of a study was made from, and what was pruned from one."""

from __future__ import annotations

import polars as pl

DENSE = "dense"


def with_dense(models: pl.DataFrame, *, parents_only: bool = False) -> pl.DataFrame:
    """The models with the dense one that each is measured against.

    That is the nearest dense and untouched one among a model's parents, parents' parents and so
    on; where the study lacks it, the first dense one of the model's network.

    Args:
        models: the table `models`.
        parents_only: no dense one where none is among the parents.

    Returns:
        The models with dense_id: NULL where there is no such model, the own id of a dense one.
    """
    dense = models.filter(pl.col("method") == DENSE, ~pl.col("retrained"))
    ids = dict(dense.select("name", "model_id").iter_rows())
    first = dict(
        dense.unique("network", keep="first", maintain_order=True)
        .select("network", "model_id")
        .iter_rows()
    )
    parents = dict(models.select("name", "parent").iter_rows())

    def found(name: str, network: str) -> int | None:
        passed: set[str] = set()
        ancestor: str | None = name
        while ancestor is not None and ancestor not in passed:
            if ancestor in ids:
                return int(ids[ancestor])
            passed.add(ancestor)
            ancestor = parents.get(ancestor)
        return None if parents_only else first.get(network)

    dense_ids = [found(*row) for row in models.select("name", "network").iter_rows()]
    return models.with_columns(dense_id=pl.Series(dense_ids, dtype=models.schema["model_id"]))


def pruned_models(models: pl.DataFrame, dense_id: int) -> tuple[pl.DataFrame, int]:
    """The pruned models of a dense one's network, and how many degenerate ones are left out.

    Args:
        models: the table `models`.
        dense_id: of a dense model.
    """
    network = models.row(by_predicate=pl.col("model_id") == dense_id, named=True)["network"]
    pruned = models.filter(pl.col("network") == network, pl.col("method") != DENSE)
    sound = pruned.filter(~pl.col("degenerate").fill_null(value=False))
    return sound, pruned.height - sound.height
