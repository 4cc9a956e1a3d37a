"""A chart as a picture of its own: Vega-Lite with its rows, and from it SVG, PNG and PDF.

On a page, title, numbers and colours stand around a chart; here they are inside it. Drawing takes
`vl_convert`, which needs neither a browser nor the network; without it the Vega-Lite text is made
all the same.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from html import escape
from io import BytesIO
from typing import Any

import polars as pl

from core.display import theme
from core.display.provenance import Provenance
from core.errors import UserError

WIDTH = 900
"""Of a chart that takes the width of the page, in pixels."""
_VEGA_LITE = "6.4"
_TITLE_LINE, _SUBTITLE_LINE, _LETTER = 24, 15, 5.6
_ONE_VIEW = ("mark", "layer")
_OUTSIDE = ("image", "picture")  # addresses that only the app answers
_PIXELS = 2.0

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


class PictureError(UserError):
    """A picture could not be drawn, in one sentence."""


def picture_spec(
    chart: Mapping[str, Any],
    tables: Mapping[str, pl.DataFrame],
    *,
    title: str,
    numbers: str,
    provenance: Provenance,
    width: int = WIDTH,
) -> dict[str, Any]:
    """A Vega-Lite specification that stands alone: rows, title, numbers and provenance inside.

    Args:
        chart: specification without rows, as a `chart*.py` makes it, with colours for light paper.
        tables: the rows of each named table.
        title: of the picture.
        numbers: how many of what, in a line under it.
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
    below = [line for text in (numbers, provenance.stamp) for line in textwrap.wrap(text, letters)]
    above = textwrap.wrap(title, int(letters / 1.35)) or [title]
    spec["title"] = {"text": above, "subtitle": below}
    if one_view and isinstance(spec.get("height"), int | float):
        # title and subtitle take their lines of the height that the chart is fitted into
        spec["height"] += _TITLE_LINE * len(above) + _SUBTITLE_LINE * len(below) + 10
    spec["config"] = _merged(_CONFIG, {**spec.get("config", {}), "title": {}})
    spec["padding"] = 12
    meta = {"title": title, "numbers": numbers, "provenance": provenance.lines}
    spec["usermeta"] = {**spec.get("usermeta", {}), **meta}
    return dict(spec)


def plain_rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON takes them: no infinite numbers, no bytes, no addresses of the app."""
    kept = [
        name
        for name, kind in table.schema.items()
        if name not in _OUTSIDE and not isinstance(kind, pl.Binary)
    ]
    rows: list[dict[str, Any]] = json.loads(table.select(kept).write_json())
    return rows


def vega_lite(spec: Mapping[str, Any]) -> bytes:
    """The specification as a file."""
    return json.dumps(spec, ensure_ascii=False, allow_nan=False).encode()


def svg(spec: Mapping[str, Any]) -> bytes:
    """A picture that scales, with its provenance as description.

    Args:
        spec: as `picture_spec` returns.

    Raises:
        PictureError: it can't be drawn, or `vl_convert` is not installed.
    """
    try:
        # no address is allowed: nothing is fetched, whatever a study's texts hold
        drawn: str = _converter().vegalite_to_svg(
            dict(spec), vl_version=_VEGA_LITE, allowed_base_urls=[]
        )
    except ValueError as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise PictureError(f"The picture could not be drawn: {first}") from error
    meta = spec["usermeta"]
    about = "\n".join([meta["numbers"], *meta["provenance"]])
    head = f"<title>{escape(meta['title'])}</title><desc>{escape(about)}</desc>"
    return re.sub(r"(<svg\b[^>]*>)", lambda tag: tag[1] + head, drawn, count=1).encode()


def png(drawn: bytes, about: Mapping[str, str]) -> bytes:
    """A picture of pixels, two for each of the screen's.

    Args:
        drawn: as `svg` returns.
        about: text chunks by name.

    Raises:
        PictureError: `vl_convert` is not installed.
    """
    from PIL import Image, PngImagePlugin  # noqa: PLC0415 - not before a picture is asked for

    pixels = Image.open(BytesIO(_converter().svg_to_png(drawn.decode(), scale=_PIXELS)))
    chunks = PngImagePlugin.PngInfo()
    for name, text in about.items():
        chunks.add_itxt(name, text)
    file = BytesIO()
    pixels.save(file, "PNG", pnginfo=chunks)
    return file.getvalue()


def pdf(drawn: bytes) -> bytes:
    """A page as large as the picture.

    Args:
        drawn: as `svg` returns.

    Raises:
        PictureError: `vl_convert` is not installed.
    """
    return bytes(_converter().svg_to_pdf(drawn.decode()))


def _converter() -> Any:
    try:
        import vl_convert  # noqa: PLC0415 - 80 MB of which the app and most commands need nothing
    except ModuleNotFoundError as error:
        raise PictureError(
            "Pictures need vl-convert-python: pip install -r pipelines/requirements.txt."
        ) from error
    return vl_convert


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of both, those of the second where both have one."""
    found = dict(under)
    for name, value in over.items():
        inner = found.get(name)
        both = isinstance(inner, Mapping) and isinstance(value, Mapping)
        found[name] = _merged(inner, value) if both else value  # type: ignore[arg-type]
    return found
