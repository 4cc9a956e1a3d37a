"""Which axes the global geometry page shows, in which order, on which scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from core.display import labels
from core.display.query_cache import ask
from core.display.state.context import View
from core.stats.density import shared_ranges
from core.store.queries import class_angles as direction_queries
from core.store.queries import metric_ranges as geometry_queries

MOST_CLASSES = 12
# The same degrees under every class, model and study, so that pictures compare. Values
# outside stand on the rim.
DEGREES = (20.0, 140.0)
RULES = {
    "confused": "most confused",
    "shifted": "largest shift",
    "hurt": "most hurt by pruning",
    "picked": "hand-picked",
}
ORDERS = {"given": "as given", "angle": "by mean angle", "shift": "by shift"}


@dataclass(frozen=True)
class Axis:
    """One axis.

    Attributes:
        name: the class's name, `length` or `margin`.
        class_id: the class whose direction it is; None for length and margin.
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
    def unit(self) -> str:
        """Goes after a number."""
        return "" if self.class_id is None else "°"

    @property
    def title(self) -> str:
        """The axis in words."""
        return self.name if self.class_id is None else f"angle to {self.name}"

    def value(self, height: float) -> float:
        """The value at a height, 0 at the foot and 1 at the top."""
        return self.low + height * (self.high - self.low)

    def height(self, value: float) -> float:
        """The height of a value, 0 at the foot and 1 at the top."""
        return (value - self.low) / (self.high - self.low)


def class_ids(axes: Sequence[Axis]) -> tuple[int, ...]:
    """The classes of the angle axes, as queries take them."""
    return tuple(axis.class_id for axis in axes if axis.class_id is not None)


def axes_of(view: View, shown: Sequence[int]) -> tuple[Axis, ...]:
    """The axes of some classes, then length and margin, scaled alike for all combinations."""
    names = dict(zip(view.classes["class_id"], view.classes["name"], strict=True))
    ranges = shared_ranges(
        *(
            ask(
                geometry_queries.metric_ranges,
                view.resolved,
                model_id=one.model_id,
                condition_id=one.condition_id,
            )
            for one in (view.reference, view.compared, *view.kept)
        )
    )
    angles = [Axis(names[k], k, *DEGREES, own=names[k] == view.class_name) for k in shown]
    return (
        *angles,
        Axis("length", None, *ranges["length"]),
        Axis("margin", None, *ranges["margin"]),
    )


def ranked_classes(view: View, rule: str) -> tuple[list[int], str]:
    """All classes by a rule, first those that it puts first, and the rule in a sentence.

    Args:
        view: the open study.
        rule: `confused`, `shifted` or `hurt`.

    Returns:
        Class ids, the chosen class not among them, and what stands under the chart.
    """
    pair = {"reference": view.reference.key, "compared": view.compared.key}
    of_class = f" with {view.class_name}" if view.class_name else ""
    if rule == "hurt":
        changes = ask(direction_queries.class_accuracy_change, view.resolved, **pair)
        order = changes.sort(pl.col("compared") - pl.col("reference"), "class_id")
        sentence = "whose own accuracy falls most from reference to compared"
    else:
        means = ask(direction_queries.direction_means, view.resolved, **pair, chosen=view.chosen)
        if rule == "shifted":
            # A mean over a handful of samples is no shift: on studies that store the nearest
            # directions only, most classes are near to few samples.
            enough = pl.col("pairs") >= pl.col("pairs").max() / 10
            order = means.sort(
                enough, pl.col("shift").abs(), "class_id", descending=[True, True, False],
                nulls_last=True,
            )  # fmt: skip
            sentence = "whose mean angle shifts most between the two combinations"
        else:
            counts = mistakes(view)
            order = (
                means.join(counts, on="class_id", how="full", coalesce=True)
                .with_columns(pl.col("mistakes").fill_null(0))
                .sort(
                    "mistakes",
                    pl.min_horizontal("reference", "compared"),
                    "class_id",
                    descending=[True, False, False],
                    nulls_last=True,
                )
            )
            found = counts.height
            sentence = (
                f"most often confused{of_class} under either combination "
                f"({labels.count(found, 'class', 'classes')} ever; then the nearest)"
            )
    known = order["class_id"].to_list()
    rest = [k for k in view.classes["class_id"] if k not in set(known)]
    own = own_class(view)
    return [k for k in [*known, *rest] if k != own], sentence


def mistakes(view: View) -> pl.DataFrame:
    """How often the chosen samples are mistaken for each class: class_id, mistakes (> 0)."""
    both = [
        ask(direction_queries.confusion, view.resolved, one.key, chosen=view.chosen)
        for one in dict.fromkeys((view.reference, view.compared))
    ]
    return (
        pl.concat(both)
        .filter(pl.col("label") != pl.col("prediction"))
        .group_by(pl.col("prediction").alias("class_id"))
        .agg(mistakes=pl.col("samples").sum())
        .sort("class_id")
    )


def own_class(view: View) -> int | None:
    """The chosen class's id, None for all classes."""
    return view.chosen.class_id


def in_order(view: View, shown: Sequence[int], order: str) -> list[int]:
    """The classes of the angle axes in the order that was asked for."""
    if order == "given":
        return sorted(shown)
    means = ask(
        direction_queries.direction_means,
        view.resolved,
        reference=view.reference.key,
        compared=view.compared.key,
        chosen=view.chosen,
    ).filter(pl.col("class_id").is_in(list(shown)))
    by = pl.col("reference") if order == "angle" else -pl.col("shift").abs()
    found: list[int] = means.sort(by, "class_id", nulls_last=True)["class_id"].to_list()
    return found + [k for k in sorted(shown) if k not in set(found)]
