"""Colours and chart settings: the same thing has the same colour on every page.

Every colour reaches 3:1 against the light background and 2.7:1 against the dark one,
and colours that meet in one chart stay apart for people with protanopia or
deuteranopia (checked in the tests by simulation).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import cycle, islice
from typing import TypeVar

import altair as alt
import polars as pl

REFERENCE = "#7d8694"
COMPARED = "#c28500"

CORRECT = "#8a929e"
INCORRECT = "#d1343b"

UNSELECTED_OPACITY = 0.12
# Samples that are not selected, drawn with low opacity.
REST = "#9aa1ab"
# What the user marks: intervals on axes, the chosen class, a picked cell.
ACCENT = "#2f6cce"
# A button that leads on, with white words on it: 6:1 in either theme.
ACTION = "#2f5fb3"
# Text that a chart writes on the page's background, as in .streamlit/config.toml.
TEXT = {"light": "#1d2430", "dark": "#e4e8ee"}
# Borders and empty tiles, on either background.
FRAME = "rgba(127, 134, 148, 0.35)"

OUTCOME_COLOURS = {
    "both right": "#8a929e",
    "broken": "#d1343b",
    "fixed": "#0d9f78",
    "both wrong": "#8b5fd6",
}
HIGHER = OUTCOME_COLOURS["fixed"]
LOWER = OUTCOME_COLOURS["broken"]

DENSE = "#6b7280"
METHOD_COLOURS = {
    "dense": DENSE,
    "magnitude": ACCENT,
    "random": "#8a5f2b",
    "taylor": "#13a0bc",
    "multi_prize": "#b40367",
    "structured": "#839f00",
    "layerwise_shuffle": "#8f3dff",
    "lamp": "#006ca2",
    "wanda": "#1ca69b",
    "fisher": "#f55e5e",
    "snip": "#d63a66",
    "synflow": "#0e9ae2",
}
# For methods that this version doesn't know, in the order in which they come.
_FURTHER_COLOURS = ("#c2703d", "#0f7a5a", "#a8577e", "#5f6b00", "#4a5fa8")

_CATEGORY_COLOURS = ("#b40367", ACCENT, "#8f3dff", "#839f00", "#8a5f2b")

_VALUE_COLOURS = (ACCENT, "#c2703d", *METHOD_COLOURS.values(), "#0f7a5a", "#a8577e")

# Pixels: a legend in a window of 900, a letter of it, a symbol with its air.
_NARROW_LEGEND, _LETTER, _SYMBOL = 520, 6, 40

AnyChart = TypeVar(
    "AnyChart", alt.Chart, alt.LayerChart, alt.HConcatChart, alt.VConcatChart, alt.FacetChart
)


def method_colours(methods: Iterable[str]) -> dict[str, str]:
    """A colour for each method name; unknown ones share out the further colours by name."""
    names = sorted(set(methods))
    unknown = [name for name in names if name not in METHOD_COLOURS]
    further = {name: _FURTHER_COLOURS[i % len(_FURTHER_COLOURS)] for i, name in enumerate(unknown)}
    return {name: METHOD_COLOURS.get(name) or further[name] for name in names}


def value_colours(values: Iterable[str]) -> dict[str, str]:
    """A colour for each of at most ten values of any kind; methods keep theirs.

    Args:
        values: in the order of the legend.
    """
    names = list(dict.fromkeys(values))
    own = {name: METHOD_COLOURS[name] for name in names if name in METHOD_COLOURS}
    spare = [colour for colour in _VALUE_COLOURS if colour not in own.values()]
    others = (name for name in names if name not in own)
    further = dict(zip(others, cycle(spare), strict=False))
    return {name: own.get(name) or further[name] for name in names}


def category_colours() -> dict[str, str]:
    """A colour for each category of corruptions; clean images are the reference's grey."""
    names = ("noise", "blur", "weather", "digital", "other")
    return {"clean": REFERENCE, **dict(zip(names, _CATEGORY_COLOURS, strict=True))}


def series_colours(models: pl.DataFrame) -> dict[str, str]:
    """The colour of each series: its method's, paler for retrained models.

    Where several series would have the same, those that come later by name take further colours.

    Args:
        models: all models of the study, so that a series has one colour on every page: series,
            method, retrained.
    """
    colours = method_colours(models["method"])
    further = cycle([*_FURTHER_COLOURS, *map(_paler, _FURTHER_COLOURS)])
    rows = models.select("series", "method", "retrained").unique().sort("series")
    found: dict[str, str] = {}
    for name, method, retrained in rows.iter_rows():
        own = _paler(colours[method]) if retrained else colours[method]
        spare = (colour for colour in islice(further, 10) if colour not in found.values())
        found[name] = own if own not in found.values() else next(spare, own)
    return found


def _paler(colour: str) -> str:
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + 0.4 * (255 - part)):02x}" for part in parts)


LEGEND_ROOM = 320
"""Pixels of a name in a legend; what is longer is cut."""


def legend_columns(names: Iterable[str]) -> int:
    """How many names stand beside each other in a legend that fits a narrow window: at most 4."""
    longest = max(map(len, names), default=1)
    return min(4, max(1, _NARROW_LEGEND // (longest * _LETTER + _SYMBOL)))


def series_channel(colours: Mapping[str, str], *, offset: int = 18) -> alt.Color:
    """Colour by `series`, with a legend above the chart, `offset` pixels away."""
    legend = alt.Legend(
        title=None,
        orient="top",
        direction="horizontal",
        columns=legend_columns(colours),
        labelLimit=LEGEND_ROOM,
        offset=offset,
    )
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color("series:N", scale=scale, legend=legend)


def styled(chart: AnyChart) -> AnyChart:
    """The chart with the settings that all charts share.

    Text and grid colours are left to the app's theme, so that light and dark both work.
    """
    # Set in one step: each `configure_...` would copy the whole chart.
    chart.config = alt.Config(
        # a mark says what its chart writes, not the names of its columns
        mark=alt.MarkConfig(tooltip=None),
        axis=alt.AxisConfig(
            labelFontSize=11, titleFontSize=12, titlePadding=8, labelPadding=4, domain=False
        ),
        legend=alt.LegendConfig(
            labelFontSize=12, titleFontSize=12, symbolSize=80, labelPadding=4, columnPadding=16
        ),
        title=alt.TitleConfig(fontSize=13, offset=8, anchor="start"),
        view=alt.ViewConfig(strokeWidth=0),
        concat=alt.CompositionConfig(spacing=6),
        bar=alt.BarConfig(discreteBandSize=alt.RelativeBandSize(band=1)),
    )
    return chart


def for_many_marks(chart: AnyChart) -> AnyChart:
    """Styled for thousands of marks: on a canvas, and without a description of each mark."""
    chart = styled(chart)
    chart.config.aria = False
    chart.usermeta = {"embedOptions": {"renderer": "canvas"}}
    return chart
