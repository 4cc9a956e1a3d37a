"""A table as text: cells as people read them, and a LaTeX table in booktabs style."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from core.display import labels

Format = Callable[[Any], str]
"""From a cell that is not empty to its text."""

MISSING = "–"
_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "\N{MINUS SIGN}": r"$-$", "→": r"$\rightarrow$", "±": r"$\pm$", "×": r"$\times$",
    "·": r"$\cdot$", "\N{EN DASH}": "--", "\N{NO-BREAK SPACE}": "~", "\n": " ", "\r": " ",
}  # fmt: skip
_SPECIAL = re.compile("|".join(map(re.escape, _LATEX)))


def percent_cell(value: float) -> str:
    """A fraction as a percentage."""
    return labels.percent(value)


def cell_text(value: Any, given: Format | None = None) -> str:
    """A cell as people read it: no long floats, a dash where nothing is known."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is not equal to itself
        text = MISSING
    elif given is not None:
        text = given(value)
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, int):
        text = f"{value:,}".replace("-", "\N{MINUS SIGN}")
    elif isinstance(value, float):
        text = f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
    elif isinstance(value, list | tuple):
        text = ", ".join(map(cell_text, value))
    elif isinstance(value, bytes):
        text = f"{len(value):,} bytes"
    else:
        text = str(value)
    return text


def text_rows(rows: pl.DataFrame, formats: Mapping[str, Format] | None = None) -> list[list[str]]:
    """All cells as text, a list a row.

    Args:
        rows: the table.
        formats: of columns that are not written as `cell_text` does by itself.
    """
    given = [(formats or {}).get(name) for name in rows.columns]
    return [
        [cell_text(value, one) for value, one in zip(row, given, strict=True)]
        for row in rows.iter_rows()
    ]


def latex_table(
    rows: pl.DataFrame,
    *,
    caption: str,
    formats: Mapping[str, Format] | None = None,
    comments: Sequence[str] = (),
) -> str:
    r"""A table for a paper, which needs `\usepackage{booktabs}` and `\usepackage[T1]{fontenc}`.

    Numbers stand right, texts left; whatever means something to LaTeX is escaped.

    Args:
        rows: the table.
        caption: above it.
        formats: as `text_rows` takes them.
        comments: lines at the start that LaTeX skips.
    """
    columns = "".join("r" if kind.is_numeric() else "l" for kind in rows.dtypes)
    body = [rows.columns, *text_rows(rows, formats)]
    head, *lines = [" & ".join(map(latex_escaped, row)) + r" \\" for row in body]
    notes = [f"% {line}" for comment in comments for line in comment.splitlines()]
    return "\n".join(
        [
            *notes,
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{latex_escaped(caption)}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            head,
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def latex_escaped(text: str) -> str:
    """Text that LaTeX sets as it is."""
    return _SPECIAL.sub(lambda found: _LATEX[found[0]], text)
