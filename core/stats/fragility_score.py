"""The rule that predicts from angle and length alone which samples break (paper, figure 6)."""

from __future__ import annotations

import polars as pl

RULE = "rank by small angle and rank by large length, averaged"
"""The rule in words."""


def fragility_score() -> pl.Expr:
    """0 for the smallest angle and the largest length, 1 for the reverse.

    The mean of two ranks among the rows, each from 0 to 1 and equal for equal values: of the
    angle from small to large, and of the length from long to short. The rows have columns angle
    and length, without undefined values.
    """
    last = pl.max_horizontal(pl.len() - 1, 1)
    angle, length = pl.col("angle").rank(), pl.col("length").rank(descending=True)
    return ((angle - 1) / last + (length - 1) / last) / 2
