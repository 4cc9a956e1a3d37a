"""What the global geometry page draws: the rows of its views of axes, and what it says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl

from core.display import labels, theme
from core.display.components.sample_images import with_addresses
from core.display.global_geometry.axes import Axis
from core.display.global_geometry.brush import Interval, chosen_and, subset_of
from core.display.global_geometry.parallel import pointer_cells
from core.display.global_geometry.parallel import svg_lines as parallel_lines
from core.display.global_geometry.parallel.chart_axes import NAMES_HEIGHT
from core.display.global_geometry.parallel.line_colours import Legend, LineColours, line_colours
from core.display.global_geometry.parallel.summaries import densities_of, interval_rows, moments_of
from core.display.global_geometry.parallel.svg_lines import Paper
from core.display.global_geometry.values import BEYOND, Values, has_nearest_only, stored_directions
from core.display.query_cache import ask
from core.display.state.context import Combination, View
from core.store.queries import class_angles as direction_queries

ROLE_COLOURS = {"reference": theme.REFERENCE, "compared": theme.COMPARED}
_REST = 0


@dataclass(frozen=True)
class Strip:
    """One view of axes.

    Attributes:
        tables: as `parallel_coordinates` takes them.
        legend: what the colours of its lines mean.
        drawn: samples that have a line.
    """

    tables: dict[str, pl.DataFrame]
    legend: Legend
    drawn: int


def kept_samples(view: View, intervals: Sequence[Interval]) -> frozenset[int]:
    """Ids of the page's samples that pass all intervals, drawn or not."""
    chosen = chosen_and(view, subset_of(intervals, view))
    return frozenset(ask(direction_queries.sample_ids, view.resolved, chosen=chosen)["sample_id"])


def paper_of(view: View, axes: Sequence[Axis], *, pixels: int, named: bool = True) -> Paper:
    """The plane of a view; with room above the axes where angles can be beyond those stored.

    Args:
        view: the open study.
        axes: left to right.
        pixels: its height.
        named: there is room for the names of the axes.
    """
    top = BEYOND + 0.03 if has_nearest_only(view) else 1.03
    return Paper(len(axes), top, pixels, NAMES_HEIGHT if named else 0)


def strip_of(
    view: View,
    found: Mapping[str, tuple[Combination, Values]],
    axes: Sequence[Axis],
    paper: Paper,
    *,
    limit: int,
    colour: str,
    strength: float = 1.0,
    bent: bool = True,
    intervals: Sequence[Interval] = (),
    kept: frozenset[int] | None = None,
    hover: bool = True,
) -> Strip:
    """One view of axes.

    Args:
        view: the open study.
        found: one or both roles with their combination and its values.
        axes: left to right.
        paper: the plane.
        limit: lines to draw for each combination.
        colour: of the lines: `outcome`, `predicted` or `role`.
        strength: of the lines; at 1 they are the paler, the more there are.
        bent: curves instead of straight lines between axes.
        intervals: to show on the axes.
        kept: samples that pass the intervals; None where there are none.
        hover: the line under the pointer tells its sample.
    """
    lines = pl.concat(
        _drawn(values.samples, limit=limit, kept=kept).with_columns(
            role=pl.lit(role), under=pl.lit(f"{role}: {view.short(combination)}")
        )
        for role, (combination, values) in found.items()
    )
    heights = np.vstack(
        [
            values.heights(axes, rows["row"].to_numpy())
            for (role, (_, values)) in found.items()
            for rows in [lines.filter(pl.col("role") == role)]
        ]
    )
    order = lines.select(pl.struct("kept", "turn", "role").arg_sort()).to_series().to_numpy()
    lines, heights = lines[order], heights[order]
    coloured = line_colours(view, lines, colour)
    tables = {
        "picture": _picture(coloured, heights, paper, found, axes, strength=strength, bent=bent),
        "axes": axis_rows(axes),
        "moments": moments_of({role: values for role, (_, values) in found.items()}, axes),
    }
    if hover:
        tables |= _under_pointer(view, lines, coloured, heights, bent=bent)
        tables["intervals"] = interval_rows(intervals, axes)
    return Strip(tables, coloured.legend, lines["sample_id"].n_unique())


def axis_rows(axes: Sequence[Axis]) -> pl.DataFrame:
    """Names of the axes, and the numbers at the ends of length and margin."""
    return pl.DataFrame(
        [
            {
                "position": float(i),
                "name": f"{axis.name} (own)" if axis.own else axis.name,
                "own": axis.own,
                "foot": "" if axis.class_id is not None else f"{axis.low:.3g}",
                "top": "" if axis.class_id is not None else f"{axis.high:.3g}",
            }
            for i, axis in enumerate(axes)
        ]
    )


