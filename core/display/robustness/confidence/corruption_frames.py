"""Expected calibration error of some models by corruption, and over all corruptions at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.display import labels
from core.display.correctness import passing_images
from core.display.robustness.panels import Panel, across, panel_tables, round_ticks
from core.stats.calibration import (
    Influenced,
    calibrated_error,
    calibration_influence,
    estimate_of,
)
from core.store.queries.robustness import confidence_under_model
from core.store.study import Study
from core.store.subsets.base import SampleFilter

CLEAN_ROW, ALL_ROW = "clean", "all corruptions"
ERROR, DIFFERENCE = "ECE", "difference"


@dataclass(frozen=True)
class CorruptionCalibration:
    """What the page shows.

    Attributes:
        rows: row, series (model), conditions (how many the row is the mean over), ece, low, high,
            chance (what perfectly calibrated confidence comes to), difference (from the first
            model), difference_low, difference_high.
        tables: of the chart: `dots`, `ticks`, `titles`.
        names: of the rows, from the top.
        panels: how many.
        images: with a confidence under all of the models and conditions.
        undefined: images without.
    """

    rows: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    names: tuple[str, ...]
    panels: int
    images: int
    undefined: int


def corruption_calibration(
    study: Study, names: list[str], sample_filter: SampleFilter, *, tested: bool
) -> CorruptionCalibration:
    """The mean over a corruption's severities, and over all corrupted conditions, of the ECE.

    Args:
        study: the open study.
        names: of the models; the others are compared with the first.
        sample_filter: images.
        tested: whether intervals are given.
    """
    images = int(passing_images(study, sample_filter).sum())
    read = [_answers(study, name, sample_filter, images) for name in names]
    defined = np.ones(images, bool)
    for sure, _ in read:
        defined &= ~np.isnan(sure).any(axis=0)
    groups = _groups(study.conditions)
    words = labels.model_labels(study.models)
    found: list[dict[str, object]] = []
    first: dict[str, Influenced] = {}
    if defined.any():
        for name, answers in zip(names, read, strict=True):
            for row, (mean, chance) in _means(*answers, groups, defined).items():
                against = first.setdefault(row, mean)
                found.append(
                    {
                        "row": row, "series": words[name], "conditions": len(groups[row]),
                        "chance": chance,
                        **_numbers("ece", mean, tested=tested, least=0.0),
                        **_numbers(DIFFERENCE, _minus(mean, against), tested=tested),
                    }
                )  # fmt: skip
    rows = pl.DataFrame(found, schema=_SCHEMA)
    if rows.height:
        of_first = pl.col("series") == words[names[0]]
        columns = [DIFFERENCE, f"{DIFFERENCE}_low", f"{DIFFERENCE}_high"]
        rows = rows.with_columns(pl.when(~of_first).then(pl.col(columns)))
    tables, panels = _tables(rows)
    return CorruptionCalibration(
        rows=rows,
        tables=tables,
        names=tuple(rows["row"].unique(maintain_order=True)),
        panels=panels,
        images=int(defined.sum()),
        undefined=images - int(defined.sum()),
    )


_SCHEMA = {
    "row": pl.String, "series": pl.String, "conditions": pl.Int64, "ece": pl.Float64,
    "ece_low": pl.Float64, "ece_high": pl.Float64, "chance": pl.Float64,
    DIFFERENCE: pl.Float64, f"{DIFFERENCE}_low": pl.Float64, f"{DIFFERENCE}_high": pl.Float64,
}  # fmt: skip


def _answers(
    study: Study, name: str, sample_filter: SampleFilter, images: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(conditions, images) confidence, NaN where undefined, and whether it is right."""
    rows = study.ask(
        confidence_under_model,
        model_id=study.names.models[name],
        sample_filter=sample_filter,
    )
    shape = (study.conditions.height, images)
    return rows["confidence"].to_numpy().reshape(shape), rows["correct"].to_numpy().reshape(shape)


