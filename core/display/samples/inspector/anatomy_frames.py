"""The change of a sample's logit gap between two combinations, split over what made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display.paired_words import signed
from core.stats.logit_gap import ARGUMENTS, LogitInputs, gap_shares, logit_gap, logits

NAMES = {
    "length": "length of the feature",
    "angles": "angles to the classes",
    "norms": "norms of the class directions",
    "biases": "biases",
}
"""Each argument of the logits in words."""


@dataclass(frozen=True)
class Anatomy:
    """How a logit gap changes: true class minus the best other class.

    Attributes:
        steps: as `waterfall` returns; empty where there is no anatomy.
        before: the gap under the reference.
        after: the gap under the compared.
        rivals: the best other class under reference and compared.
        classes: how many classes the gap is over.
        missing: why there is no anatomy; None where there is one.
    """

    steps: pl.DataFrame
    before: float = 0.0
    after: float = 0.0
    rivals: tuple[str, str] = ("", "")
    classes: int = 0
    missing: str | None = None


def anatomy(reference: pl.DataFrame, compared: pl.DataFrame) -> Anatomy:
    """Split the change of one sample's logit gap.

    Where only the nearest class directions are stored, the gap is over the true class and the
    classes that are stored under both.

    Args:
        reference: class_id, class, own, angle, length, weight_norm, bias, a row a class.
        compared: the same.
    """
    found = reference.join(compared, on="class_id", suffix="_after", how="inner").sort("class_id")
    if found.is_empty():
        return _without("The sample was not put to both combinations.")
    held = ("weight_norm", "bias", "weight_norm_after", "bias_after")
    if sum(found.select(held).null_count().row(0)):
        return _without(
            "The file holds no norms and biases of the last layer for these models, from which "
            "logits follow."
        )
    if found.height < 2:
        return _without(
            "No class beside the true one is among the nearest stored directions under both."
        )
    label = np.array([found["own"].arg_max()])
    before, after = _inputs(found, ""), _inputs(found, "_after")
    shares = {name: float(share[0]) for name, share in gap_shares(before, after, label).items()}
    gaps = [float(logit_gap(one, label)[0]) for one in (before, after)]
    return Anatomy(
        steps=waterfall(gaps[0], shares, gaps[1]),
        before=gaps[0],
        after=gaps[1],
        rivals=(_rival(found, before), _rival(found, after)),
        classes=found.height,
    )


def waterfall(before: float, shares: dict[str, float], after: float) -> pl.DataFrame:
    """The bars of a waterfall, from the gap under the reference to that under the compared.

    Args:
        before: the gap under the reference.
        shares: what each of ARGUMENTS adds; they sum to the change.
        after: the gap under the compared.

    Returns:
        step (in words), place, low and high (ends of the bar), kind (`reference`, `compared`,
        `rises` or `falls`), label (the number on the bar).
    """
    rows: list[tuple[str, float, float, str, str]] = [
        ("gap under the reference", 0.0, before, "reference", gap_number(before))
    ]
    level = before
    for name in ARGUMENTS:
        share = shares[name]
        kind = "rises" if share >= 0 else "falls"
        rows.append((NAMES[name], level, level + share, kind, signed(share, digits=2)))
        level += share
    rows.append(("gap under the compared", 0.0, after, "compared", gap_number(after)))
    frame = pl.DataFrame(rows, schema=["step", "from", "to", "kind", "label"], orient="row")
    return frame.select(
        "step",
        pl.int_range(pl.len()).alias("place"),
        low=pl.min_horizontal("from", "to"),
        high=pl.max_horizontal("from", "to"),
        kind="kind",
        label="label",
    )


def gap_number(value: float) -> str:
    """A logit gap as on screen."""
    return f"{value:.2f}".replace("-", "−")


def _without(why: str) -> Anatomy:
    return Anatomy(steps=waterfall(0.0, dict.fromkeys(ARGUMENTS, 0.0), 0.0).clear(), missing=why)


def _inputs(found: pl.DataFrame, suffix: str) -> LogitInputs:
    def column(name: str) -> np.ndarray:
        values = found[name + suffix].cast(pl.Float64).fill_null(float("nan"))
        return values.to_numpy()

    return LogitInputs(
        length=column("length")[:1],
        angles=column("angle")[None, :],
        norms=column("weight_norm"),
        biases=column("bias"),
    )


def _rival(found: pl.DataFrame, inputs: LogitInputs) -> str:
    """The class with the largest logit beside the true one."""
    values = pl.Series(logits(inputs)[0])
    others = found.with_columns(logit=values).filter(~pl.col("own"))
    return str(others.sort("logit", descending=True)["class"][0])
