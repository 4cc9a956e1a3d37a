"""What the global geometry page draws: lines, densities, means and shifts of the axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from core.display import labels, theme
from core.display.asking import ask
from core.display.charts.parallel_coordinates import BEYOND, Strip
from core.display.densities import smooth_densities
from core.display.global_geometry_axes import Axis, class_ids, mistakes
from core.display.global_geometry_intervals import (
    ROLES,
    Interval,
    chosen_and,
    subset_of,
)
from core.display.global_geometry_shift import BINS, shifts_with_intervals
from core.display.sample_images import with_images
from core.display.state import Combination, View
from core.store import direction_queries

DENSITY_BINS = 96
# How far the highest peak of an axis's densities reaches towards the next axis.
_REACH = 0.42
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
        densities=_densities(view, combinations, axes),
        moments=_moments(view, combinations, axes),
        intervals=_interval_rows(intervals, axes),
        colours={**colours, **{role: ROLE_COLOURS[role] for role in ROLES}},
        legend=[*legend, *(role for role in combinations if role not in legend)],
    )


def shifts_of(view: View, axes: Sequence[Axis]) -> tuple[pl.DataFrame, float]:
    """How far each axis's mean moves from reference to compared, and the scale's end in degrees.

    The rows are as the chart takes them: angles in degrees, length and margin scaled to fill
    the same height.
    """
    found = shifts_with_intervals(
        ask(
            direction_queries.axis_differences,
            view.resolved,
            reference=view.reference.key,
            compared=view.compared.key,
            class_ids=class_ids(axes),
            bins=BINS,
            chosen=view.chosen,
        )
    )
    found = found.with_columns(
        position=pl.col("axis"),
        title=pl.col("axis").replace_strict({i: axis.title for i, axis in enumerate(axes)}),
        unit=pl.col("axis").replace_strict({i: axis.unit for i, axis in enumerate(axes)}),
        clear=(pl.col("low") > 0) | (pl.col("high") < 0),
        reach=pl.max_horizontal(pl.col("low", "high").abs()),
    )
    limit = max(1.0, _largest(found.filter(pl.col("unit") != "")["reach"]))
    scale = (
        pl.when(pl.col("unit") != "")
        .then(1.0)
        .otherwise(limit / pl.max_horizontal("reach", pl.lit(1e-9)))
    )
    placed = found.with_columns(
        middle=pl.col("shift") * scale, foot=pl.col("low") * scale, top=pl.col("high") * scale
    ).with_columns(
        text=pl.col("shift").map_elements(lambda shift: f"{shift:+.1f}", return_dtype=pl.String)
        + pl.col("unit"),
        label=pl.when(pl.col("shift") >= 0)
        .then(pl.col("top") + 0.38 * limit)
        .otherwise(pl.col("foot") - 0.38 * limit),
    )
    return placed, limit


def _largest(values: pl.Series) -> float:
    return float(values.max() or 0)  # type: ignore[arg-type]


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


def _densities(
    view: View, combinations: Mapping[str, Combination], axes: Sequence[Axis]
) -> pl.DataFrame:
    histograms = pl.concat(
        ask(
            direction_queries.axis_histograms,
            view.resolved,
            one.key,
            class_ids=class_ids(axes),
            ranges=tuple((axis.low, axis.high) for axis in axes),
            bins=DENSITY_BINS,
            chosen=view.chosen,
        ).with_columns(role=pl.lit(role), metric=pl.col("axis").cast(pl.String))
        for role, one in combinations.items()
    )
    ranges = {str(i): (axis.low, axis.high) for i, axis in enumerate(axes)}
    curves = smooth_densities(
        histograms, ranges, group="role", bins=DENSITY_BINS
    ).with_columns(axis=pl.col("metric").cast(pl.Int64))  # fmt: skip
    low = [axis.low for axis in axes]
    span = [axis.high - axis.low for axis in axes]
    return (
        curves.with_columns(
            position=pl.col("axis").cast(pl.Float64),
            edge=pl.col("axis") + _REACH * pl.col("density") / pl.col("density").max().over("axis"),
            height=(pl.col("value") - pl.col("axis").replace_strict(dict(enumerate(low))))
            / pl.col("axis").replace_strict(dict(enumerate(span))),
            title=pl.col("axis").replace_strict({i: axis.title for i, axis in enumerate(axes)}),
        )
        .filter(pl.col("edge") - pl.col("position") > 0.002)
        .select("axis", "role", "title", "position", "edge", "height", "value", "samples")
    )


def _moments(
    view: View, combinations: Mapping[str, Combination], axes: Sequence[Axis]
) -> pl.DataFrame:
    rows = []
    for role, one in combinations.items():
        found = ask(
            direction_queries.axis_moments,
            view.resolved,
            one.key,
            class_ids=class_ids(axes),
            chosen=view.chosen,
        )
        for row in found.filter(pl.col("mean").is_not_null()).iter_rows(named=True):
            axis, spread = axes[row["axis"]], row["deviation"] or 0.0
            rows.append(
                {
                    **row,
                    "role": role,
                    "title": axis.title,
                    "position": float(row["axis"]),
                    "height": axis.height(row["mean"]),
                    "foot": max(-0.02, axis.height(row["mean"] - spread)),
                    "top": min(1.02, axis.height(row["mean"] + spread)),
                }
            )
    schema = {"role": pl.String, "title": pl.String, "position": pl.Float64, "height": pl.Float64,
              "foot": pl.Float64, "top": pl.Float64, "mean": pl.Float64, "deviation": pl.Float64,
              "defined": pl.Int64, "samples": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def _interval_rows(intervals: Sequence[Interval], axes: Sequence[Axis]) -> pl.DataFrame:
    rows = [
        (
            i - 0.13,
            i + 0.13,
            0.0 if one.low is None else axis.height(one.low),
            1.0 if one.high is None else axis.height(one.high),
        )
        for one in intervals
        for i, axis in enumerate(axes)
        if one.is_on(axis)
    ]
    schema = {"position": pl.Float64, "right": pl.Float64, "height": pl.Float64, "top": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("height", "top").clip(0, 1)
    )


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
