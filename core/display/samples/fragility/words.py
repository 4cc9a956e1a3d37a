"""What is predicted and what is observed of fragile samples, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.display import labels
from core.display.samples.fragility.frames import LEVELS, SCOPE_WORDS, SCOPES, Fragility
from core.display.state.context import Context
from core.metrics import METRICS
from core.stats.fragility_score import RULE


def area_words(untested: str | None) -> str:
    """What the areas are.

    Args:
        untested: why there are no intervals; None: there are.
    """
    note = untested or "95 % intervals by DeLong's method on the scale of log odds, over images"
    return (
        "Area under the ROC curve: the chance that a fragile sample is ranked above another, half "
        f"for ties; 0.5 is chance. {note}. Dense model on clean images predicts; observed are "
        + "; ".join(f"{title.lower()}: {SCOPE_WORDS[name]}" for name, title in SCOPES.items())
        + "."
    )


def lines(row: Mapping[str, Any]) -> list[str]:
    """What stands under the image of a picked sample.

    Args:
        row: of `Fragility.picked`.
    """
    share = labels.percent(row["right"] / row["of"], digits=0)
    return [
        str(row["class"]),
        f"{row['right']:,} of {row['of']:,} ({share})",
        f"{METRICS['angle'].number(row['angle'])}, {METRICS['length'].number(row['length'])}",
    ]


def summary(context: Context, dense: str, found: Fragility, scope: str, level: str) -> str:
    """Which samples these are, and what makes one fragile.

    Args:
        context: the open study.
        dense: name of the model that predicts.
        found: the samples.
        scope: what they are to withstand, one of SCOPES.
        level: one of LEVELS.
    """
    left_out = []
    if found.wrong:
        left_out.append(f"{labels.count(found.wrong, 'sample')} that it gets wrong already")
    if found.without_angle:
        left_out.append(f"{found.without_angle:,} without an angle")
    without = f", without {' and '.join(left_out)}" if left_out else ""
    models = labels.count(found.models, "pruned model")
    degenerate = labels.count(found.degenerate, "degenerate one")
    return (
        f"{labels.count(found.samples, 'sample')} that {labels.escaped(context.label(dense))}"
        f" gets right on clean images{without}. **Predicted** by its angle and length there: "
        f"{RULE}. **Observed** over {SCOPE_WORDS[scope]} ({models}"
        f"{f', {degenerate} left out' if found.degenerate else ''}): fragile if wrong at "
        f"least {LEVELS[level]}{' of the predictions' if level != '0' else ''}, "
        f"{labels.count(found.fragile, 'sample')}; {found.always_right:,} are right every time."
    )  # fmt: skip
