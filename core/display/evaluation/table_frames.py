"""The evaluation as a table: a row a model, with uncertainty, and per corruption."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.display import labels
from core.display.evaluation.bar_frames import accuracy_by_corruption
from core.display.paired_words import as_paired, interval_points
from core.stats.significance import LEVEL, holm_adjusted

# Columns that describe a model; the ones that tell no two rows apart can be hidden.
DESCRIPTION = (
    "network", "method", "series", "target sparsity", "sparsity", "retrained", "recalibrated",
    "scope", "seed", "degenerate",
)  # fmt: skip
PERCENTAGES = (
    "target sparsity", "sparsity", "clean accuracy", "spread", "mean corruption error",
    "benchmark corruption error", "robustness",
)  # fmt: skip
"""Columns that are fractions, beside those of the corruptions."""
_KEY = (
    "model", "series", "method", "target sparsity", "seeds", "clean accuracy", "robustness",
    "mean corruption error", "relative mCE", "difference (points)", "p", "significant (Holm)",
)  # fmt: skip
_OF_A_PAIR = ("95 % interval of the difference", "fixed", "broken", "p", "significant (Holm)")
_NAMES = {"target sparsity": "ratio"}


def evaluation_rows(
    accuracy: pl.DataFrame,
    changes: pl.DataFrame,
    *,
    models: pl.DataFrame,
    conditions: pl.DataFrame,
    reference_model_id: int,
    untested: str | None = None,
) -> pl.DataFrame:
    """One row per model.

    Args:
        accuracy: model_id, condition_id, correct, samples.
        changes: as `paired_changes` returns, against the reference.
        models: the table `models`, with a column `label`.
        conditions: the table `conditions`.
        reference_model_id: whose corruption errors are taken as 1.
        untested: what stands in place of tests and intervals; None: they are given.

    Returns:
        model_id, name, model (its label), the columns of DESCRIPTION, clean accuracy, its
        95 % interval as text, mean corruption error (mean over corruptions, after the mean
        over severities), the same relative to the reference (mean over corruptions of the
        ratio: relative mCE), robustness (equation 6 as a
        mean; every sample has every corrupted version, so that the order of the two means
        doesn't matter), difference to the reference in percentage points, its 95 % interval
        as text, fixed, broken, p (McNemar, Holm over the models that are compared), significant
        (Holm), these six NULL for the reference, and the accuracy on each corruption under its
        label; in the order of `models`. Where nothing is tested, p is `untested`, and intervals
        and significant are NULL.
    """
    by_corruption = accuracy_by_corruption(accuracy, models, conditions).filter(
        pl.col("category") != "clean"
    )
    described = (pl.col(_NAMES.get(name, name)).alias(name) for name in DESCRIPTION)
    rows = models.select("model_id", "name", pl.col("label").alias("model"), *described)
    rows = rows.with_columns(
        method=pl.col("method").map_elements(labels.method_label, return_dtype=pl.String)
    )
    clean = _pooled(accuracy, conditions.filter(pl.col("severity") == 0))
    intervals = [labels.interval_words(*row) for row in clean["correct", "samples"].iter_rows()]
    interval = pl.Series("95 % interval", intervals, dtype=pl.String)
    if untested:
        interval = pl.Series("95 % interval", [None] * clean.height, dtype=pl.String)
    corrupted = _pooled(accuracy, conditions.filter(pl.col("severity") > 0))
    for part in (
        clean.select("model_id", pl.col("rate").alias("clean accuracy"), interval),
        _corruption_errors(by_corruption, reference_model_id),
        _benchmark_errors(by_corruption, conditions),
        corrupted.select("model_id", robustness="rate"),
        _significance(changes, reference_model_id, untested),
        by_corruption.pivot("column", index="model_id", values="accuracy", sort_columns=False),
    ):
        rows = rows.join(part, on="model_id", how="left", maintain_order="left")
    return rows


def averaged_over_seeds(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for models of one series and ratio: means over seeds, how many, and their spread.

    Args:
        rows: as `evaluation_rows` returns.

    Returns:
        The describing columns without the seed, whether any seed is degenerate, seeds, the
        numbers as means, and spread: largest minus smallest clean accuracy. Tests, intervals and
        counts of single models are left out.
    """
    keys = [name for name in DESCRIPTION if name not in {"seed", "sparsity", "degenerate"}]
    single = {"model_id", "name", "model", "seed", "95 % interval", *_OF_A_PAIR}
    numbers = [name for name in rows.columns if name not in {*single, *keys, "degenerate"}]
    grouped = rows.group_by(keys, maintain_order=True).agg(
        pl.len().alias("seeds"),
        pl.col("degenerate").any(),  # one degenerate seed explains a mean
        *(pl.col(name).mean() for name in numbers),
        (pl.col("clean accuracy").max() - pl.col("clean accuracy").min()).alias("spread"),
    )
    order = [*keys, "degenerate", "seeds", "sparsity", "clean accuracy", "spread"]
    return grouped.select(*order, *(name for name in numbers if name not in order))


def key_columns_first(columns: Sequence[str]) -> list[str]:
    """The order on screen: model, accuracy, robustness, the difference, then all others.

    Args:
        columns: of the table.
    """
    first = [name for name in _KEY if name in columns]
    return first + [name for name in columns if name not in {*first, "model_id", "name"}]


def picked_name(models: pl.DataFrame, shown: pl.DataFrame, row: int) -> str:
    """The model that a row is about: the first one where it is a mean over seeds.

    Args:
        models: as `evaluation_rows` returns.
        shown: the rows on screen.
        row: number of the row.
    """
    if "name" in shown.columns:
        return str(shown["name"][row])
    described = ("network", "series", "method", "target sparsity", "retrained", "scope")
    keys = [name for name in described if name in shown.columns]
    found = models.join(shown[row].select(keys), on=keys, how="semi", nulls_equal=True)
    return str(found["name"][0])


def without_constant_columns(rows: pl.DataFrame) -> pl.DataFrame:
    """The table without the describing columns that tell no two rows apart."""
    if rows.height < 2:
        return rows
    described = [name for name in DESCRIPTION if name in rows.columns]
    if rows["series"].n_unique() == rows["method"].n_unique():  # the same in other words
        rows, described = rows.drop("series"), [name for name in described if name != "series"]
    return rows.drop(name for name in described if rows[name].drop_nulls().n_unique() <= 1)


def _pooled(accuracy: pl.DataFrame, conditions: pl.DataFrame) -> pl.DataFrame:
    return (
        accuracy.join(conditions, on="condition_id", how="semi")
        .group_by("model_id")
        .agg(pl.col("correct").sum(), pl.col("samples").sum())
        .filter(pl.col("samples") > 0)
        .with_columns(rate=pl.col("correct") / pl.col("samples"))
    )


def _corruption_errors(by_corruption: pl.DataFrame, reference_model_id: int) -> pl.DataFrame:
    errors = by_corruption.select("model_id", "column", error=1 - pl.col("accuracy"))
    of_reference = errors.filter(pl.col("model_id") == reference_model_id)
    reference = of_reference.select("column", reference="error")
    return (
        errors.join(reference, on="column", how="left")
        .group_by("model_id")
        .agg(
            pl.col("error").mean().alias("mean corruption error"),
            # A reference without errors on a corruption leaves that ratio undefined.
            pl.when(pl.col("reference") > 0)
            .then(pl.col("error") / pl.col("reference"))
            .mean()
            .alias("relative mCE"),
        )
    )


def _benchmark_errors(by_corruption: pl.DataFrame, conditions: pl.DataFrame) -> pl.DataFrame:
    """The same mean over the benchmark's corruptions, where the study also has others."""
    benchmark = benchmark_corruptions(conditions)
    corruptions = conditions.filter(pl.col("severity") > 0)["corruption"].n_unique()
    if not benchmark or len(benchmark) == corruptions:
        return by_corruption.select("model_id").unique(maintain_order=True)
    columns = [labels.corruption_label(name) for name in benchmark]
    return (
        by_corruption.filter(pl.col("column").is_in(columns))
        .group_by("model_id")
        .agg((1 - pl.col("accuracy")).mean().alias("benchmark corruption error"))
    )


def benchmark_corruptions(conditions: pl.DataFrame) -> list[str]:
    """The study's corruptions that are among the 15 of CIFAR-10-C's benchmark."""
    return conditions.filter("in_benchmark")["corruption"].unique(maintain_order=True).to_list()


def corruption_sets_sentence(conditions: pl.DataFrame) -> str:
    """Over which corruptions the errors are averaged."""
    corruptions = conditions.filter(pl.col("severity") > 0)["corruption"].n_unique()
    benchmark = len(benchmark_corruptions(conditions))
    return (
        f"Mean corruption error: unnormalised, over all "
        f"{labels.count(corruptions, 'corruption')} of this study, of which {benchmark} are among "
        f"the 15 of the benchmark; mean over severities first."
    )


def _significance(
    changes: pl.DataFrame, reference_model_id: int, untested: str | None
) -> pl.DataFrame:
    others = changes.filter(pl.col("model_id") != reference_model_id)
    pairs = [as_paired(row) for row in others.iter_rows(named=True)]
    p = pl.Series("p", holm_adjusted([pair.p_value for pair in pairs]), dtype=pl.Float64)
    difference = pl.Series([100 * pair.difference for pair in pairs], dtype=pl.Float64)
    interval = pl.Series([interval_points(pair) for pair in pairs], dtype=pl.String)
    values: tuple[pl.Series | pl.Expr, ...] = (interval, pl.col("fixed"), pl.col("broken"), p,
                                               p < LEVEL)  # fmt: skip
    if untested:
        nothing = pl.lit(None, pl.String)
        values = (nothing, pl.col("fixed"), pl.col("broken"), pl.lit(untested),
                  pl.lit(None, pl.Boolean))  # fmt: skip
    return others.select(
        "model_id",
        difference.alias("difference (points)"),
        *(value.alias(name) for name, value in zip(_OF_A_PAIR, values, strict=True)),
    )
