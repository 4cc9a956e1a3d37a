"""The questions of the paper's section 4, each as a view that is set up already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from core.display.home.headline import Headline
from core.display.shell.navigation import EVALUATION, GLOBAL, LOCAL
from core.display.state.context import Context
from core.store.combination import Combination
from core.store.queries.accuracy import accuracy
from core.store.study import Study

COMPARE = {"look": "changed"}
"""The look of the page of local geometry that compares two combinations."""


@dataclass(frozen=True)
class PreparedView:
    """A question and where to look for its answer.

    Attributes:
        page: name of the page in the registry.
        setup: what the link shows, in this study's words.
        question: one of the paper's, in short.
        choices: query parameters of the view.
    """

    page: str
    setup: str
    question: str = ""
    choices: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


def prepared_views(context: Context, headline: Headline | None) -> Iterator[PreparedView]:
    """The questions that this study can say something about.

    Args:
        context: the open study.
        headline: two models that are alike on clean images and not under a corruption, if any.
    """
    clean = context.study.conditions.filter(pl.col("severity") == 0)
    if clean.is_empty():
        return
    condition, words = str(clean["name"][0]), context.labels
    if headline is not None:
        better, worse = (words[one.model] for one in headline.combinations)
        both = pair_choices(*headline.combinations)
        yield PreparedView(
            EVALUATION,
            f"{better} and {worse}, equally accurate on clean images, and what each does on every "
            "corruption.",
            "What makes two models, pruned differently, differ in robustness?",
            {**both, "picked": (headline.better, headline.worse)},
        )
        yield PreparedView(
            LOCAL,
            f"Angle, length and margin of the same images under {better} and {worse}, both on "
            f"{words[headline.condition]}.",
            "Which properties make one model much more robust than another?",
            {**both, **COMPARE},
        )
    reference, compared = context.reference.model, context.compared.model
    hardest = context.study.derive(hardest_condition, reference)
    if hardest is not None:
        both = pair_choices(Combination(reference, condition), Combination(reference, hardest))
        yield PreparedView(
            GLOBAL,
            f"Angles to every class under {words[reference]}: clean images, and its hardest "
            f"condition, {words[hardest]}.",
            "Which model keeps clean and corrupted images apart from other classes?",
            both,
        )
    if reference != compared:
        before, after = Combination(reference, condition), Combination(compared, condition)
        yield PreparedView(
            LOCAL,
            f"The clean images that {words[reference]} gets right and {words[compared]} gets "
            "wrong, among all others.",
            "Why are some samples more vulnerable to pruning?",
            {**pair_choices(before, after), **COMPARE},
        )


def pair_choices(reference: Combination, compared: Combination) -> dict[str, str]:
    """Query parameters that set both roles."""
    return {
        "reference": reference.model,
        "reference_condition": reference.condition,
        "compared": compared.model,
        "compared_condition": compared.condition,
    }


def hardest_condition(study: Study, model: str) -> str | None:
    """The corrupted condition under which a model is least accurate."""
    rows = (
        study.run(accuracy)
        .filter(pl.col("model_id") == study.names.models[model], pl.col("samples") > 0)
        .join(study.conditions.filter(pl.col("severity") > 0), on="condition_id")
        .sort(pl.col("correct") / pl.col("samples"), "condition_id")
    )
    return None if rows.is_empty() else str(rows["name"][0])
