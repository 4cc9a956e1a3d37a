"""The two pruned models that Home opens with: alike on clean images, and not under a corruption."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import polars as pl

from core.display import labels
from core.display.default_models import with_loss
from core.display.finding_words import source
from core.display.paired_words import difference_words, p_words, signed
from core.display.provenance import Provenance
from core.stats.paired import PairedAccuracy, paired_interval
from core.stats.significance import LEVEL
from core.store.combination import Combination
from core.store.queries.accuracy import accuracy
from core.store.queries.correct_bits import changes_between_models
from core.store.study import Study

MOST_APART_ON_CLEAN = 0.01
_AT_ONCE = 128
_OF_A_CONDITION = 2_000


@dataclass(frozen=True)
class Headline:
    """Two models of one network and the condition under which they differ most.

    Attributes:
        better: name of the model that is right more often under the condition.
        worse: name of the other.
        network: of both.
        condition: name of the corrupted condition.
        clean: both on clean images, the better one as reference.
        corrupted: both under the condition.
        comparisons: pairs of models times conditions that were searched.
    """

    better: str
    worse: str
    network: str
    condition: str
    clean: PairedAccuracy
    corrupted: PairedAccuracy
    comparisons: int

    @property
    def p_value(self) -> float:
        """McNemar's under the condition, times the number of comparisons (Bonferroni)."""
        return min(1.0, self.corrupted.p_value * self.comparisons)

    @property
    def interval(self) -> tuple[float, float]:
        """Of the difference, so wide that all comparisons searched are covered at once in 95 %."""
        z = NormalDist().inv_cdf(1 - LEVEL / 2 / self.comparisons)
        changes = self.corrupted
        return paired_interval(changes.broken, changes.fixed, changes.samples, z=z)

    @property
    def combinations(self) -> tuple[Combination, Combination]:
        """Both under the corrupted condition, the better one first."""
        return Combination(self.better, self.condition), Combination(self.worse, self.condition)


@dataclass(frozen=True)
class Search:
    """What came out of looking for a headline.

    Attributes:
        headline: None where no pair passes.
        comparisons: pairs of models times conditions that were searched.
    """

    headline: Headline | None
    comparisons: int


def search_headline(study: Study) -> Search:
    """Look for the pair that differs most under a corruption, and not on clean images.

    All pairs of pruned models of one network are searched under all corrupted conditions. A pair
    does not differ on clean images where their accuracies are at most a point apart and McNemar's
    exact test finds nothing at the 5 % level; it differs under a condition where the test does
    after Bonferroni's correction over all that was searched. Degenerate models are left out. Pairs
    of models that lost at most five points against their own parent come first; of each
    condition the 2,000 largest differences are tested.
    """
    clean = study.conditions.filter(pl.col("severity") == 0)
    pairs = _pairs(study)
    corrupted = study.conditions.filter(pl.col("severity") > 0)
    comparisons = pairs.height * corrupted.height
    if clean.is_empty() or not comparisons:
        return Search(None, comparisons)
    rates = study.run(accuracy).filter(pl.col("samples") > 0)
    alike = _with_difference(pairs, rates, clean.select("condition_id")).filter(
        pl.col("difference").abs() <= MOST_APART_ON_CLEAN
    )
    alike = alike.select(pairs.columns)
    # a condition at a time: all pairs of a thousand models under all conditions would not fit
    candidates = _largest_first(
        pl.concat(
            _largest_first(_with_difference(alike, rates, condition)).head(_OF_A_CONDITION)
            for condition in corrupted.select("condition_id").iter_slices(1)
        )
    )
    clean_id = int(clean["condition_id"][0])
    for row, on_clean, under in _tested(study, candidates, clean_id, comparisons):
        if on_clean.p_value >= LEVEL and under.p_value * comparisons < LEVEL:
            return Search(_headline(study, row, on_clean, under, comparisons), comparisons)
    return Search(None, comparisons)


def _pairs(study: Study) -> pl.DataFrame:
    """Pairs of pruned models of one network: first_id, second_id, unharmed (both are)."""
    pruned = (
        with_loss(study.models)
        .filter(pl.col("method") != "dense", ~pl.col("degenerate"))
        .select("network", "model_id", "unharmed")
    )
    return (
        pruned.join(pruned, on="network", suffix="_second")
        .filter(pl.col("model_id") < pl.col("model_id_second"))
        .select(
            first_id="model_id",
            second_id="model_id_second",
            unharmed=pl.col("unharmed") & pl.col("unharmed_second"),
        )
    )


def _with_difference(
    pairs: pl.DataFrame, rates: pl.DataFrame, conditions: pl.DataFrame
) -> pl.DataFrame:
    """The pairs under each condition: condition_id, samples, first, second (right), difference."""
    found = rates.join(conditions, on="condition_id", how="semi")
    first = found.rename({"model_id": "first_id", "correct": "first"})
    second = found.select("condition_id", second_id="model_id", second="correct")
    return (
        pairs.join(first, on="first_id")
        .join(second, on=["second_id", "condition_id"])
        .with_columns(difference=(pl.col("second") - pl.col("first")) / pl.col("samples"))
    )


