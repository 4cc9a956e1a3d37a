"""Clustered matrix, tree and layout of models or corruptions that are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display import labels, theme
from core.display.robustness.alike.chart import ERRORS, MODELS, TREE
from core.display.robustness.alike.similarity import (
    Floats,
    Things,
    by_errors,
    by_geometry,
    right_by_thing,
)
from core.stats.agreement import consistency_interval
from core.stats.hierarchy import (
    Merge,
    average_linkage,
    classical_scaling,
    leaf_order,
    spanning_tree,
)
from core.store.study import Study
from core.store.subsets.base import SampleFilter

CORRUPTED = "corrupted"


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        kind: MODELS or CORRUPTIONS.
        by: ERRORS or GEOMETRY.
        under: of models: the name of a condition, or CORRUPTED for all corrupted ones.
        severity: of corruptions.
    """

    kind: str
    by: str
    under: str = ""
    severity: int = 0


@dataclass(frozen=True)
class Alike:
    """What the page shows.

    Attributes:
        cells: row, column (0-based), first, second (names), words, value.
        tree: x, x_end, row, row_end: lines of the tree, TREE wide, right of the matrix.
        labels: row, label.
        points: name, label, x, y, group (series or category), sparsity.
        edges: x, y, x_end, y_end: the spanning tree.
        colours: of each group.
        images: how many there are.
        repeats: conditions (of models) or models (of corruptions) behind each number.
        share: of the distances' variation that the two axes of the layout hold.
        undefined: pairs without a number.
        degenerate: models left out since they predict one class for most images.
    """

    cells: pl.DataFrame
    tree: pl.DataFrame
    labels: pl.DataFrame
    points: pl.DataFrame
    edges: pl.DataFrame
    colours: dict[str, str]
    images: int
    repeats: int
    share: float
    undefined: int
    degenerate: int


def alike(
    study: Study, question: Question, *, reference: str, sample_filter: SampleFilter
) -> Alike | None:
    """Everything that the page shows; None where there are fewer than two things or no image.

    Args:
        study: the open study.
        question: what is asked.
        reference: name of the model whose geometry compares corruptions.
        sample_filter: images.
    """
    kind = question.kind
    about, things, degenerate = chosen_things(study, question, reference)
    if about.height < 2:
        return None
    find = by_errors if question.by == ERRORS else by_geometry
    found = find(study, things, sample_filter)
    if not found.images:
        return None
    merges = average_linkage(found.distances)
    order = leaf_order(about.height, merges)
    places, share = classical_scaling(found.distances)
    repeats = things.condition_ids if kind == MODELS else things.model_ids
    return Alike(
        cells=_cells(about, found.values, order, digits=2),
        tree=tree_lines(merges, order),
        labels=about[order].select(row=pl.int_range(pl.len()), label="label"),
        points=about.with_columns(x=pl.Series(places[:, 0]), y=pl.Series(places[:, 1])),
        edges=_edges(places, spanning_tree(found.distances)),
        colours=_colours(study, about, kind),
        images=found.images,
        repeats=len(repeats),
        share=share,
        undefined=int(np.isnan(found.values[np.triu_indices(about.height, 1)]).sum()),
        degenerate=degenerate,
    )


def chosen_things(
    study: Study, question: Question, reference: str
) -> tuple[pl.DataFrame, Things, int]:
    """The things that are compared: name, label, group, sparsity; their ids; degenerate models."""
    sound = study.models.filter(~pl.col("degenerate").fill_null(value=False))
    degenerate = study.models.height - sound.height
    words = labels.model_labels(study.models)
    conditions = study.conditions
    if question.kind == MODELS:
        wanted = conditions.filter(
            (pl.col("severity") > 0)
            if question.under == CORRUPTED
            else (pl.col("name") == question.under)
        )
        things = Things(tuple(sound["model_id"]), tuple(wanted["condition_id"]), True)
        about = sound.select(
            "name",
            label=pl.col("name").replace_strict(words, return_dtype=pl.String),
            group="series",
            sparsity="sparsity",
        )
        return about, things, degenerate
    wanted = conditions.filter(pl.col("severity").is_in([0, question.severity]))
    model_ids = (
        tuple(sound["model_id"]) if question.by == ERRORS else (study.names.models[reference],)
    )
    about = wanted.select(
        "name",
        label=pl.col("corruption").map_elements(labels.corruption_label, return_dtype=pl.String),
        group="category",
        sparsity=pl.lit(None, pl.Float64),
    )
    return about, Things(model_ids, tuple(wanted["condition_id"]), False), degenerate


def pair_interval(
    study: Study, question: Question, first: str, second: str, sample_filter: SampleFilter
) -> tuple[float, float] | None:
    """The 95 % interval over images of the error consistency of two things, by their names."""
    kind = question.kind
    about, things, _ = chosen_things(study, question, "")
    names = about["name"].to_list()
    places = [names.index(first), names.index(second)]
    ids = [(things.model_ids if kind == MODELS else things.condition_ids)[i] for i in places]
    pair = (
        Things(tuple(ids), things.condition_ids, True)
        if kind == MODELS
        else Things(things.model_ids, tuple(ids), False)
    )
    right = right_by_thing(study, pair, sample_filter)
    return consistency_interval(right[:, 0], right[:, 1])


def _cells(about: pl.DataFrame, values: Floats, order: list[int], *, digits: int) -> pl.DataFrame:
    names, words = about["name"].to_list(), about["label"].to_list()
    count = len(order)
    first = np.repeat(order, count)
    second = np.tile(order, count)
    numbers = values[first, second]
    return pl.DataFrame(
        {
            "row": np.repeat(np.arange(count), count),
            "column": np.tile(np.arange(count), count),
            "first": [names[i] for i in first],
            "second": [names[i] for i in second],
            "words": [f"{words[i]} · {words[j]}" for i, j in zip(first, second, strict=True)],
            "value": pl.Series(numbers).fill_nan(None).round(digits + 2),
        }
    )


def tree_lines(merges: list[Merge], order: list[int]) -> pl.DataFrame:
    """Lines of the tree: the leaves at x = 0 in the rows of the matrix, the root at TREE.

    Args:
        merges: as `average_linkage` returns.
        order: as `leaf_order` returns.
    """
    things = len(order)
    place = {leaf: (0.0, row + 0.5) for row, leaf in enumerate(order)}
    highest = max((merge.distance for merge in merges), default=0.0) or 1.0
    lines = []
    for step, merge in enumerate(merges):
        x = TREE * merge.distance / highest
        (x_one, row_one), (x_other, row_other) = place[merge.first], place[merge.second]
        lines += [
            (x_one, x, row_one, row_one),
            (x_other, x, row_other, row_other),
            (x, x, row_one, row_other),
        ]
        place[things + step] = (x, (row_one + row_other) / 2)
    schema = dict.fromkeys(("x", "x_end", "row", "row_end"), pl.Float64)
    return pl.DataFrame(lines, schema=schema, orient="row")


def _edges(places: Floats, edges: list[tuple[int, int]]) -> pl.DataFrame:
    rows = [(*places[i], *places[j]) for i, j in edges]
    schema = dict.fromkeys(("x", "y", "x_end", "y_end"), pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _colours(study: Study, about: pl.DataFrame, kind: str) -> dict[str, str]:
    groups = about["group"].unique(maintain_order=True).to_list()
    if kind == MODELS:
        colours = theme.series_colours(study.models)
        return {name: colours[name] for name in groups}
    palette = theme.category_colours()
    return {name: palette.get(name, theme.REST) for name in groups}