def _drawn(samples: pl.DataFrame, *, limit: int, kept: frozenset[int] | None) -> pl.DataFrame:
    """Which samples get a line: kept ones first, then by turn."""
    passes = pl.lit(True) if kept is None else pl.col("sample_id").is_in(list(kept))
    return (
        samples.select(
            "sample_id", "label", "prediction", "correct", "confidence", "angle", "turn",
            pl.nth(-2).alias("length"), pl.nth(-1).alias("margin"),
            kept=passes, row=pl.int_range(pl.len()),
        )
        .sort(pl.col("kept").not_(), "turn", "sample_id")
        .head(limit)
    )  # fmt: skip


def _picture(
    coloured: LineColours,
    heights: np.ndarray,
    paper: Paper,
    found: Mapping[str, tuple[Combination, Values]],
    axes: Sequence[Axis],
    *,
    strength: float,
    bent: bool,
) -> pl.DataFrame:
    drawn = max(1, int(coloured.kept.sum()))
    opacity = min(1.0, strength * min(0.6, 4 / sqrt(drawn)))
    styles = [
        parallel_lines.Style(theme.REFERENCE, theme.UNSELECTED_OPACITY),
        *(parallel_lines.Style(one.colour, opacity, dashed=one.dashed) for one in coloured.groups),
    ]
    which = np.where(coloured.kept, coloured.group + 1, _REST)
    paths = parallel_lines.line_paths(paper, heights, bent=bent)
    densities = [
        (
            parallel_lines.density_path(paper, one.axis, one.edges, one.heights),
            ROLE_COLOURS[one.role],
        )
        for one in densities_of({role: values for role, (_, values) in found.items()}, axes)
    ]
    lines = list(zip(paths, which.tolist(), strict=True))
    return pl.DataFrame({"url": [parallel_lines.picture(paper, lines, styles, densities)]})


def _under_pointer(
    view: View, lines: pl.DataFrame, coloured: LineColours, heights: np.ndarray, *, bent: bool
) -> dict[str, pl.DataFrame]:
    kept = np.flatnonzero(coloured.kept)
    cells = pointer_cells.cells(heights[kept], bent=bent)
    met = kept[np.unique(cells["line"].to_numpy()).astype(np.int64)]
    cells = cells.with_columns(line=pl.Series(kept[cells["line"].to_numpy().astype(np.int64)]))
    names = dict(zip(view.classes["class_id"], view.classes["name"], strict=True))
    confidence = (100 * pl.col("confidence")).round(1).cast(pl.String)
    told = lines[met].select(
        "sample_id",
        "under",
        line=pl.Series(met),
        sample=pl.format("{} ({})", "sample_id", _named("label", names)),
        answer=pl.format("{} ({} %)", _named("prediction", names), confidence.fill_null("?")),
        place=pl.format("{}°, {}, {}", *map(_number, ("angle", "length", "margin"))),
        colour=pl.Series([coloured.groups[i].colour for i in coloured.group[met]], dtype=pl.String),
        **{f"p{i}": pl.Series(heights[met, i], nan_to_null=True) for i in range(heights.shape[1])},
    )
    return {"cells": cells, "lines": with_addresses(told, view.resolved)}


def _number(column: str) -> pl.Expr:
    return pl.col(column).round(2).cast(pl.String).fill_null("undefined")


def _named(column: str, names: Mapping[int, str]) -> pl.Expr:
    return pl.col(column).replace_strict(names, return_dtype=pl.String)


def missing(view: View, drawn: int, samples: int) -> list[str]:
    """What the picture leaves out: samples that are not drawn, angles that are not stored."""
    said = []
    if drawn < samples:
        said.append(
            f"{drawn:,} of {samples:,} samples are drawn, picked at random with a fixed seed"
            " (those in the intervals first); densities, means and counts are over all."
        )
    if has_nearest_only(view):
        said.append(
            f"This study stores each sample's {stored_directions(view)} nearest class directions "
            "and its own: a line at the upper rim is at a class further away than those, and "
            "densities and means of that axis are over the samples for which it is near."
        )
    return said


def notes(found: Mapping[str, Values], axes: Sequence[Axis]) -> list[str]:
    """What the picture can't show of the combinations, and why."""
    said = []
    for role, values in found.items():
        total = len(values.table)
        if values.zero_features:
            said.append(
                f"Under the {role}, {values.zero_features:,} of {labels.count(total, 'sample')} "
                "have no angles (the network gives a zero feature)."
            )
        below, above = values.outside
        if below or above:
            angles = int(np.isfinite(values.table[:, :-2]).sum())
            low, high = (f"{axes[0].low:.0f}°", f"{axes[0].high:.0f}°")
            said.append(
                f"Under the {role}, {below + above:,} of {angles:,} angles on these axes lie "
                f"outside {low} to {high} and stand at the rim: {below:,} below, {above:,} above."
            )
    return said
