"""One picture of parallel axes as rows: lines of samples, densities, means, what is pointed at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
import polars as pl

from core.display import theme
from core.display.charts.tooltip_words import metric_words, rounded
from core.display.global_geometry.axes import Axis
from core.display.global_geometry.parallel.line_colours import (
    ROLE_COLOURS,
    Legend,
    LineColours,
    line_colours,
)
from core.display.global_geometry.parallel.pointer_cells import pointer_cells
from core.display.global_geometry.parallel.summaries import densities_of, moments_of, range_rows
from core.display.global_geometry.parallel.svg_lines import (
    Stroke,
    density_path,
    line_paths,
    picture,
)
from core.display.global_geometry.plot_area import NAMES_HEIGHT, PlotArea
from core.display.global_geometry.values import BEYOND, AxisSamples, Values, values_under
from core.display.state.context import Context
from core.metrics import GEOMETRIC
from core.store.combination import Combination, Key
from core.store.study import Study
from core.store.subsets.ranges import Range


class Shown(NamedTuple):
    """A combination in a picture: the role that gives its colour, its ids, itself in words."""

    role: str
    key: Key
    words: str

    @classmethod
    def of(cls, context: Context, role: str, combination: Combination) -> Shown:
        """The combination in a role."""
        return cls(role, context.study.key(combination), context.short(combination))


class LineStyle(NamedTuple):
    """How the lines of samples look.

    Attributes:
        colour: a key of `line_colours.COLOURS`.
        limit: how many there are at most, over all combinations.
        opacity: a factor; at 1 lines are the paler, the more there are.
        bent: curves instead of straight lines between axes.
        rest: whether samples have a line that are not within all ranges.
        label: id of the class whose samples alone have lines; None for every class.
    """

    colour: str
    limit: int
    opacity: float = 1.0
    bent: bool = True
    rest: bool = True
    label: int | None = None


@dataclass(frozen=True)
class ParallelPlot:
    """One picture over the axes.

    Attributes:
        roles: of its combinations.
        plot_area: the plane.
        tables: as `parallel_coordinates` takes them, `lines` without images.
        legend: what the colours of its lines mean.
        drawn: samples that have a line.
    """

    roles: tuple[str, ...]
    plot_area: PlotArea
    tables: dict[str, pl.DataFrame]
    legend: Legend
    drawn: int


def parallel_plot(
    study: Study,
    samples: AxisSamples,
    shown: Sequence[Shown],
    *,
    style: LineStyle,
    pixels: int,
    named: bool = True,
    ranges: Mapping[str, Range] | None = None,
    selected: pl.Series | None = None,
) -> ParallelPlot:
    """One picture of one or two combinations.

    Args:
        study: the open study.
        samples: on the axes.
        shown: the combinations, each with a role of its own.
        style: of the lines.
        pixels: height of the plane.
        named: there is room for the names of the axes.
        ranges: on the axes, by name; None for a picture that no pointer touches.
        selected: ids of the samples within all ranges; None without any range.
    """
    values = [values_under(study, samples, one.key) for one in shown]
    # angles can be beyond those stored
    top = BEYOND + 0.03 if values[0].nearest_only else 1.03
    plot_area = PlotArea(len(samples.axes), top, pixels, NAMES_HEIGHT if named else 0)
    lines, heights = _lines(shown, values, style, selected)
    coloured = line_colours(study, samples.paired, lines, style.colour)
    densities, moments = study.derive(_summaries, samples, shown, plot_area)
    svg = _picture(plot_area, lines, heights, coloured, densities=densities, style=style)
    tables = {
        "picture": pl.DataFrame({"url": [svg]}),
        "axes": _axis_rows(samples.axes),
        "moments": moments,
    }
    roles = tuple(one.role for one in shown)
    if ranges is not None:
        tables |= _under_pointer(study, lines, heights, coloured, bent=style.bent)
        tables["ranges"] = range_rows(ranges, samples.axes, roles)
    return ParallelPlot(roles, plot_area, tables, coloured.legend, lines["sample_id"].n_unique())


def _axis_rows(axes: Sequence[Axis]) -> pl.DataFrame:
    """Names of the axes, the numbers at the ends of those without degrees, where margin is 0."""
    rows = []
    for i, axis in enumerate(axes):
        name = f"{axis.label} (true class)" if axis.own else axis.label
        ends = ("", "")
        if axis.class_id is None:
            ends = (_end_words(axis.low), _end_words(axis.high))
        zero = axis.height(0) if axis.name == "margin" and axis.low < 0 < axis.high else None
        rows.append((float(i), name, axis.own, *ends, zero))
    schema = {
        **{"position": pl.Float64, "name": pl.String, "own": pl.Boolean},
        **{"foot": pl.String, "top": pl.String, "zero": pl.Float64},
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _end_words(value: float) -> str:
    """A number at the end of an axis with two digits that count."""
    digits = 0 if abs(value) >= 10 else 1
    return f"{value:.{digits}f}".removesuffix(".0").replace("-", "−")


def _lines(
    shown: Sequence[Shown],
    values: Sequence[Values],
    style: LineStyle,
    selected: pl.Series | None,
) -> tuple[pl.DataFrame, np.ndarray]:
    """Samples that get a line, selected ones first, then by rank; the last drawn on top.

    Returns:
        The columns of `Values.samples` with role, condition_id, under (the combination in words),
        selected;
        and the heights on the axes.
    """
    passes = (
        pl.lit(style.rest) if selected is None else pl.col("sample_id").is_in(selected.implode())
    )
    drawn = pl.lit(True) if style.rest else pl.col("selected")
    if style.label is not None:
        drawn &= pl.col("label") == style.label
    parts, heights = [], []
    for one, found in zip(shown, values, strict=True):
        under = pl.lit(f"{one.role}: {one.words}")
        part = (
            found.samples.with_row_index("row")
            .with_columns(
                selected=passes,
                role=pl.lit(one.role),
                condition_id=pl.lit(one.key.condition_id),
                under=under,
            )
            .filter(drawn)
            .sort(pl.col("selected").not_(), "sampling_rank", "sample_id")
            .head(style.limit // len(shown))
        )
        parts.append(part)
        heights.append(found.heights(part["row"].to_numpy()))
    lines = pl.concat(parts)
    upwards = pl.arg_sort_by("selected", "sampling_rank", "role")
    order = lines.select(upwards).to_series().to_numpy()
    return lines[order], np.vstack(heights)[order]


def _summaries(
    study: Study, samples: AxisSamples, shown: Sequence[Shown], plot_area: PlotArea
) -> tuple[list[tuple[str, str]], pl.DataFrame]:
    """Path and colour of each density, and the means, over all samples."""
    found = {one.role: values_under(study, samples, one.key) for one in shown}
    densities = [
        (density_path(plot_area, axis, edges, heights), ROLE_COLOURS[role])
        for role, axis, edges, heights in densities_of(found)
    ]
    return densities, moments_of(found)


def _picture(
    plot_area: PlotArea,
    lines: pl.DataFrame,
    heights: np.ndarray,
    coloured: LineColours,
    *,
    densities: Sequence[tuple[str, str]],
    style: LineStyle,
) -> str:
    selected = lines["selected"].to_numpy()
    opacity = min(1.0, style.opacity * min(0.6, 4 / sqrt(max(1, int(selected.sum())))))
    strokes = [
        Stroke(theme.REFERENCE, theme.UNSELECTED_OPACITY),
        *(Stroke(colour, opacity, dashed=dashed) for colour, dashed in coloured.groups),
    ]
    which = np.where(selected, coloured.group + 1, 0).tolist()
    paths = line_paths(plot_area, heights, bent=style.bent)
    return picture(plot_area, list(zip(paths, which, strict=True)), strokes, densities)


def _under_pointer(
    study: Study, lines: pl.DataFrame, heights: np.ndarray, coloured: LineColours, *, bent: bool
) -> dict[str, pl.DataFrame]:
    """Cells of the selected lines, and the lines that have any, in words."""
    selected = np.flatnonzero(lines["selected"].to_numpy())
    cells = pointer_cells(heights[selected], bent=bent)
    cells = cells.with_columns(line=pl.Series(selected[cells["line"].to_numpy()]))
    met = np.unique(cells["line"].to_numpy())
    true, predicted = (
        pl.col(column).replace_strict(study.class_names, return_dtype=pl.String)
        for column in ("label", "prediction")
    )
    confidence = pl.format("{} %", rounded(100 * pl.col("confidence"), 1)).fill_null("?")
    words = lines[met].select(
        "sample_id",
        "condition_id",
        "under",
        line=pl.Series(met),
        classes=pl.format("true {}, predicted {} ({})", true, predicted, confidence),
        metrics=pl.concat_str(map(metric_words, GEOMETRIC), separator=", "),
        probability=metric_words("true_probability"),
        colour=pl.Series([coloured.groups[i][0] for i in coloured.group[met]], dtype=pl.String),
    )
    places = pl.DataFrame(heights[met], schema=[f"p{i}" for i in range(heights.shape[1])])
    single = pl.selectors.float().fill_nan(None).cast(pl.Float32)
    rows = pl.concat([words, places.select(single)], how="horizontal")
    return {"cells": cells.with_columns(single), "lines": rows}
