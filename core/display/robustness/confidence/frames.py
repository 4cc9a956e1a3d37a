"""Reliability and risk-coverage curves of some models under one condition, and their numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display import labels
from core.stats.auroc import auroc
from core.stats.calibration import BINS, Estimate, bin_numbers, risk_coverage, trusts
from core.stats.intervals import wilson_interval
from core.store.queries.robustness import confidence_under_models
from core.store.study import Study
from core.store.subsets.base import SampleFilter

POINTS = 200


@dataclass(frozen=True)
class Confidence:
    """What the page shows.

    Attributes:
        reliability: model (label), confidence (mean of a bin), accuracy, low, high, samples; a row
            a bin that holds images.
        risks: model, coverage, risk: at most POINTS for each model.
        numbers: model, accuracy, confidence (means), and for ece, aurc, auroc: the number, _low,
            _high; ece_difference and aurc_difference from the first model likewise.
        images: with a confidence under all of the models.
        undefined: images without.
    """

    reliability: pl.DataFrame
    risks: pl.DataFrame
    numbers: pl.DataFrame
    images: int
    undefined: int


def confidence(
    study: Study, names: list[str], condition: str, sample_filter: SampleFilter, *, tested: bool
) -> Confidence:
    """Everything that the page needs; models that were not evaluated there are left out.

    Args:
        study: the open study.
        names: of the models; the others are compared with the first.
        condition: of the images.
        sample_filter: images.
        tested: whether intervals are given.
    """
    ids = [study.names.models[name] for name in names]
    rows = study.ask(
        confidence_under_models,
        model_ids=ids,
        condition_id=study.names.conditions[condition],
        sample_filter=sample_filter,
    )
    evaluated = set(rows["model_id"])
    words = labels.model_labels(study.models)
    models = [words[name] for name, one in zip(names, ids, strict=True) if one in evaluated]
    whole = rows.filter((pl.col("confidence").count() == len(models)).over("sample_id"))
    shape = (len(models), -1) if models else (0, 0)
    order = pl.col("model_id").replace_strict({one: i for i, one in enumerate(ids)})
    whole = whole.sort(order, "sample_id")
    sure = whole["confidence"].to_numpy().reshape(shape)
    right = whole["correct"].to_numpy().reshape(shape)
    images = sure.shape[1]
    return Confidence(
        reliability=_reliability(models, sure, right, tested=tested),
        risks=_risks(models, sure, right),
        numbers=_numbers(models, sure, right, tested=tested),
        images=images,
        undefined=rows["sample_id"].n_unique() - images,
    )


def _reliability(
    models: list[str], sure: np.ndarray, right: np.ndarray, *, tested: bool
) -> pl.DataFrame:
    rows = []
    for model, own, correct in zip(models, sure, right, strict=True):
        bins = bin_numbers(own)
        samples = np.bincount(bins, minlength=BINS)
        hits = np.bincount(bins, correct, minlength=BINS)
        means = np.bincount(bins, own, minlength=BINS)
        for k in np.flatnonzero(samples):
            count, hit = int(samples[k]), int(hits[k])
            low, high = wilson_interval(hit, count) if tested else (None, None)
            rows.append((model, float(means[k]) / count, hit / count, low, high, count))
    schema = {
        "model": pl.String, "confidence": pl.Float64, "accuracy": pl.Float64, "low": pl.Float64,
        "high": pl.Float64, "samples": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _risks(models: list[str], sure: np.ndarray, right: np.ndarray) -> pl.DataFrame:
    parts = []
    for model, own, correct in zip(models, sure, right, strict=True):
        risk = risk_coverage(own, correct)
        shown = np.unique(np.linspace(0, risk.size - 1, min(POINTS, risk.size)).astype(int))
        parts.append(
            pl.DataFrame({"coverage": (shown + 1) / max(1, risk.size), "risk": risk[shown]}).select(
                pl.lit(model).alias("model"), "coverage", "risk"
            )
        )
    schema = {"model": pl.String, "coverage": pl.Float64, "risk": pl.Float64}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def _numbers(
    models: list[str], sure: np.ndarray, right: np.ndarray, *, tested: bool
) -> pl.DataFrame:
    if not sure.size:
        return pl.DataFrame(schema={"model": pl.String})
    rows = []
    for model, own, correct, trust in zip(models, sure, right, trusts(sure, right), strict=True):
        found = auroc(-own, ~correct)
        numbers: dict[str, tuple[float | None, tuple[float, float] | None]] = {
            "ece": _parts(trust.ece),
            "aurc": _parts(trust.aurc),
            "auroc": (found.value, found.interval),
            "ece_difference": _parts(trust.ece_difference),
            "aurc_difference": _parts(trust.aurc_difference),
        }
        row: dict[str, object] = {
            "model": model, "accuracy": float(correct.mean()), "confidence": float(own.mean())
        }  # fmt: skip
        for name, (value, interval) in numbers.items():
            low, high = interval if tested and interval else (None, None)
            row |= {name: value, f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def _parts(estimate: Estimate | None) -> tuple[float | None, tuple[float, float] | None]:
    return (None, None) if estimate is None else (estimate.value, estimate.interval)
