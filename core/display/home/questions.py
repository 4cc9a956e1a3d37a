"""The four questions of the paper's section 4, each as a view that is set up already."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import cached_queries
from core.display.state.context import View
from core.store.subsets import json_format as selection_json
from core.store.subsets.predicates import Outcome, Pair

EVALUATION = "pages/1_Evaluation_Table.py"
LOCAL = "pages/2_Local_Geometry.py"


@dataclass(frozen=True)
class PreparedView:
    """A question and where to look for its answer.

    Attributes:
        question: one of the paper's, in short.
        setup: what the link shows, in this study's words.
        page: the page's file.
        choices: query parameters of the view.
    """

    question: str
    setup: str
    page: str
    choices: dict[str, str]


def prepared_views(view: View, rows: pl.DataFrame) -> list[PreparedView]:
    """The questions that this study can say something about.

    Args:
        view: the open study.
        rows: accuracy of every model on clean and corrupted images, as
            `headline.clean_and_corrupted` returns.
    """
    clean = view.conditions.filter(pl.col("severity") == 0)
    if clean.is_empty():
        return []
    condition = str(clean["name"][0])
    views = []
    rivals = most_different_rivals(rows)
    if rivals is not None:
        better, worse = rivals
        names = f"{view.labels[better]} and {view.labels[worse]}"
        pair = {
            "reference": better,
            "reference_condition": condition,
            "compared": worse,
            "compared_condition": condition,
        }
        views.append(
            PreparedView(
                "What makes two models, pruned differently, differ in robustness?",
                f"{names}, equally sparse, and what each does on every corruption.",
                EVALUATION,
                {**pair, "picked": better},
            )
        )
        views.append(
            PreparedView(
                "Which properties make one model much more robust than another?",
                f"Angle, length and margin under {view.labels[better]}, and one click away under "
                f"{view.labels[worse]}.",
                LOCAL,
                {**pair, "shown": "reference"},
            )
        )
    hardest = hardest_condition(view)
    if hardest is not None:
        words = view.labels[hardest]
        views.append(
            PreparedView(
                "Which model keeps clean and corrupted images apart from other classes?",
                f"{view.labels[view.reference.model]} under {words}, its hardest condition, and "
                "one click away on clean images.",
                LOCAL,
                {
                    "reference": view.reference.model,
                    "reference_condition": hardest,
                    "compared": view.reference.model,
                    "compared_condition": condition,
                    "shown": "reference",
                },
            )
        )
    dense, pruned = view.reference.model, view.compared.model
    if dense != pruned:
        broken = Outcome(Pair(dense, condition), Pair(pruned, condition), "broken")
        views.append(
            PreparedView(
                "Why are some samples more vulnerable to pruning?",
                f"The clean images that {view.labels[pruned]} breaks, where "
                f"{view.labels[dense]} has them.",
                LOCAL,
                {
                    "reference": dense,
                    "reference_condition": condition,
                    "compared": pruned,
                    "compared_condition": condition,
                    "subset": selection_json.dumps(broken),
                    "shown": "reference",
                },
            )
        )
    return views


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


def hardest_condition(view: View) -> str | None:
    """The corrupted condition under which the reference model is least accurate."""
    found = (
        cached_queries.accuracy(view.resolved)
        .filter(pl.col("model_id") == view.reference.model_id)
        .join(view.conditions.filter(pl.col("severity") > 0), on="condition_id")
        .filter(pl.col("samples") > 0)
        .sort(pl.col("correct") / pl.col("samples"), "condition_id")
    )
    return None if found.is_empty() else str(found["name"][0])
