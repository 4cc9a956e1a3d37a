"""A chart as a picture of its own: Vega-Lite with rows, title, numbers and provenance inside.

On a page, they stand around the chart; `core.drawing` makes SVG, PNG and PDF of what is made here.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from core.display import theme
from core.display.provenance import Provenance

WIDTH = 900
"""Of a chart that takes the width of the page, in pixels."""
_TITLE_LINE, _SUBTITLE_LINE, _LETTER = 24, 15, 5.6
_ONE_VIEW = ("mark", "layer")
_ADDRESS = "media/"  # of an image that only the app answers

_TEXT, _GRID = theme.TEXT["light"], "#e3e7ee"
_CONFIG: dict[str, Any] = {
    "background": "white",
    "font": "Arial, Helvetica, Liberation Sans, sans-serif",
    "axis": {"labelColor": _TEXT, "titleColor": _TEXT, "gridColor": _GRID, "tickColor": _GRID,
             "titleFontWeight": "normal"},
    "legend": {"labelColor": _TEXT, "titleColor": _TEXT, "titleFontWeight": "normal"},
    "header": {"labelColor": _TEXT, "titleColor": _TEXT},
    "title": {"color": _TEXT, "subtitleColor": "#5a6372", "fontSize": 15, "subtitleFontSize": 11,
              "subtitleLineHeight": _SUBTITLE_LINE, "subtitlePadding": 6, "offset": 14,
              "anchor": "start"},
}  # fmt: skip


def picture_spec(
    chart: Mapping[str, Any],
    tables: Mapping[str, pl.DataFrame],
    *,
    title: str,
    numbers: Sequence[str],
    provenance: Provenance,
    width: int = WIDTH,
) -> dict[str, Any]:
    """A Vega-Lite specification that stands alone: rows, title, numbers and provenance inside.

    Args:
        chart: specification without rows, as a `chart*.py` makes it, with colours for light paper.
        tables: the rows of each named table.
        title: of the picture.
        numbers: how many of what, in lines under it.
        provenance: study and version stand in the picture, all of it in `usermeta`.
        width: of a chart that would take the width of the page, in pixels.
    """
    spec = json.loads(json.dumps(chart))
    own = spec.get("datasets", {})
    spec["datasets"] = {**own, **{name: plain_rows(table) for name, table in tables.items()}}
    one_view = any(part in spec for part in _ONE_VIEW)
    if one_view:
        spec.setdefault("width", width)
        spec["autosize"] = {"type": "fit", "contains": "padding"}
    letters = int(max(spec.get("width", width), width // 2) / _LETTER)
    below = [line for text in (*numbers, provenance.stamp) for line in textwrap.wrap(text, letters)]
    above = textwrap.wrap(title, int(letters / 1.35)) or [title]
    spec["title"] = {"text": above, "subtitle": below}
    if one_view and isinstance(spec.get("height"), int | float):
        # title and subtitle take their lines of the height that the chart is fitted into
        spec["height"] += _TITLE_LINE * len(above) + _SUBTITLE_LINE * len(below) + 10
    spec["config"] = _merged(_CONFIG, {**spec.get("config", {}), "title": {}})
    spec["padding"] = 12
    meta = {"title": title, "numbers": list(numbers), "provenance": provenance.lines}
    spec["usermeta"] = {**spec.get("usermeta", {}), **meta}
    return dict(spec)


def plain_rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON takes them: no infinite numbers, no bytes, no addresses of the app."""
    kept = [column.name for column in table if not _only_in_app(column)]
    rows: list[dict[str, Any]] = json.loads(table.select(kept).write_json())
    return rows


def _only_in_app(column: pl.Series) -> bool:
    if isinstance(column.dtype, pl.String):
        return bool(column.drop_nulls().head(1).str.starts_with(_ADDRESS).any())
    return isinstance(column.dtype, pl.Binary)


def vega_lite(spec: Mapping[str, Any]) -> bytes:
    """The specification as a file."""
    return json.dumps(spec, ensure_ascii=False, allow_nan=False).encode()


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of both, those of the second where both have one."""
    found = dict(under)
    for name, value in over.items():
        inner = found.get(name)
        both = isinstance(inner, Mapping) and isinstance(value, Mapping)
        found[name] = _merged(inner, value) if both else value  # type: ignore[arg-type]
    return found
