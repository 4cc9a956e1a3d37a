"""How many samples each outcome of a comparison has, with its colour: counts and legend in one."""

from __future__ import annotations

from collections.abc import Mapping

from core.display import labels, theme
from core.store.subsets.predicates import OUTCOMES


def outcome_list(counts: Mapping[str, int]) -> str:
    """A line for each outcome as HTML: colour, words, count and share.

    Args:
        counts: samples by outcome, all of them selected.
    """
    total = sum(counts.values())
    rows = []
    for name, words in OUTCOMES.items():
        share = f" ({labels.percent(counts[name] / total)})" if total else ""
        rows.append(
            f'<tr><td><span style="display:inline-block;width:10px;height:10px;border-radius:2px;'
            f'background:{theme.OUTCOME_COLOURS[name]}"></span></td>'
            f'<td>{words.label}</td><td style="text-align:right">{counts[name]:,}{share}</td></tr>'
        )
    style = "font-size:13.5px;line-height:1.35;border-spacing:8px 0;border-collapse:separate"
    return f'<table style="{style}">{"".join(rows)}</table>'
