"""Prune potential of each method, by corruption or by class, with paired intervals over images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.display import theme
from core.display.correctness import passing_images
from core.display.dense_models import with_dense
from core.display.robustness.panels import Panel, across, panel_tables
from core.display.robustness.potential.answers import (
    ALL_ROW,
    CLEAN_ROW,
    Answers,
    Step,
    class_images,
    row_answers,
    row_conditions,
    series_steps,
)
from core.stats.prune_potential import Potential, prune_potentials
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter

TOLERATED = {0.005: "0.5 points", 0.02: "2 points"}
CORRUPTIONS, CLASSES_CLEAN, CLASSES_CORRUPTED = "corruptions", "classes", "classes_corrupted"
MOST_CLASSES = 60
UNFILTERED_ROW = "clean, all samples"


@dataclass(frozen=True)
class PrunePotential:
    """What the picture shows.

    Attributes:
        rows: row, series, measure (tolerated loss in words), ratio (target sparsity; 0 dense
            alone), low, high, images, last (no sparser model was tested).
        tables: of the chart: `dots`, `ticks`, `titles`.
        names: of the rows, from the top.
        colours: of each series.
        fewest: images behind the row that has the fewest; 0 without rows.
        degenerate: (row, model) pairs that count as broken since one class takes most predictions.
        left_out: classes that are not shown.
    """

    rows: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    names: tuple[str, ...]
    colours: dict[str, str]
    fewest: int
    degenerate: int
    left_out: int


def prune_potential(
    study: Study,
    series: list[str],
    sample_filter: SampleFilter,
    *,
    kind: str,
    severity: int,
    tested: bool,
) -> PrunePotential:
    """The prune potential of each series in each row.

    Args:
        study: the open study.
        series: a panel each.
        sample_filter: images.
        kind: what is in the rows: CORRUPTIONS, CLASSES_CLEAN or CLASSES_CORRUPTED.
        severity: of the corruptions: 1..5, or MEAN_SEVERITY for all.
        tested: whether intervals are given.
    """
    ids = list(study.models["model_id"])
    steps = {name: series_steps(with_dense(study.models), name, ids) for name in series}
    conditions = row_conditions(study.conditions, severity)
    places = sorted({place for found in conditions.values() for place in found})
    passing = passing_images(study, sample_filter)
    answers = row_answers(study, ids, conditions, places, passing)
    if kind == CORRUPTIONS:
        groups = [(answers, np.ones(int(passing.sum()), bool))]
    else:
        row = CLEAN_ROW if kind == CLASSES_CLEAN else ALL_ROW
        groups = [
            ({name: answers[row]}, mask)
            for name, mask in class_images(study, passing)
            if row in answers
        ]
    rows = [
        found for shown, mask in groups for found in _potentials(shown, steps, mask, tested=tested)
    ]
    if kind == CORRUPTIONS and sample_filter != EVERYTHING and CLEAN_ROW in answers:
        everything = np.ones(passing.size, bool)
        clean = {UNFILTERED_ROW: conditions[CLEAN_ROW]}
        whole = row_answers(study, ids, clean, clean[UNFILTERED_ROW], everything)
        rows = [*_potentials(whole, steps, everything, tested=True), *rows]
    return _picture(study, rows, steps, kind)


def _potentials(
    shown: dict[str, Answers],
    steps: dict[str, tuple[Step, ...]],
    mask: NDArray[np.bool_],
    *,
    tested: bool,
) -> Iterator[dict[str, object]]:
    """Rows of `PrunePotential.rows` for rows over the same images, and `degenerate` (models)."""
    longest = max(map(len, steps.values()), default=0)
    keys = [(row, name) for row in shown for name in steps]
    images, all_images = int(mask.sum()), bool(mask.all())
    lost = np.zeros((len(keys), longest, images), np.int16)
    versions = np.zeros((len(keys), longest), np.int64)
    degenerate = np.zeros(len(keys), np.int64)
    for i, (row, name) in enumerate(keys):
        answers = shown[row]
        for k, step in enumerate(steps[name]):
            pruned, dense = list(step.pruned), list(step.dense)
            # recall of one class is no accuracy where everything is predicted as it
            degenerate[i] += answers.broken[pruned].sum()
            if answers.present[pruned + dense].all() and not answers.broken[pruned].any():
                for before, kept in zip(dense, pruned, strict=True):
                    change = answers.right[before] - answers.right[kept]
                    lost[i, k] += change if all_images else change[mask]
                versions[i, k] = answers.versions * len(pruned)
    found = prune_potentials(lost, versions, tolerated=tuple(TOLERATED))
    for i, (row, name) in enumerate(keys):
        for loss, potentials in found.items():
            yield {
                "row": row, "series": name, "measure": TOLERATED[loss],
                **_ratios(steps[name], potentials[i], tested=tested),
                "images": images, "degenerate": int(degenerate[i]),
            }  # fmt: skip


def _ratios(steps: tuple[Step, ...], potential: Potential, *, tested: bool) -> dict[str, object]:
    ratios = [0.0, *(step.ratio for step in steps)]
    low, high = potential.interval if tested and potential.interval else (None, None)
    return {
        "ratio": ratios[potential.step],
        "low": None if low is None else ratios[low],
        "high": None if high is None else ratios[high],
        "last": potential.step == len(steps),
    }


_SCHEMA = {
    "row": pl.String, "series": pl.String, "measure": pl.String, "ratio": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "last": pl.Boolean, "images": pl.Int64,
    "degenerate": pl.Int64,
}  # fmt: skip


def _picture(
    study: Study, found: list[dict[str, object]], steps: dict[str, tuple[Step, ...]], kind: str
) -> PrunePotential:
    rows = pl.DataFrame(found, schema=_SCHEMA)
    names = rows["row"].unique(maintain_order=True).to_list()
    left_out = 0
    if kind != CORRUPTIONS and len(names) > MOST_CLASSES:
        # the classes that break first
        order = rows.group_by("row", maintain_order=True).agg(pl.col("ratio").mean())
        first = set(order.sort("ratio", maintain_order=True)["row"].head(MOST_CLASSES))
        left_out = len(names) - MOST_CLASSES
        names = [name for name in names if name in first]
        rows = rows.filter(pl.col("row").is_in(names))
    places = [0.0, *sorted({step.ratio for found in steps.values() for step in found})]
    panels = [_panel(name, found, places) for name, found in steps.items()]
    colours = theme.series_colours(study.models)
    once = rows.unique(["row", "series"])
    return PrunePotential(
        rows=rows.drop("degenerate"),
        tables={"dots": _dots(rows, panels, places), **panel_tables(panels)},
        names=tuple(names),
        colours={name: colours[name] for name in steps},
        fewest=int(rows["images"].min() or 0),  # type: ignore[arg-type]
        degenerate=int(once["degenerate"].sum()),
        left_out=left_out,
    )


def _panel(name: str, steps: tuple[Step, ...], places: list[float]) -> Panel:
    """A panel with a line at each sparsity of a series; the sparsities are evenly apart."""
    own = [0.0, *(step.ratio for step in steps)]
    # the ends always have their word, and every other one
    words = {0.0: "0", **{ratio: _percent(ratio) for ratio in own[::-2]}}
    ticks = tuple((float(places.index(ratio)), words.get(ratio, "")) for ratio in own)
    return Panel(name, ticks, (0.0, float(max(1, len(places) - 1))))


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.4g}"


def _dots(rows: pl.DataFrame, panels: list[Panel], places: list[float]) -> pl.DataFrame:
    order = {panel.title: i for i, panel in enumerate(panels)}
    position = {ratio: float(i) for i, ratio in enumerate(places)}
    panel = pl.col("series").replace_strict(order, return_dtype=pl.Int64)

    def x(column: str) -> pl.Expr:
        value = pl.col(column).replace_strict(position, return_dtype=pl.Float64)
        return across(panels, value, panel)

    def words(column: str) -> pl.Expr:
        return pl.col(column).map_elements(lambda r: f"{_percent(r)} %", return_dtype=pl.String)

    value = (
        pl.when(pl.col("last"))
        .then(pl.format("at least {}", words("ratio")))
        .when(pl.col("ratio") == 0)
        .then(pl.lit("none of those tested"))
        .otherwise(words("ratio"))
    )
    return rows.select(
        pl.col("row", "series", "measure"),
        x=x("ratio"),
        x_low=x("low"),
        x_high=x("high"),
        fill=pl.col("low").is_not_null().cast(pl.Int8),
        column="series",
        words=pl.when(pl.col("low").is_null())
        .then(pl.format("{} (no interval)", value))
        .otherwise(pl.format("{} ({} to {})", value, words("low"), words("high"))),
        over=pl.format("{} images", "images"),
    )
