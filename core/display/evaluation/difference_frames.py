"""Accuracy on some samples against accuracy on all: bars, and an exact test of each."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

from core.display import labels
from core.display.evaluation.bar_frames import FULL
from core.display.evaluation.chart_difference import BETTER, WORSE
from core.display.paired_words import p_value_words
from core.display.severity import MEAN_SEVERITY, of_severity
from core.stats.significance import LEVEL, holm_adjusted, hypergeometric_p_value

_FLOATS = cs.float()


def subset_tests(
    subset: pl.DataFrame,
    everything: pl.DataFrame,
    conditions: pl.DataFrame,
    *,
    severity: int = MEAN_SEVERITY,
) -> pl.DataFrame:
    """An exact test of every model on every corruption: are the samples like a random draw?

    Severities see the same images, so that their counts can't be added up to one table: each
    condition has a test of its own, and the smallest p-value stands for all of them.

    Args:
        subset: model_id, condition_id, correct, samples, over the chosen samples.
        everything: the same over all samples.
        conditions: the table `conditions`.
        severity: 1..5, or MEAN_SEVERITY; clean images belong to all.

    Returns:
        model_id, column (label of the corruption), smallest (p-value, hypergeometric, two-sided),
        tests (how many it is the smallest of).
    """
    wanted = conditions.filter(of_severity(severity))
    keys = ["model_id", "condition_id"]
    counts = subset.join(
        everything.select(*keys, all_correct="correct", all_samples="samples"), on=keys
    ).join(wanted.select("condition_id", "corruption"), on="condition_id")
    tables = counts.select("correct", "samples", "all_correct", "all_samples").iter_rows()
    p_values = [hypergeometric_p_value(*table) for table in tables]
    words = {name: labels.corruption_label(name) for name in wanted["corruption"]}
    return (
        counts.with_columns(
            p=pl.Series("p", p_values, dtype=pl.Float64),
            column=pl.col("corruption").replace_strict(words, return_dtype=pl.String),
        )
        .group_by("model_id", "column")
        .agg(smallest=pl.col("p").min(), tests=pl.len())
        .sort("model_id", "column")
    )


def differences(
    subset: pl.DataFrame, everything: pl.DataFrame, tests: pl.DataFrame | None
) -> pl.DataFrame:
    """How much better or worse each group of models does on some samples than on all.

    Args:
        subset: as `accuracy_by_corruption` returns, over the chosen samples.
        everything: the same over all samples.
        tests: as `subset_tests` returns; None for samples on which nothing is to be tested.

    Returns:
        column, category, position, series, method, ratio, ratio_label, name, accuracy (of
        the subset, mean over seeds), overall, difference (accuracy minus overall),
        samples (in the subset), seeds, tests (severities times seeds) and p: the smallest of
        their p-values times their number (Bonferroni's correction, which holds although they
        share the images), then Holm's over all bars; NULL without tests. The dense models are a
        series of their own.
    """
    keys = ["column", "model_id"]
    population = everything.select(*keys, overall="accuracy")
    if tests is None:
        tests = subset.select(*keys, smallest=pl.lit(None, pl.Float64), tests=pl.lit(0, pl.UInt32))
    bars = (
        subset.join(population, on=keys)
        .join(tests, on=keys)
        .group_by("column", "category", "position", "series", "method", "ratio")
        .agg(
            name=pl.col("name").sort_by("seed", "model_id").first(),
            accuracy=pl.col("accuracy").mean(),
            overall=pl.col("overall").mean(),
            difference=(pl.col("accuracy") - pl.col("overall")).mean(),
            samples=pl.col("samples").max(),
            seeds=pl.len(),
            tests=pl.col("tests").sum(),
            p=(pl.col("smallest").min() * pl.col("tests").sum()).clip(upper_bound=1.0),
        )
        .with_columns(
            ratio_label=pl.col("ratio").map_elements(labels.ratio_label, return_dtype=pl.String)
        )
        .sort("position", "series", "ratio")
    )
    if bars["p"].null_count():
        return bars
    return bars.with_columns(p=pl.Series("p", holm_adjusted(bars["p"].to_list()), pl.Float64))


def difference_note(rows: pl.DataFrame, untested: str | None) -> str:
    """Which bars are pale, and by which test.

    Args:
        rows: as `differences` returns.
        untested: what stands in place of a test; None: the rows are tested.
    """
    if untested:
        return f"Significance: {untested}."
    several = (
        " A bar over several severities or seeds has the smallest of their p-values times their "
        "number: it is significant where one of them is."
        if int(rows["tests"].max() or 0) > 1  # type: ignore[arg-type]
        else ""
    )
    return (
        "Pale bars are not significant after Holm's correction over "
        f"{labels.count(rows.height, 'test')}, 5 % level: as many samples drawn at random "
        f"(exact hypergeometric test).{several}"
    )


def difference_limit(rows: pl.DataFrame) -> float:
    """Where bars are cut, so that a few degenerate models don't flatten all others.

    A fraction, as `difference`: 1.2 times the 90th percentile of its size.
    """
    sizes = rows["difference"].abs()
    return min(1.0, max(0.01, 1.2 * float(sizes.quantile(0.9) or 0)))


def difference_table(rows: pl.DataFrame, untested: str | None = None) -> pl.DataFrame:
    """What the chart of the differences draws: a row a series, all on one scale.

    Args:
        rows: as `differences` returns.
        untested: what stands in place of a test; None: the rows are tested.

    Returns:
        column, position, series, ratio, ratio_label, accuracy, overall, points (the
        difference in percentage points), samples, direction (better or worse, in words),
        significant (yes, no, or why there is no test), p (in words), base (the middle of the
        row: the first series is on top), tip (where the bar ends, cut at `difference_limit`).
    """
    share = (pl.col("difference") / difference_limit(rows)).clip(-1, 1)
    series = pl.col("series")
    base = series.n_unique().cast(pl.Float64) - series.rank("dense") + 0.5
    return rows.select(
        "column", "position", "series", "ratio", "ratio_label", "accuracy", "overall",
        "samples", points=100 * pl.col("difference"),
        direction=pl.when(pl.col("difference") >= 0).then(pl.lit(BETTER)).otherwise(pl.lit(WORSE)),
        significant=pl.when(pl.col("p") < LEVEL)
        .then(pl.lit("yes"))
        .when(pl.col("p").is_not_null())
        .then(pl.lit("no"))
        .otherwise(pl.lit(untested)),
        p=pl.col("p").map_elements(p_value_words, return_dtype=pl.String).fill_null("–"),
        base=base, tip=base + share * FULL / 2,
    ).with_columns(_FLOATS.round(4))  # fmt: skip