def _groups(conditions: pl.DataFrame) -> dict[str, list[int]]:
    """Rows of the table `conditions` behind each row of the picture."""
    numbered = conditions.with_row_index("at")
    corrupted = numbered.filter(pl.col("severity") > 0)
    found = {
        CLEAN_ROW: numbered.filter(pl.col("severity") == 0)["at"].to_list(),
        ALL_ROW: corrupted["at"].to_list(),
    }
    for (name,), rows in corrupted.group_by("corruption", maintain_order=True):
        found[labels.corruption_label(str(name))] = rows["at"].to_list()
    return {row: places for row, places in found.items() if places}


def _means(
    sure: NDArray[np.float64],
    right: NDArray[np.bool_],
    groups: dict[str, list[int]],
    defined: NDArray[np.bool_],
) -> dict[str, tuple[Influenced, float]]:
    """Of each row the mean ECE over its conditions, and the mean that chance comes to."""
    if not defined.all():
        sure, right = sure[:, defined], right[:, defined]
    errors = [calibration_influence(*one) for one in zip(sure, right, strict=True)]
    chances = [calibrated_error(one) for one in sure]
    influences = np.stack([one.influence for one in errors])
    return {
        row: (
            Influenced(
                float(np.mean([errors[at].value for at in places])),
                influences[places].mean(axis=0),
            ),
            float(np.mean([chances[at] for at in places])),
        )
        for row, places in groups.items()
    }


def _minus(one: Influenced, other: Influenced) -> Influenced:
    return Influenced(one.value - other.value, one.influence - other.influence)


def _numbers(
    name: str, mean: Influenced, *, tested: bool, least: float = -np.inf
) -> dict[str, object]:
    estimate = estimate_of(mean.value, mean.influence, least=least)
    low, high = estimate.interval if tested and estimate.interval else (None, None)
    return {name: estimate.value, f"{name}_low": low, f"{name}_high": high}


def _tables(rows: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], int]:
    """The chart's: a panel of the errors, and one of the differences where there are some."""
    top = _largest(rows, "ece") or 1.0
    half = _largest(rows, DIFFERENCE) or 0.1
    panels = [Panel(ERROR, round_ticks(0.0, top, _tick), (0.0, top))]
    if rows[DIFFERENCE].count():
        ticks = round_ticks(-half, half, _tick)
        panels.append(Panel("difference from the first model", ticks, (-half, half)))
    parts = [
        _dots(rows.filter(pl.col(name).is_not_null()), name, panels, i)
        for i, name in enumerate(("ece", DIFFERENCE)[: len(panels)])
    ]
    return {"dots": pl.concat(parts), **panel_tables(panels)}, len(panels)


def _largest(rows: pl.DataFrame, name: str) -> float:
    sizes = rows.select(pl.max_horizontal(pl.col(name, f"{name}_low", f"{name}_high").abs()))
    return 1.05 * float(sizes.to_series().max() or 0.0)  # type: ignore[arg-type]


def _dots(rows: pl.DataFrame, name: str, panels: list[Panel], panel: int) -> pl.DataFrame:
    ends = (name, f"{name}_low", f"{name}_high")
    places = [across(panels, pl.col(one), pl.col("panel")) for one in ends]
    words = [pl.col(one).map_elements(_words, return_dtype=pl.String) for one in ends]
    return rows.with_columns(panel=pl.lit(panel, pl.Int64)).select(
        pl.col("row", "series"),
        measure=pl.lit(ERROR),
        x=places[0],
        x_low=places[1],
        x_high=places[2],
        fill=pl.col(ends[1]).is_not_null().cast(pl.Int8),
        column=pl.lit(panels[panel].title),
        words=pl.when(pl.col(ends[1]).is_null())
        .then(pl.format("{} (no interval)", words[0]))
        .otherwise(pl.format("{} ({} to {})", *words)),
        over=pl.when(pl.col("conditions") > 1)
        .then(pl.format("mean over {} conditions", "conditions"))
        .otherwise(pl.lit("1 condition")),
        chance=pl.col("chance").round(4).cast(pl.String),
    )


def _words(value: float) -> str:
    return f"{value:.4f}".replace("-", "−")


def _tick(value: float) -> str:
    return f"{value:.2g}".replace("-", "−")
