"""Occlusion maps of one sample under reference and compared, and their difference, as cells."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display.paired_words import signed
from core.metrics import METRICS, Metric
from core.store.combination import Combination
from core.store.queries.attribution import attribution_maps
from core.store.study import Study

DIFFERENCE = "difference"
IMPORTED, NOT_MADE = "imported", "not made"


@dataclass(frozen=True)
class Attribution:
    """What is shown of one metric of one sample.

    Attributes:
        panels: cells by panel (`reference`, `compared`, `difference`), as `map_cells` returns;
            one without a map is absent.
        summaries: by panel, how far the metric falls and rises, in words.
        windows: side and stride in pixels of the windows of each role that has a map.
        missing: by role, why there is no map: IMPORTED or NOT_MADE.
    """

    panels: dict[str, pl.DataFrame]
    summaries: dict[str, str]
    windows: dict[str, tuple[int, int]]
    missing: dict[str, str]


def attribution_frames(
    study: Study, sample_id: int, reference: Combination, compared: Combination, metric: str
) -> Attribution:
    """The maps of a sample under both combinations, on one scale.

    Args:
        study: the open study.
        sample_id: of the sample.
        reference: before.
        compared: after.
        metric: name of a metric that maps are made of.
    """
    maps, missing = {}, {}
    for role, combination in (("reference", reference), ("compared", compared)):
        found = study.run(attribution_maps, study.key(combination), sample_id)
        rows = found.filter(pl.col("metric") == metric)
        if rows.is_empty():
            imported = study.model_row(combination.model)["sparsity_source"] == "stated"
            missing[role] = IMPORTED if imported else NOT_MADE
        else:
            maps[role] = rows
    side = int(study.about["image_size"] or 0)
    panels = {role: map_values(rows) for role, rows in maps.items()}
    windows = {
        role: (int(rows["window_side"][0]), int(rows["stride"][0])) for role, rows in maps.items()
    }
    if len(set(windows.values())) == 1 and len(panels) == 2:
        panels[DIFFERENCE] = difference(panels["reference"], panels["compared"])
    largest = max((_largest(one) for one in panels.values()), default=0.0)
    strides = {role: stride for role, (_, stride) in windows.items()}
    strides.setdefault(DIFFERENCE, next(iter(strides.values()), 1))
    kind = METRICS[metric]
    return Attribution(
        panels={
            name: map_cells(values, strides[name], side, largest, kind)
            for name, values in panels.items()
        },
        summaries={name: summary(values, kind) for name, values in panels.items()},
        windows=windows,
        missing=missing,
    )


def map_values(rows: pl.DataFrame) -> pl.DataFrame:
    """The cells of one map.

    Args:
        rows: one row of `queries.attribution.attribution_maps`.

    Returns:
        row, column (0-based), value (NULL where undefined), by row and column.
    """
    width = int(rows["width"][0])
    value = rows["cells"].explode().cast(pl.Float64).alias("value")
    place = pl.int_range(value.len(), eager=True)
    return pl.DataFrame({"row": place // width, "column": place % width, "value": value})


def difference(reference: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """Compared minus reference, cell by cell; both as `map_values` returns, of the same windows."""
    return compared.with_columns(value=compared["value"] - reference["value"])


def map_cells(
    values: pl.DataFrame, stride: int, side: int, largest: float, metric: Metric
) -> pl.DataFrame:
    """What a panel draws.

    Args:
        values: as `map_values` returns.
        stride: side of a cell in pixels.
        side: of the image in pixels; the last cells may be narrower.
        largest: absolute value that has the strongest colour; 0 where nothing changes.
        metric: whose map it is.

    Returns:
        left, top, right, bottom (pixels), strength (-1..1, NULL where undefined), words, largest
        (in words).
    """
    digits = metric.digits + 1  # a mean over windows is smaller than a metric
    words = pl.col("value").map_elements(
        lambda value: signed(value, digits=digits) + metric.unit, return_dtype=pl.String
    )
    left, top = stride * pl.col("column"), stride * pl.col("row")
    return values.select(
        left=left,
        top=top,
        right=pl.min_horizontal(left + stride, pl.lit(side)),
        bottom=pl.min_horizontal(top + stride, pl.lit(side)),
        strength=pl.col("value") / largest if largest else 0 * pl.col("value"),
        words=words.fill_null("undefined: the feature is zero or has no boundary"),
        largest=pl.lit(metric.number(largest)),
    )


def summary(values: pl.DataFrame, metric: Metric) -> str:
    """How far a metric changes over a map, in words; `values` as `map_values` returns."""
    low, high = values["value"].min(), values["value"].max()
    if not isinstance(low, float) or not isinstance(high, float):
        return "undefined"
    digits = metric.digits + 1
    return f"{signed(low, digits=digits)} to {signed(high, digits=digits)}{metric.unit}"


def _largest(values: pl.DataFrame) -> float:
    found = values["value"].abs().max()
    return found if isinstance(found, float) else 0.0
