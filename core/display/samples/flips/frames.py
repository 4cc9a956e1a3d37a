"""Why answers change: mean Shapley shares of the logit gap over the samples that flip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display.samples.inspector.anatomy_frames import NAMES, waterfall
from core.stats.logit_gap import ARGUMENTS, LogitInputs, gap_shares, logit_gap
from core.store.queries.last_layer import class_directions
from core.store.queries.logit_inputs import flipped_samples
from core.store.queries.paired import PairedSamples
from core.store.study import Study

OUTCOMES = ("broken", "fixed")


@dataclass(frozen=True)
class FlipGroup:
    """The samples with one outcome.

    Attributes:
        samples: how many there are.
        steps: of their means, as `anatomy_frames.waterfall` returns; empty without samples.
        largest: by name in words, in how many of them the argument does most for the change.
    """

    samples: int
    steps: pl.DataFrame
    largest: dict[str, int]


@dataclass(frozen=True)
class Flips:
    """Samples that one of two combinations gets right and the other wrong.

    Attributes:
        groups: by outcome, those of OUTCOMES; none where nothing can be computed.
        missing: why nothing can be; None where it can.
    """

    groups: dict[str, FlipGroup]
    missing: str | None = None


def flips(study: Study, paired: PairedSamples) -> Flips:
    """Mean anatomy of the broken and of the fixed samples.

    Args:
        study: the open study.
        paired: both combinations, and samples.
    """
    heads = [
        study.run(class_directions, key.model_id) for key in (paired.reference, paired.compared)
    ]
    if any(head.is_empty() for head in heads):
        return Flips(
            {},
            "The file holds no norms and biases of the last layer for these models, from which "
            "logits follow.",
        )
    rows = study.ask(flipped_samples, paired)
    if rows["nearest_only"].any():
        return Flips(
            {},
            "Beyond 100 classes the study stores the nearest directions of each sample only: the "
            "gap of one sample is under “Inspect”, as far as both know the same classes.",
        )
    return Flips(
        {
            outcome: flip_group(rows.filter(pl.col("broken") == (outcome == "broken")), heads)
            for outcome in OUTCOMES
        }
    )


def flip_group(rows: pl.DataFrame, heads: list[pl.DataFrame]) -> FlipGroup:
    """Mean gaps and shares of some samples.

    Args:
        rows: as `queries.logit_inputs.flipped_samples` returns.
        heads: of reference and compared, as `queries.last_layer.class_directions` returns.
    """
    nothing = dict.fromkeys(NAMES.values(), 0)
    if rows.is_empty():
        empty = waterfall(0.0, dict.fromkeys(ARGUMENTS, 0.0), 0.0).clear()
        return FlipGroup(0, empty, nothing)
    labels = rows["label"].to_numpy().astype(np.int64)
    before, after = (
        _inputs(rows, role, head)
        for role, head in zip(("reference", "compared"), heads, strict=True)
    )
    shares = gap_shares(before, after, labels)
    gaps = [float(logit_gap(one, labels).mean()) for one in (before, after)]
    # what pushes in the direction of the change: down where broken, up where fixed
    sign = 1 if gaps[1] >= gaps[0] else -1
    most = np.argmax(sign * np.stack([shares[name] for name in ARGUMENTS]), axis=0)
    return FlipGroup(
        samples=rows.height,
        steps=waterfall(
            gaps[0], {name: float(one.mean()) for name, one in shares.items()}, gaps[1]
        ),
        largest={NAMES[name]: int((most == place).sum()) for place, name in enumerate(ARGUMENTS)},
    )


def _inputs(rows: pl.DataFrame, role: str, head: pl.DataFrame) -> LogitInputs:
    classes = head.height
    undefined = [float("nan")] * classes
    angles = [
        undefined if one is None else [float("nan") if x is None else x for x in one]
        for one in rows[f"{role}_angles"].to_list()
    ]
    return LogitInputs(
        length=rows[f"{role}_length"].to_numpy(),
        angles=np.array(angles, dtype=np.float64),
        norms=head["weight_norm"].to_numpy(),
        biases=head["bias"].to_numpy(),
    )
