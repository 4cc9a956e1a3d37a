"""The questions of the paper's section 4, each as a view that is set up already."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display.shell.navigation import EVALUATION, LOCAL
from core.display.state.context import Context
from core.store.combination import Combination
from core.store.queries.accuracy import accuracy
from core.store.study import Study
from core.store.subsets import json_format
from core.store.subsets.predicates import Outcome


@dataclass(frozen=True)
class PreparedView:
    """A question and where to look for its answer.

    Attributes:
        question: one of the paper's, in short.
        setup: what the link shows, in this study's words.
        page: name of the page in the registry.
        choices: query parameters of the view.
    """

    question: str
    setup: str
    page: str
    choices: dict[str, str]


def prepared_views(context: Context, rows: pl.DataFrame) -> list[PreparedView]:
    """The questions that this study can say something about.

    Args:
        context: the open study.
        rows: accuracy of every model on clean and corrupted images, as
            `clean_and_corrupted` returns.
    """
    clean = context.study.conditions.filter(pl.col("severity") == 0)
    if clean.is_empty():
        return []
    condition = str(clean["name"][0])
    views = []
    rivals = most_different_rivals(rows)
    if rivals is not None:
        better, worse = rivals
        both = _choices(Combination(better, condition), Combination(worse, condition))
        views.append(
            PreparedView(
                "What makes two models, pruned differently, differ in robustness?",
                f"{context.labels[better]} and {context.labels[worse]}, equally sparse, and what "
                "each does on every corruption.",
                EVALUATION,
                {**both, "picked": better},
            )
        )
        views.append(
            PreparedView(
                "Which properties make one model much more robust than another?",
                f"Angle, length and margin under {context.labels[better]}, and one click away "
                f"under {context.labels[worse]}.",
                LOCAL,
                {**both, "shown": "reference"},
            )
        )
    reference, compared = context.reference.model, context.compared.model
    hardest = context.study.derive(hardest_condition, reference)
    if hardest is not None:
        both = _choices(Combination(reference, hardest), Combination(reference, condition))
        views.append(
            PreparedView(
                "Which model keeps clean and corrupted images apart from other classes?",
                f"{context.labels[reference]} under {context.labels[hardest]}, its hardest "
                "condition, and one click away on clean images.",
                LOCAL,
                {**both, "shown": "reference"},
            )
        )
    if reference != compared:
        before, after = Combination(reference, condition), Combination(compared, condition)
        broken = json_format.dumps(Outcome(before, after, "broken"))
        views.append(
            PreparedView(
                "Why are some samples more vulnerable to pruning?",
                f"The clean images that {context.labels[reference]} gets right and "
                f"{context.labels[compared]} gets wrong.",
                LOCAL,
                {**_choices(before, after), "subset": broken, "shown": "reference"},
            )
        )
    return views


def _choices(reference: Combination, compared: Combination) -> dict[str, str]:
    return {
        "reference": reference.model,
        "reference_condition": reference.condition,
        "compared": compared.model,
        "compared_condition": compared.condition,
    }


def most_different_rivals(rows: pl.DataFrame) -> tuple[str, str] | None:
    """The two models of one network and ratio, of different methods, furthest apart.

    Both are retrained or neither is. By mean accuracy on corrupted images, on clean ones
    where there are none. The more accurate comes first.
    """
    pruned = rows.filter(pl.col("method") != "dense")
    images = "corrupted" if "corrupted" in pruned["images"] else "clean"
    groups = (
        pruned.filter(pl.col("images") == images)
        .sort("accuracy", "name", descending=[True, False])
        .group_by("network", "ratio", "retrained", maintain_order=True)
        .agg(
            better=pl.col("name").first(),
            worse=pl.col("name").last(),
            methods=pl.col("method").n_unique(),
            gap=pl.col("accuracy").max() - pl.col("accuracy").min(),
        )
        .filter(pl.col("methods") > 1)
        .sort("gap", "better", descending=[True, False])
    )
    return None if groups.is_empty() else (groups["better"][0], groups["worse"][0])


def hardest_condition(study: Study, model: str) -> str | None:
    """The corrupted condition under which a model is least accurate."""
    rows = (
        study.run(accuracy)
        .filter(pl.col("model_id") == study.names.models[model], pl.col("samples") > 0)
        .join(study.conditions.filter(pl.col("severity") > 0), on="condition_id")
        .sort(pl.col("correct") / pl.col("samples"), "condition_id")
    )
    return None if rows.is_empty() else str(rows["name"][0])
