"""Predicted and observed: samples by a dense model's geometry, and by how often they stay right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display.dense_models import pruned_models, with_dense
from core.metrics import METRICS
from core.stats.auroc import Auroc, auroc
from core.stats.fragility_score import fragility_score
from core.store.combination import Key
from core.store.queries.exemplars import times_right
from core.store.study import Study
from core.store.subsets.base import SampleFilter

PICKED = 6
SCOPES = {
    "pruning": "Pruning",
    "corruption": "Corruption",
    "both": "Pruning and corruption",
}
"""What samples are to withstand, by the name that links carry."""
SCOPE_WORDS = {
    "pruning": "the pruned models on clean images",
    "corruption": "the dense model on corrupted images",
    "both": "the pruned models on corrupted images",
}
LEVELS = {"0": "once", "10": "in 10 %", "25": "in 25 %", "50": "in 50 %"}
"""From which share of wrong predictions on a sample is fragile, in percent: the name in links."""
LEVEL = "25"
RULE, ROBUST, FRAGILE = "rule", "robust", "fragile"
PREDICTORS = {
    RULE: "the rule",
    "angle": "large angle",
    "length": "short feature",
    "margin": "low margin",
    "confidence": "low confidence",
}
"""What is asked whether it predicts fragile samples."""
_SIGNS = {RULE: 1, "angle": 1, "length": -1, "margin": -1, "confidence": -1}


@dataclass(frozen=True)
class Fragility:
    """Samples that the dense model gets right on clean images, predicted and observed.

    Attributes:
        picked: sample_id, class, angle, length, score, right, of (predictions), by (`predicted`,
            `observed`), group (ROBUST, FRAGILE): the first PICKED of each.
        areas: as `area_rows` returns, over all scopes.
        dense: name of the dense model, None where the study has none for the network.
        models: pruned models that are counted.
        degenerate: pruned models that are not, since one class takes most of their predictions.
        samples: those the dense model gets right and that have an angle.
        wrong: those that it gets wrong.
        without_angle: those that it gets right without an angle.
        fragile: of the samples, those observed fragile, under the scope asked for.
        always_right: those that are right every time.
    """

    picked: pl.DataFrame
    areas: pl.DataFrame
    dense: str | None
    models: int = 0
    degenerate: int = 0
    samples: int = 0
    wrong: int = 0
    without_angle: int = 0
    fragile: int = 0
    always_right: int = 0


def fragility(
    study: Study, model: str, sample_filter: SampleFilter, *, scope: str, level: int, tested: bool
) -> Fragility:
    """Predicted and observed fragility of the filtered samples.

    Args:
        study: the open study.
        model: name of a model, whose dense one predicts.
        sample_filter: samples.
        scope: what the observed ones are to withstand, one of SCOPES.
        level: share of wrong predictions that makes a sample fragile, percent.
        tested: whether intervals are given.
    """
    own = with_dense(study.models).row(by_predicate=pl.col("name") == model, named=True)
    dense_id = own["dense_id"]
    clean = study.conditions.filter(pl.col("severity") == 0)
    if dense_id is None or clean.is_empty():
        return Fragility(
            picked_samples(_NOTHING, scope, level), area_rows(_NOTHING, level, tested), None
        )
    pruned, degenerate = pruned_models(study.models, dense_id)
    rows = study.run(
        times_right,
        dense=Key(dense_id, int(clean["condition_id"][0])),
        pruned_ids=tuple(pruned["model_id"]),
        sample_filter=sample_filter,
    )
    right = rows.filter("correct")
    placed = scored(right)
    observed = placed.filter(pl.col(f"{scope}_of") > 0)
    return Fragility(
        picked=picked_samples(placed, scope, level),
        areas=area_rows(placed, level, tested),
        dense=str(study.models.filter(model_id=dense_id)["name"][0]),
        models=pruned.height,
        degenerate=degenerate,
        samples=placed.height,
        wrong=rows.height - right.height,
        without_angle=right.height - placed.height,
        fragile=int(is_fragile(observed, scope, level).sum()),
        always_right=observed.filter(pl.col(f"{scope}_right") == pl.col(f"{scope}_of")).height,
    )


def scored(rows: pl.DataFrame) -> pl.DataFrame:
    """Samples with an angle, with the rule's score: 0 predicted robust, 1 predicted fragile.

    Args:
        rows: as `queries.exemplars.times_right` returns.
    """
    placed = rows.filter(pl.col("angle").is_not_null())
    return placed.with_columns(fragility_score().alias(RULE))


def is_fragile(rows: pl.DataFrame, scope: str, level: int) -> pl.Series:
    """Whether each sample is observed fragile: wrong at least once, and in `level` percent.

    Args:
        rows: with the columns of the scope, of at least one prediction each.
        scope: one of SCOPES.
        level: percent of the predictions.
    """
    of = pl.col(f"{scope}_of")
    wrong = of - pl.col(f"{scope}_right")
    return rows.select(((wrong > 0) & (100 * wrong >= level * of)).alias("fragile")).to_series()


def picked_samples(placed: pl.DataFrame, scope: str, level: int) -> pl.DataFrame:
    """The samples at the ends of both orders: by the rule's score, and by the share right.

    Samples that are right equally often come in an order by chance, with a fixed seed. Neither
    predicted group takes more than a third of the samples; the observed ones are those that are
    fragile, and the others.

    Args:
        placed: as `scored` returns.
        scope: one of SCOPES.
        level: as `is_fragile` takes it.

    Returns:
        sample_id, class, angle, length, score, right, of, by, group, in the order in which they
        are shown: the most robust, or the most fragile, first.
    """
    known = placed.filter(pl.col(f"{scope}_of") > 0)
    rows = known.select(
        pl.col("sample_id", "class", "angle", "length"),
        pl.col(RULE).alias("score"),
        pl.col(f"{scope}_right").alias("right"),
        pl.col(f"{scope}_of").alias("of"),
    )
    fragile = is_fragile(known, scope, level)
    each = min(PICKED, rows.height // 3)
    share, chance = pl.col("right") / pl.col("of"), pl.col("sample_id").hash(seed=0)
    groups = [
        ("predicted", ROBUST, rows, pl.col("score"), each),
        ("predicted", FRAGILE, rows, -pl.col("score"), each),
        ("observed", ROBUST, rows.filter(~fragile), -share, PICKED),
        ("observed", FRAGILE, rows.filter(fragile), share, PICKED),
    ]
    return pl.concat(
        some.sort(value, chance, "sample_id")
        .head(count)
        .with_columns(by=pl.lit(by), group=pl.lit(group))
        for by, group, some, value, count in groups
    )


def area_rows(placed: pl.DataFrame, level: int, tested: bool) -> pl.DataFrame:
    """How well each predictor tells the samples observed fragile from the others.

    Args:
        placed: as `scored` returns.
        level: as `is_fragile` takes it.
        tested: whether intervals are given.

    Returns:
        scope and predictor (in words), place and row (their order), value, low, high (NULL
        without), fragile, samples, label, words; none for a scope that nothing is known about.
    """
    rows = []
    for place, (scope, title) in enumerate(SCOPES.items()):
        observed = placed.filter(pl.col(f"{scope}_of") > 0)
        if observed.is_empty():
            continue
        fragile = is_fragile(observed, scope, level)
        for row, (predictor, name) in enumerate(PREDICTORS.items()):
            known = observed[predictor].is_not_null()
            values = _SIGNS[predictor] * observed[predictor].filter(known).to_numpy()
            found = auroc(values.astype(np.float64), fragile.filter(known).to_numpy())
            rows.append((title, place, name, row, *_area(found, tested)))
    schema = {
        "scope": pl.String, "place": pl.Int64, "predictor": pl.String, "row": pl.Int64,
        "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "fragile": pl.Int64,
        "samples": pl.Int64, "label": pl.String, "words": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _area(
    found: Auroc, tested: bool
) -> tuple[float | None, float | None, float | None, int, int, str, str]:
    low, high = (found.interval or (None, None)) if tested else (None, None)
    samples = found.positives + found.negatives
    of = f"{found.positives:,} of {samples:,} fragile"
    if found.value is None:
        return None, None, None, found.positives, samples, "–", f"{of}: nothing to tell apart"
    interval = "no interval" if low is None or high is None else f"95 % {low:.3f} to {high:.3f}"
    label = f"{found.value:.3f}"
    words = f"AUROC {label} ({interval}), {of}"
    return found.value, low, high, found.positives, samples, label, words


_NOTHING = pl.DataFrame(
    schema={
        "sample_id": pl.Int32, "class": pl.String,
        **dict.fromkeys([*METRICS, RULE], pl.Float64),
        **{f"{scope}_{what}": pl.Int64 for scope in SCOPES for what in ("right", "of")},
    }
)  # fmt: skip
