"""Words of tooltips, made in polars: browsers take longer to make them than to draw."""

from __future__ import annotations

import polars as pl

from core.metrics import METRICS


def metric_words(metric: str, column: str | None = None) -> pl.Expr:
    """A column's values of a metric, rounded and with its unit, `undefined` where there is none.

    Args:
        metric: which one it is.
        column: its name; the metric's by default.
    """
    number = rounded(pl.col(column or metric), METRICS[metric].digits)
    return pl.format("{}" + METRICS[metric].unit, number).fill_null("undefined")


def position_words() -> pl.Expr:
    """Angle and length."""
    return pl.format("angle {}, length {}", metric_words("angle"), metric_words("length"))


def rounded(value: pl.Expr, digits: int) -> pl.Expr:
    """A number as text, without a minus before zero."""
    number = value.cast(pl.Float64).round(digits)
    return pl.when(number == 0).then(0.0).otherwise(number).cast(pl.String)
