"""Which axes the global geometry page shows, in which order, on which scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from core.display import labels
from core.display.global_geometry.plot_area import DEGREES
from core.metrics import METRICS
from core.stats.density import shared_ranges
from core.store.combination import Key
from core.store.queries.class_angles import mean_class_angles
from core.store.queries.combination import metric_ranges
from core.store.queries.confusion import class_accuracy_change, confusion
from core.store.queries.paired import PairedSamples
from core.store.study import Study

MOST_CLASSES = 12
RULES = {
    "confused": "most confused",
    "shifted": "largest shift",
    "hurt": "most hurt by pruning",
    "picked": "hand-picked",
}
AXIS_METRICS = ("length", "margin", "true_probability")
"""What has an axis of its own beside the angles, from left to right."""
ORDERS = {"given": "as given", "angle": "by mean angle", "shift": "by shift"}


@dataclass(frozen=True)
class Axis:
    """One axis.

    Attributes:
        name: the class's name, or one of AXIS_METRICS.
        class_id: the class whose direction it is; None for a metric.
        low: value at the foot.
        high: value at the top.
        own: it is the direction of the chosen class.
    """

    name: str
    class_id: int | None
    low: float
    high: float
    own: bool = False

    @property
    def metric(self) -> str:
        """What stands on it: `angle`, or one of AXIS_METRICS."""
        return self.name if self.class_id is None else "angle"

    @property
    def unit(self) -> str:
        """Goes after a number."""
        return METRICS[self.metric].unit

    @property
    def label(self) -> str:
        """The axis in few words, under the others."""
        return METRICS[self.metric].label.lower() if self.class_id is None else self.name

    @property
    def title(self) -> str:
        """The axis in words."""
        return self.label if self.class_id is None else f"angle to {self.name}"

    def range_name(self, role: str) -> str:
        """The name of a range on it, as `brush` reads it: role, metric and class."""
        return f"{role}:{self.metric}:{'' if self.class_id is None else self.name}"

    def value(self, height: float) -> float:
        """The value at a height, 0 at the foot and 1 at the top."""
        return self.low + height * (self.high - self.low)

    def height(self, value: float) -> float:
        """The height of a value, 0 at the foot and 1 at the top."""
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class ChosenAxes:
    """The axes from left to right, and in words how classes were chosen where not all fit."""

    axes: tuple[Axis, ...]
    rule: str = ""


def choose_axes(
    study: Study,
    paired: PairedSamples,
    *,
    pins: Sequence[Key] = (),
    rule: str = "confused",
    picked: Sequence[str] = (),
    order: str = "given",
) -> ChosenAxes:
    """Axes of the classes that a rule puts first, then of AXIS_METRICS, on shared scales.

    True-class probability reaches from 0 to 1; length and margin over all values there are.

    Args:
        study: the open study.
        paired: both combinations, and samples.
        pins: further combinations whose length and margin the axes have to hold.
        rule: a key of RULES; it decides where the study has more than MOST_CLASSES classes.
        picked: class names, for the rule `picked`.
        order: a key of ORDERS.
    """
    names, own = study.class_names, paired.sample_filter.class_id
    shown, sentence = study.classes["class_id"].to_list(), ""
    if (count := len(shown)) > MOST_CLASSES:
        ranked = [study.names.classes[name] for name in picked] if rule == "picked" else []
        words = "picked by hand"
        if not ranked:
            ranked, words = _ranked(study, paired, rule)
            words += "; pick classes to replace them" if rule == "picked" else ""
        shown = list(dict.fromkeys(ranked if own is None else [own, *ranked]))[:MOST_CLASSES]
        others = "" if own is None else f"{names[own]} and "
        sentence = f"{len(shown)} of {count:,} class directions: {others}those {words}."
    if order != "given":
        by = pl.col("reference") if order == "angle" else -pl.col("shift").abs()
        means = study.run(mean_class_angles, paired).filter(pl.col("class_id").is_in(shown))
        first = means.sort(by, "class_id", nulls_last=True)["class_id"]
        shown = list(dict.fromkeys([*first, *sorted(shown)]))
    elif rule == "picked":
        shown = sorted(shown)
    keys = dict.fromkeys((paired.reference, paired.compared, *pins))
    ranges = shared_ranges(*(study.run(metric_ranges, key) for key in keys))
    probability = (0.0, 1.0)
    axes = (
        *(Axis(names[k], k, *DEGREES, own=k == own) for k in shown),
        *(Axis(metric, None, *ranges.get(metric, probability)) for metric in AXIS_METRICS),
    )
    return ChosenAxes(axes, sentence)


def mistakes(study: Study, paired: PairedSamples) -> pl.DataFrame:
    """How often the samples are mistaken for each class: class_id, mistakes (> 0)."""
    both = [
        study.run(confusion, key, sample_filter=paired.sample_filter)
        for key in dict.fromkeys((paired.reference, paired.compared))
    ]
    return (
        pl.concat(both)
        .filter(pl.col("label") != pl.col("prediction"))
        .group_by(pl.col("prediction").alias("class_id"))
        .agg(mistakes=pl.col("samples").sum())
        .sort("class_id")
    )


def _ranked(study: Study, paired: PairedSamples, rule: str) -> tuple[list[int], str]:
    """All classes, first those that a rule puts first, and the rule in words."""
    if rule == "hurt":
        order = study.run(
            class_accuracy_change, reference=paired.reference, compared=paired.compared
        ).sort(pl.col("compared") - pl.col("reference"), "class_id")
        words = "whose own accuracy falls most from reference to compared"
    elif rule == "shifted":
        # A mean over a handful of samples is no shift: on studies that store the nearest
        # directions only, most classes are near to few samples.
        few = pl.col("pairs") < pl.col("pairs").max() / 10
        means = study.run(mean_class_angles, paired)
        order = means.sort(few, -pl.col("shift").abs(), "class_id", nulls_last=True)
        words = "whose mean angle shifts most between the two combinations"
    else:
        counts, own = mistakes(study, paired), paired.sample_filter.class_id
        nearest = pl.min_horizontal("reference", "compared")
        order = (
            study.run(mean_class_angles, paired)
            .join(counts, on="class_id", how="full", coalesce=True)
            .sort(-pl.col("mistakes").fill_null(0), nearest, "class_id", nulls_last=True)
        )
        words = (
            f"most often confused{'' if own is None else f' with {study.class_names[own]}'} "
            f"under either combination "
            f"({labels.count(counts.height, 'class', 'classes')} ever; then the nearest)"
        )
    return list(dict.fromkeys([*order["class_id"], *study.classes["class_id"]])), words
