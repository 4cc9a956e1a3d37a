"""What the global geometry page draws: lines, densities, means and shifts of the axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from core.display import labels, theme
from core.display.asking import ask
from core.display.charts.parallel_coordinates import BEYOND, Strip
from core.display.global_geometry_axes import Axis, class_ids, mistakes
from core.display.global_geometry_intervals import (
    ROLES,
    Interval,
    chosen_and,
    subset_of,
)
from core.display.global_geometry_summaries import densities_of, interval_rows, moments_of
from core.display.sample_images import with_images
from core.display.state import Combination, View
from core.store import direction_queries

_MOST_CLASSES_COLOURED = 6
ROLE_COLOURS = {"reference": theme.REFERENCE, "compared": theme.COMPARED}
_CORRECTNESS = {"correct": theme.CORRECT, "incorrect": theme.INCORRECT}
_OTHER = "another class"


def kept_samples(view: View, intervals: Sequence[Interval]) -> tuple[int, ...]:
    """Ids of the page's samples that pass all intervals, none drawn or not."""
    chosen = chosen_and(view, subset_of(intervals, view))
    return tuple(ask(direction_queries.sample_ids, view.resolved, chosen=chosen)["sample_id"])


def strip_of(
    view: View,
    combinations: Mapping[str, Combination],
    axes: Sequence[Axis],
    *,
    limit: int,
    colour: str,
    intervals: Sequence[Interval] = (),
    kept: tuple[int, ...] | None = None,
    images: bool = True,
) -> Strip:
    """One view of axes.

    Args:
        view: the open study.
        combinations: one or both roles with their combination.
        axes: left to right.
        limit: lines to draw for each combination.
        colour: of the lines: `outcome`, `predicted` or `role`.
        intervals: to show on the axes.
        kept: samples that pass the intervals; None where there are none.
        images: hovered lines show their image.
    """
    lines = pl.concat(
        _lines(view, one, axes, limit=limit, kept=kept).with_columns(role=pl.lit(role))
        for role, one in combinations.items()
    )
    grouped, colours, legend = _coloured(view, lines, colour)
    if images:
        grouped = with_images(grouped, view.resolved, first=pl.col("kept"))
    else:
        grouped = grouped.with_columns(image=pl.lit(None, dtype=pl.String))
    return Strip(
        axes=axes,
        lines=grouped,
        densities=densities_of(view, combinations, axes),
        moments=moments_of(view, combinations, axes),
        intervals=interval_rows(intervals, axes),
        colours={**colours, **{role: ROLE_COLOURS[role] for role in ROLES}},
        legend=[*legend, *(role for role in combinations if role not in legend)],
    )


def _lines(
    view: View,
    combination: Combination,
    axes: Sequence[Axis],
    *,
    limit: int,
    kept: tuple[int, ...] | None,
) -> pl.DataFrame:
    found = ask(
        direction_queries.axis_lines,
        view.resolved,
        combination.key,
        class_ids=class_ids(axes),
        chosen=view.chosen,
        first=kept or (),
        limit=limit,
    )
    low = pl.Series([axis.low for axis in axes])
    span = pl.Series([axis.high - axis.low for axis in axes])
    values = np.array(found["axes"].to_list(), dtype=float).reshape(found.height, len(axes))
    heights = np.clip((values - low.to_numpy()) / span.to_numpy(), -0.02, 1.02)
    # Where only the nearest directions are stored, an absent angle is a large one.
    measured = np.isfinite(values[:, :-2]).any(axis=1)
    partly = view.classes.height > np.isfinite(values[:, :-2]).sum(axis=1)
    absent = ~np.isfinite(heights[:, :-2]) & (measured & partly)[:, None]
    heights[:, :-2][absent] = BEYOND
    return found.drop("axes").with_columns(
        combination=pl.lit(view.short(combination)),
        kept=pl.lit(True) if kept is None else pl.col("sample_id").is_in(list(kept)),
        **{
            f"p{i}": pl.Series(heights[:, i], nan_to_null=True, dtype=pl.Float64)
            for i in range(len(axes))
        },
    )


def _coloured(
    view: View, lines: pl.DataFrame, colour: str
) -> tuple[pl.DataFrame, dict[str, str], list[str]]:
    if colour == "role":
        return lines.with_columns(group=pl.col("role")), {}, list(dict.fromkeys(lines["role"]))
    if colour == "outcome":
        group = pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("incorrect"))
        return lines.with_columns(group=group), dict(_CORRECTNESS), list(_CORRECTNESS)
    found = mistakes(view).sort("mistakes", "class_id", descending=[True, False])
    names = dict(zip(view.classes["class_id"], view.classes["name"], strict=True))
    wrong = [names[k] for k in found["class_id"] if names[k] != view.class_name]
    palette = [one for method, one in theme.METHOD_COLOURS.items() if method != "dense"]
    shown = dict(zip(wrong, palette[:_MOST_CLASSES_COLOURED], strict=False))
    if view.class_name:
        shown = {view.class_name: theme.CORRECT, **shown}
    group = (
        pl.when(pl.col("predicted").is_in(list(shown)))
        .then(pl.format("as {}", "predicted"))
        .otherwise(pl.lit(_OTHER))
    )
    grouped = lines.with_columns(group=group)
    colours = {**{f"as {name}": one for name, one in shown.items()}, _OTHER: theme.INCORRECT}
    return grouped, colours, [one for one in colours if one in set(grouped["group"])]


def notes(strips: Sequence[Strip], samples: int) -> list[str]:
    """What is missing from the picture, and why."""
    found = []
    strip = strips[0]
    drawn = strip.lines["sample_id"].n_unique()
    if drawn < samples:
        found.append(
            f"{drawn:,} of {samples:,} samples are drawn, picked at random with a fixed seed"
            " (those in the intervals first); densities, means and counts are over all."
        )
    without = sorted(
        {
            row["samples"] - row["defined"]
            for one in strips
            for row in one.moments.iter_rows(named=True)
            if strip.axes[int(row["position"])].own
        }
        - {0}
    )
    found.extend(
        f"{labels.count(one, 'sample')} without angles (the network gives a zero feature)."
        for one in without
    )
    if any((one.lines.select(one.places) == BEYOND).to_numpy().any() for one in strips):
        found.append(
            "This study stores the nearest class directions of each sample: a line at the upper "
            "rim is at a class further away than those, and densities and means of that axis are "
            "over the samples for which it is near."
        )
    return found
