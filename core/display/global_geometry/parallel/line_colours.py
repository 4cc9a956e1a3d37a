"""What the colours of lines mean: right or wrong, the predicted class, or the combination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import polars as pl

from core.display import theme
from core.display.global_geometry.axes import mistakes
from core.display.state.context import View

COLOURS = {"role": "combination", "outcome": "right or wrong", "predicted": "predicted class"}
_MOST_CLASSES_COLOURED = 6
_OTHER = "another class"
_ROLES = {"reference": theme.REFERENCE, "compared": theme.COMPARED}


@dataclass(frozen=True)
class Group:
    """Lines that look alike."""

    name: str
    colour: str
    dashed: bool = False


@dataclass(frozen=True)
class Legend:
    """Colours with their names, and whether dashes stand for the compared combination."""

    entries: tuple[tuple[str, str], ...]
    dashes: bool

    def html(self, roles: Sequence[str]) -> str:
        """The legend of a view that shows these roles."""
        parts = [_swatch(colour, name) for name, colour in self.entries]
        if self.dashes:
            parts += [
                _swatch(theme.REFERENCE, "solid: reference", "solid"),
                _swatch(theme.REFERENCE, "dashed: compared", "dashed"),
            ]
        filled = [role for role in roles if self.entries != tuple(_ROLES.items())]
        parts += [_area(_ROLES[role], f"density and mean, {role}") for role in filled]
        return (
            '<div style="display:flex;flex-wrap:wrap;gap:2px 18px;font-size:13px">'
            + "".join(parts)
            + "</div>"
        )


@dataclass(frozen=True)
class LineColours:
    """Which line belongs to which group.

    Attributes:
        groups: how lines look.
        group: (lines,), positions in `groups`.
        kept: (lines,), False for lines that do not pass the intervals.
        legend: of the groups.
    """

    groups: tuple[Group, ...]
    group: np.ndarray
    kept: np.ndarray
    legend: Legend


def line_colours(view: View, lines: pl.DataFrame, colour: str) -> LineColours:
    """The looks of lines.

    Args:
        view: the open study.
        lines: role, correct, prediction, kept.
        colour: a key of COLOURS. Where it is not the combination and lines of both are shown,
            those of the compared are dashed.
    """
    if colour == "role":
        names, colours = lines["role"], dict(_ROLES)
    elif colour == "outcome":
        names = lines.select(
            pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("incorrect"))
        ).to_series()
        colours = {"correct": theme.CORRECT, "incorrect": theme.INCORRECT}
    else:
        names, colours = _by_prediction(view, lines)
    shown = set(names)
    entries = tuple((name, one) for name, one in colours.items() if name in shown)
    dashes = colour != "role" and lines["role"].n_unique() > 1
    dashed = (False, True) if dashes else (False,)
    groups = tuple(Group(name, one, dash) for dash in dashed for name, one in entries)
    place = {name: i for i, (name, _) in enumerate(entries)}
    group = names.replace_strict(place, return_dtype=pl.Int64).to_numpy()
    if dashes:
        group = group + len(entries) * (lines["role"] == "compared").to_numpy()
    return LineColours(groups, group, lines["kept"].to_numpy(), Legend(entries, dashes))


def _by_prediction(view: View, lines: pl.DataFrame) -> tuple[pl.Series, dict[str, str]]:
    """`as` and the class for those that are predicted most often, the chosen class in grey."""
    found = mistakes(view).sort("mistakes", "class_id", descending=[True, False])
    names = dict(zip(view.classes["class_id"], view.classes["name"], strict=True))
    own = view.chosen.class_id
    wrong = [k for k in found["class_id"] if k != own][:_MOST_CLASSES_COLOURED]
    palette = [one for method, one in theme.METHOD_COLOURS.items() if method != "dense"]
    shown = {k: f"as {names[k]}" for k in ([] if own is None else [own]) + wrong}
    chosen = {f"as {names[k]}": one for k, one in zip(wrong, palette, strict=False)}
    if own is not None:
        chosen = {f"as {names[own]}": theme.CORRECT, **chosen}
    group = lines["prediction"].replace_strict(shown, default=_OTHER, return_dtype=pl.String)
    return group, {**chosen, _OTHER: theme.INCORRECT}


def _swatch(colour: str, name: str, line: str = "solid") -> str:
    return (
        f'<span><span style="display:inline-block;width:22px;vertical-align:middle;'
        f'margin-right:6px;border-top:3px {line} {colour}"></span>{escape(name)}</span>'
    )


def _area(colour: str, name: str) -> str:
    return (
        f'<span><span style="display:inline-block;width:14px;height:12px;vertical-align:-1px;'
        f'margin-right:6px;background:{colour};opacity:.6"></span>{escape(name)}</span>'
    )
