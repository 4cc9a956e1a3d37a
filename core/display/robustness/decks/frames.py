"""Majority and soft votes of a deck of models, against the best single one of the same size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.display import labels
from core.display.robustness.decks.choice import best_single
from core.display.robustness.panels import Panel, across, panel_tables, round_ticks
from core.stats.bootstrap import mean_interval
from core.stats.logit_gap import LogitInputs
from core.stats.paired import PairedAccuracy
from core.stats.sign_flip import sign_flip_p_value
from core.stats.significance import LEVEL, holm_adjusted
from core.stats.voting import majority_vote, probabilities
from core.store.queries.last_layer import class_directions
from core.store.queries.votes import votes
from core.store.study import Study
from core.store.subsets.base import SampleFilter

MAJORITY, SOFT = "majority vote", "soft vote"
ALL_ROW = "all corruptions"
Right = NDArray[np.int64]


@dataclass(frozen=True)
class Deck:
    """What the page shows.

    Attributes:
        rows: row (condition), vote, accuracy, single (its accuracy), best_member (of the deck),
            difference, low, high, p (Holm), significant.
        tables: of the chart.
        names: of the rows, from the top.
        votes: those that are possible.
        single: name of the best single model of at most the deck's size; None where sizes are
            unknown or no model is that small.
        parameters: of the deck, not removed; None where they are unknown.
        images: how many there are.
        tests: how many the picture makes.
    """

    rows: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    names: tuple[str, ...]
    votes: tuple[str, ...]
    single: str | None
    parameters: int | None
    images: int
    tests: int


def deck(
    study: Study, names: list[str], severity: int, sample_filter: SampleFilter, *, tested: bool
) -> Deck | None:
    """Everything that the page needs; None with fewer than two models, or without images.

    Args:
        study: the open study.
        names: of the deck's models.
        severity: of the corruptions.
        sample_filter: images.
        tested: whether intervals and tests are given.
    """
    single, parameters = best_single(study.models, names)
    conditions = study.conditions.filter(pl.col("severity").is_in([0, severity]))
    members = [study.names.models[name] for name in names]
    single_id = None if single is None else study.names.models[single]
    ids = sorted({*members, *([] if single_id is None else [single_id])})
    layers = {one: study.run(class_directions, one) for one in members}
    classes = study.classes.height
    soft = classes <= 100 and all(layer.height == classes for layer in layers.values())
    rows = study.ask(
        votes,
        model_ids=ids,
        condition_ids=conditions["condition_id"].to_list(),
        sample_filter=sample_filter,
        with_angles=soft,
    )
    if len(names) < 2 or rows.is_empty():
        return None
    kinds = (MAJORITY, SOFT) if soft else (MAJORITY,)
    answers: dict[str, list[dict[str, Right]]] = {}
    words = dict(conditions.select("condition_id", "corruption").iter_rows())
    corrupted = dict(conditions.select("condition_id", pl.col("severity") > 0).iter_rows())
    for (condition_id,), found in rows.group_by("condition_id", maintain_order=True):
        right = _right(found, members, single_id, layers if soft else None, classes)
        if right is None:
            continue
        answers.setdefault(labels.corruption_label(words[condition_id]), []).append(right)
        if corrupted[condition_id]:
            answers.setdefault(ALL_ROW, []).append(right)
    if not answers:
        return None
    order = sorted(answers, key=lambda row: (row != "clean", row != ALL_ROW))
    shown = pl.DataFrame(
        [
            _row(row, kind, answers[row], tested=tested and single is not None)
            for row in order
            for kind in kinds
        ],
        schema=_SCHEMA,
    )
    known = shown.with_row_index("at").filter(pl.col("p").is_not_null())
    holm = known.select("at", p=pl.Series(holm_adjusted(known["p"].to_list()), dtype=pl.Float64))
    shown = (
        shown.drop("p")
        .with_row_index("at")
        .join(holm, on="at", how="left", maintain_order="left")
        .drop("at")
        .with_columns(significant=(pl.col("p") < LEVEL).fill_null(value=False))
    )
    images = next(iter(answers.values()))[0][MAJORITY].size
    return Deck(
        rows=shown,
        tables=_tables(shown, kinds, images),
        names=tuple(order),
        votes=kinds,
        single=single,
        parameters=parameters,
        images=images,
        tests=shown["p"].count(),
    )


_SCHEMA = {
    "row": pl.String, "vote": pl.String, "accuracy": pl.Float64, "single": pl.Float64,
    "best_member": pl.Float64, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "p": pl.Float64,
}  # fmt: skip
_SINGLE, _MEMBER = "single", "member"


def _right(
    rows: pl.DataFrame,
    members: list[int],
    single: int | None,
    layers: Mapping[int, pl.DataFrame] | None,
    classes: int,
) -> dict[str, Right] | None:
    """Right (1) and wrong (0) of each vote, the single model and each member under a condition.

    None where one of the models was not tested.
    """
    ids = {*members, *([] if single is None else [single])}
    by_model = {int(one): found for (one,), found in rows.group_by("model_id")}
    if len(by_model) < len(ids):
        return None
    label = by_model[members[0]].sort("sample_id")["label"].to_numpy().astype(np.int64)
    found = {one: by_model[one].sort("sample_id") for one in ids}
    predicted = np.stack([found[one]["prediction"].to_numpy() for one in members]).astype(np.int64)
    sure = np.stack([found[one]["confidence"].to_numpy() for one in members])
    right = {MAJORITY: (majority_vote(predicted, sure, classes) == label).astype(np.int64)}
    for i in range(len(members)):
        right[f"{_MEMBER} {i}"] = (predicted[i] == label).astype(np.int64)
    if single is not None:
        right[_SINGLE] = (found[single]["prediction"].to_numpy() == label).astype(np.int64)
    if layers is not None:
        total = np.zeros((label.size, classes))
        for one in members:
            total += probabilities(
                LogitInputs(
                    length=found[one]["length"].to_numpy(),
                    angles=np.asarray(found[one]["angles"].to_numpy(), np.float64),
                    norms=layers[one]["weight_norm"].to_numpy(),
                    biases=layers[one]["bias"].to_numpy(),
                )
            )
        right[SOFT] = (total.argmax(axis=1) == label).astype(np.int64)
    return right


def _row(
    row: str, kind: str, answers: list[dict[str, Right]], *, tested: bool
) -> dict[str, object]:
    """A row of `Deck.rows`; an image counts once, as the mean over its versions."""
    deck_right = np.sum([one[kind] for one in answers], axis=0)
    versions, images = len(answers), deck_right.size
    members = [
        float(np.mean([one[name] for one in answers]))
        for name in answers[0]
        if name.startswith(_MEMBER)
    ]
    found: dict[str, object] = {
        "row": row, "vote": kind, "accuracy": float(deck_right.mean()) / versions,
        "single": None, "best_member": max(members), "difference": None, "low": None,
        "high": None, "p": None,
    }  # fmt: skip
    if _SINGLE not in answers[0]:
        return found
    single = np.sum([one[_SINGLE] for one in answers], axis=0)
    change = deck_right - single
    found |= {
        "single": float(single.mean()) / versions,
        "difference": float(change.mean()) / versions,
    }
    if tested:
        interval = mean_interval(change / versions).interval
        if versions == 1:
            broken, fixed = int((change < 0).sum()), int((change > 0).sum())
            interval = PairedAccuracy(
                images, int(single.sum()), int(deck_right.sum()), broken, fixed
            ).interval
        low, high = interval or (None, None)
        found |= {"low": low, "high": high, "p": sign_flip_p_value(change)}
    return found


def _tables(rows: pl.DataFrame, kinds: tuple[str, ...], images: int) -> dict[str, pl.DataFrame]:
    sizes = rows.select(pl.max_horizontal(pl.col("difference", "low", "high").abs())).to_series()
    limit = 1.05 * float(sizes.max() or 0.05)  # type: ignore[arg-type]
    ticks = round_ticks(-limit, limit, _points)
    panels = [Panel(kind, ticks, (-limit, limit)) for kind in kinds]
    order = {kind: i for i, kind in enumerate(kinds)}
    place = pl.col("vote").replace_strict(order, return_dtype=pl.Int64)
    words = [
        pl.col(name).map_elements(_points, return_dtype=pl.String)
        for name in ("difference", "low", "high")
    ]
    known = rows.filter(pl.col("difference").is_not_null())
    dots = known.select(
        pl.col("row"),
        series="vote",
        measure=pl.lit("difference"),
        x=across(panels, pl.col("difference"), place),
        x_low=across(panels, pl.col("low"), place),
        x_high=across(panels, pl.col("high"), place),
        fill=pl.col("significant").cast(pl.Int8),
        column="vote",
        words=pl.when(pl.col("low").is_null())
        .then(pl.format("{} points (no interval)", words[0]))
        .otherwise(pl.format("{} points ({} to {})", *words)),
        over=pl.lit(f"{images:,} images"),
    )
    return {"dots": dots, **panel_tables(panels)}


def _points(fraction: float) -> str:
    return f"{100 * fraction:+.1f}".replace("-", "−")