def _largest_first(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort(
        "unharmed", pl.col("difference").abs(), "first_id", "second_id", "condition_id",
        descending=[True, True, False, False, False],
    )  # fmt: skip


def _tested(
    study: Study, candidates: pl.DataFrame, clean_id: int, comparisons: int
) -> Iterator[tuple[dict[str, Any], PairedAccuracy, PairedAccuracy]]:
    """Candidates in order with what changes between both, on clean images and corrupted.

    Those that differ in so few images that no split of them could be significant are left out.
    """
    apart = (pl.col("second") - pl.col("first")).abs().cast(pl.Float64)
    reachable = candidates.filter(2 * pl.lit(0.5).pow(apart) * comparisons < LEVEL)
    for some in reachable.iter_slices(_AT_ONCE):
        ids = {f"{name}s": some[name].to_list() for name in ("first_id", "second_id")}
        under = _ask(study, ids, some["condition_id"].to_list())
        on_clean = _ask(study, ids, [clean_id] * some.height)
        rows = study.run(accuracy).filter(condition_id=clean_id)
        right = dict(rows.select("model_id", "correct").iter_rows())
        for row, changed, unchanged in zip(
            some.iter_rows(named=True), under, on_clean, strict=True
        ):
            first, second = row["first_id"], row["second_id"]
            yield (
                row,
                PairedAccuracy(row["samples"], right[first], right[second], *unchanged),
                PairedAccuracy(row["samples"], row["first"], row["second"], *changed),
            )


def _ask(
    study: Study, ids: dict[str, list[int]], condition_ids: list[int]
) -> list[tuple[int, int]]:
    rows = study.ask(changes_between_models, **ids, condition_ids=condition_ids)
    return rows.select("broken", "fixed").rows()


def _headline(
    study: Study,
    row: dict[str, Any],
    clean: PairedAccuracy,
    corrupted: PairedAccuracy,
    comparisons: int,
) -> Headline:
    models = {one["model_id"]: one for one in study.models.iter_rows(named=True)}
    conditions = dict(study.conditions.select("condition_id", "name").iter_rows())
    better, worse = models[row["first_id"]], models[row["second_id"]]
    if corrupted.difference > 0:
        better, worse, clean, corrupted = worse, better, _swapped(clean), _swapped(corrupted)
    return Headline(
        better["name"], worse["name"], better["network"], conditions[row["condition_id"]],
        clean, corrupted, comparisons,
    )  # fmt: skip


def _swapped(paired: PairedAccuracy) -> PairedAccuracy:
    return PairedAccuracy(
        paired.samples,
        paired.compared_correct,
        paired.reference_correct,
        broken=paired.fixed,
        fixed=paired.broken,
    )


def headline_title(found: Headline, condition: str) -> str:
    """The finding in two sentences with its numbers, as Markdown.

    Args:
        found: the pair.
        condition: the corrupted condition in words.
    """
    first, second = map(labels.percent, _rates(found.clean))
    high, low = map(labels.percent, _rates(found.corrupted))
    return (
        f"Two pruned networks, equally accurate on clean images ({first} and {second}). Under "
        f"{labels.escaped(condition)}, one falls to {low}, the other only to {high}."
    )


def headline_text(found: Headline, words: dict[str, str]) -> str:
    """The finding in two sentences with its evidence, as Markdown.

    Args:
        found: the pair.
        words: labels of models and conditions by name.
    """
    better, worse = (f"**{labels.escaped(words[name])}**" for name in (found.better, found.worse))
    on_clean = (labels.percent(rate) for rate in _rates(found.clean))
    high, low = (f"**{labels.percent(rate)}**" for rate in _rates(found.corrupted))
    bottom, top = (signed(100 * end) for end in found.interval)
    return (
        f"{better} and {worse} of {labels.escaped(found.network)} get {' and '.join(on_clean)} of "
        f"{labels.count(found.clean.samples, 'clean image')} right: "
        f"difference {difference_words(found.clean)}, exact McNemar "
        f"{p_words(found.clean.p_value)}. Under **{labels.escaped(words[found.condition])}** it is "
        f"{high} against {low}: difference {signed(100 * found.corrupted.difference)} points "
        f"(interval {bottom} to {top}), {found.corrupted.fixed:,} fixed and "
        f"{found.corrupted.broken:,} broken, {p_words(found.p_value)}. "
        f":small[Interval and p are corrected (Bonferroni) for the search over "
        f"{labels.count(found.comparisons, 'comparison')}: all pairs of pruned models of one "
        "network under all corruptions.]"
    )


def headline_finding(found: Headline, words: dict[str, str], provenance: Provenance) -> str:
    """The finding as plain text with where it is from.

    Args:
        found: the pair.
        words: labels of models and conditions by name.
        provenance: of the numbers.
    """
    text = labels.plain(headline_text(found, words)).replace(":small[", "").removesuffix(".]")
    return f"{text}{source(provenance)}"


def nothing_text(comparisons: int) -> str:
    """That no pair passes, and what was searched."""
    return (
        "No two pruned models of one network in this study are equally accurate on clean images "
        "(at most a point apart, McNemar's exact test finding no difference) and differ "
        "significantly under a corruption, corrected over the "
        f"{labels.count(comparisons, 'comparison')} searched."
    )


def _rates(paired: PairedAccuracy) -> tuple[float, float]:
    return (
        paired.reference_correct / paired.samples,
        paired.compared_correct / paired.samples,
    )
