"""One sample: its numbers under two combinations, under all of them, and its angles to classes."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display.charts.tooltip_words import metric_words
from core.display.paired_words import signed
from core.display.samples.inspector.anatomy_frames import Anatomy, anatomy
from core.display.samples.inspector.path_frames import Paths, paths
from core.metrics import METRICS, Metric
from core.store.combination import Combination
from core.store.queries.one_sample import (
    sample_along,
    sample_class_angles,
    sample_label,
)
from core.store.study import Study

ROLES = ("reference", "compared")


@dataclass(frozen=True)
class SampleHead:
    """What the inspector always shows of one sample.

    Attributes:
        sample_id: of the sample.
        class_name: its true class.
        numbers: the sample's row under each role, as `queries.one_sample.sample_along`
            returns; a role without a row is absent.
        answers: as `answers_of_roles` returns.
    """

    sample_id: int
    class_name: str
    numbers: dict[str, dict[str, object]]
    answers: pl.DataFrame


@dataclass(frozen=True)
class SampleAngles:
    """The sample's angles to classes, and what made its logit gap change.

    Attributes:
        angles: as `class_angles` returns.
        nearest_only: the study stores the angles to the nearest classes only.
        anatomy: of the change of the logit gap, or why there is none.
    """

    angles: pl.DataFrame
    nearest_only: bool
    anatomy: Anatomy


def sample_head(
    study: Study, sample_id: int, reference: Combination, compared: Combination
) -> SampleHead:
    """The sample's numbers under two combinations, and both models' answers to all conditions.

    Args:
        study: the open study.
        sample_id: of a sample that the study has.
        reference: before.
        compared: after.
    """
    keys = {"reference": study.key(reference), "compared": study.key(compared)}
    along = _along(study, sample_id, reference, compared)
    by_key = {(row["model_id"], row["condition_id"]): row for row in along.iter_rows(named=True)}
    return SampleHead(
        sample_id=sample_id,
        class_name=study.run(sample_label, sample_id)["class"].item(),
        numbers={role: by_key[key] for role, key in keys.items() if key in by_key},
        answers=answers_of_roles(along, {role: key.model_id for role, key in keys.items()}),
    )


def sample_angles(
    study: Study, sample_id: int, reference: Combination, compared: Combination
) -> SampleAngles:
    """Angles and anatomy, with the arguments of `sample_head`."""
    keys = {"reference": study.key(reference), "compared": study.key(compared)}
    both = {role: study.run(sample_class_angles, key, sample_id) for role, key in keys.items()}
    return SampleAngles(
        angles=class_angles(both),
        nearest_only=max((one.height for one in both.values()), default=0) < study.classes.height,
        anatomy=anatomy(both["reference"], both["compared"]),
    )


def sample_paths(
    study: Study, sample_id: int, reference: Combination, compared: Combination, corruption: str
) -> Paths:
    """The sample's ways through angle and length, with the arguments of `sample_head`.

    Args:
        study: the open study.
        sample_id: of a sample that the study has.
        reference: before.
        compared: after.
        corruption: over whose severities the sample's way is drawn.
    """
    along = _along(study, sample_id, reference, compared)
    return paths(study, along, reference, compared, corruption)


def _along(
    study: Study, sample_id: int, reference: Combination, compared: Combination
) -> pl.DataFrame:
    names = study.names
    return study.run(
        sample_along,
        sample_id,
        condition_id=names.conditions[compared.condition],
        model_ids=sorted({names.models[one.model] for one in (reference, compared)}),
    )


def answers_of_roles(along: pl.DataFrame, models: dict[str, int]) -> pl.DataFrame:
    """What two models say to the sample under each condition.

    Args:
        along: as `queries.one_sample.sample_along` returns, with both models.
        models: model_id by role.

    Returns:
        role, condition_id, answer (in words), by role and condition_id.
    """
    ids = pl.DataFrame({"role": list(models), "model_id": list(models.values())})
    return (
        ids.join(along.with_columns(pl.col("model_id").cast(pl.Int64)), on="model_id")
        .sort("role", "condition_id", descending=[True, False])
        .select(
            "role",
            "condition_id",
            answer=pl.format(
                "predicts {} ({}), true-class probability {}",
                "predicted",
                pl.when("correct").then(pl.lit("right")).otherwise(pl.lit("wrong")),
                metric_words("true_probability"),
            ),
        )
    )


def class_angles(both: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The sample's angles to class directions under reference and compared.

    Args:
        both: by role, as `queries.one_sample.sample_class_angles` returns.

    Returns:
        class, place (order of classes), role, angle (degrees), own (`true class` or nothing),
        words; by place and role. Undefined angles are left out.
    """
    rows = pl.concat([one.with_columns(role=pl.lit(role)) for role, one in both.items()])
    cosine = pl.col("angle").radians().cos().fill_null(0)
    logit = pl.col("weight_norm") * pl.col("length") * cosine + pl.col("bias")
    return (
        rows.filter(pl.col("angle").is_not_null())
        .sort("class_id", pl.col("role") == "compared")
        .select(
            "class",
            pl.col("class_id").alias("place"),
            "role",
            pl.col("angle").cast(pl.Float32),
            own=pl.when("own").then(pl.lit("true class")).otherwise(pl.lit("")),
            words=pl.concat_str(
                pl.format("{} ({})", "class", "role"),
                pl.when("own").then(pl.lit("true class")),
                pl.when("predicted").then(pl.lit("predicted")),
                metric_words("angle"),
                pl.format("logit {}", logit.round(2)),
                separator=", ",
                ignore_nulls=True,
            ),
        )
    )


def _number(metric: Metric, value: object) -> str:
    return metric.number(value).replace("-", "−") if isinstance(value, float) else "–"


def numbers_table(numbers: dict[str, dict[str, object]]) -> pl.DataFrame:
    """The sample's metrics under both roles, for people.

    Args:
        numbers: row of `queries.one_sample.sample_along` by role.

    Returns:
        metric, reference, compared, change: in words, a dash where undefined.
    """
    rows = []
    for name, metric in METRICS.items():
        before, after = (numbers.get(role, {}).get(name) for role in ROLES)
        change = "–"
        if isinstance(before, float) and isinstance(after, float):
            change = signed(after - before, digits=metric.digits) + metric.unit
        rows.append(
            {
                "metric": metric.label,
                "reference": _number(metric, before),
                "compared": _number(metric, after),
                "change": change,
            }
        )
    return pl.DataFrame(rows)
