"""One severity of the corruptions, or the mean over all: what a choice of it means."""

from __future__ import annotations

import polars as pl

MEAN_SEVERITY = 0


def of_severity(severity: int) -> pl.Expr:
    """Whether a condition belongs to a severity; clean images belong to all.

    Args:
        severity: 1..5, or MEAN_SEVERITY.
    """
    return pl.lit(severity == MEAN_SEVERITY) | pl.col("severity").is_in([0, severity])
