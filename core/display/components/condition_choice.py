"""Which condition, or which severity of the corruptions, a view is about."""

from __future__ import annotations

from core.display import layout
from core.display.components.choices import choose, segments
from core.display.severity import MEAN_SEVERITY
from core.display.state.context import Context


def choose_condition(context: Context, label: str, *, key: str) -> str:
    """The name of one of the study's conditions, the reference's by default."""
    return choose(
        label,
        {name: context.labels[name] for name in context.study.names.conditions},
        key=key,
        default=context.reference.condition,
        width=layout.WIDE_CHOICE,
    )


def choose_severity(context: Context) -> int:
    """Mean of the study's severities, or one of them."""
    found = sorted(set(context.study.conditions["severity"]) - {0})
    options = {name: name for name in ["mean", *map(str, found)]}
    chosen = segments("Severity of the corruptions", options, key="severity")
    return MEAN_SEVERITY if chosen == "mean" else int(chosen)
