"""What the colours of lines mean: right or wrong, the predicted class, or the combination."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np
import polars as pl

from core.display import theme
from core.display.global_geometry.axes import mistakes
from core.store.queries.paired import PairedSamples
from core.store.study import Study

COLOURS = {"role": "combination", "outcome": "right or wrong", "predicted": "predicted class"}
ROLE_COLOURS = {"reference": theme.REFERENCE, "compared": theme.COMPARED}
_MOST_CLASSES_COLOURED = 6
_OTHER = "predicted another class"


class Legend(NamedTuple):
    """Colours with their names, and whether dashes stand for the compared combination."""

    entries: tuple[tuple[str, str], ...]
    dashes: bool

    def html(self, roles: Sequence[str]) -> str:
        """The legend of a plot that shows these roles."""
        line = "width:22px;vertical-align:middle;border-top:3px"
        area = "width:14px;height:12px;vertical-align:-1px;opacity:.6;background:"
        parts = [(f"{line} solid {colour}", name) for name, colour in self.entries]
        if self.dashes:
            for style, role in (("solid", "reference"), ("dashed", "compared")):
                parts.append((f"{line} {style} {theme.REFERENCE}", f"{style}: {role}"))
        if self.entries != tuple(ROLE_COLOURS.items()):
            parts += [(area + ROLE_COLOURS[role], f"density and mean, {role}") for role in roles]
        mark = "display:inline-block;margin-right:6px;"
        return (
            '<div style="display:flex;flex-wrap:wrap;gap:2px 18px;font-size:13px;'
            'line-height:1.1">'
            + "".join(
                f'<span><span style="{mark}{style}"></span>{escape(name)}</span>'
                for style, name in parts
            )
            + "</div>"
        )


class LineColours(NamedTuple):
    """Which line belongs to which group of lines that look alike.

    Attributes:
        groups: colour of each group, and whether it is dashed.
        group: (lines,), positions in `groups`.
        legend: of the groups.
    """

    groups: tuple[tuple[str, bool], ...]
    group: np.ndarray
    legend: Legend


def line_colours(
    study: Study, paired: PairedSamples, lines: pl.DataFrame, colour: str
) -> LineColours:
    """The looks of lines.

    Args:
        study: the open study.
        paired: both combinations, and samples.
        lines: role, correct, prediction.
        colour: a key of COLOURS. Where it is not the combination and lines of both are shown,
            those of the compared are dashed.
    """
    if colour == "role":
        names, colours = lines["role"], ROLE_COLOURS
    elif colour == "outcome":
        right = pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("incorrect"))
        names = lines.select(right).to_series()
        colours = {"correct": theme.CORRECT, "incorrect": theme.INCORRECT}
    else:
        names, colours = _by_prediction(study, paired, lines)
    shown = set(names)
    entries = tuple((name, one) for name, one in colours.items() if name in shown)
    dashes = colour != "role" and lines["role"].n_unique() > 1
    groups = tuple((one, dash) for dash in (False, True)[: 1 + dashes] for _, one in entries)
    positions = {name: i for i, (name, _) in enumerate(entries)}
    group = names.replace_strict(positions, return_dtype=pl.Int64).to_numpy()
    if dashes:
        group = group + len(entries) * (lines["role"] == "compared").to_numpy()
    return LineColours(groups, group, Legend(entries, dashes))


def _by_prediction(
    study: Study, paired: PairedSamples, lines: pl.DataFrame
) -> tuple[pl.Series, dict[str, str]]:
    """The class, for those that samples are mistaken for most often; the chosen class in grey."""
    often = mistakes(study, paired).sort("mistakes", "class_id", descending=[True, False])
    own = paired.sample_filter.class_id
    wrong = [k for k in often["class_id"] if k != own][:_MOST_CLASSES_COLOURED]
    palette = [one for method, one in theme.METHOD_COLOURS.items() if method != "dense"]
    if own is not None:
        wrong, palette = [own, *wrong], [theme.CORRECT, *palette]
    names = {k: f"predicted {study.class_names[k]}" for k in wrong}
    group = lines["prediction"].replace_strict(names, default=_OTHER, return_dtype=pl.String)
    return group, {**dict(zip(names.values(), palette, strict=False)), _OTHER: theme.INCORRECT}
