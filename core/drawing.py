"""Vega-Lite as SVG, PNG and PDF, by vl-convert: no browser, no network.

A process that goes on living draws in a child (`draw_apart`): the engine takes some 150 MB of
memory and keeps it. `python -m core.drawing FORMAT` is that child.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from html import escape
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from core.errors import UserError

Kind = Literal["svg", "png", "pdf"]
SECONDS = 60
"""How long a picture may take."""
_VEGA_LITE = "6.4"
_PIXELS = 2.0
_ADDRESS = re.compile(r"""\s(?:xlink:)?href=(["'])(?!data:image/|#).*?\1""")
_at_once = threading.BoundedSemaphore(2)


class PictureError(UserError):
    """A picture could not be drawn, in one sentence."""


def can_draw() -> bool:
    """Whether vl-convert is installed."""
    return find_spec("vl_convert") is not None


def svg(spec: Mapping[str, Any]) -> bytes:
    """A picture that scales, with title, numbers and provenance as its description.

    Args:
        spec: as `core.display.picture.picture_spec` returns.

    Raises:
        PictureError: it can't be drawn, or vl-convert is not installed.
    """
    try:
        # no address of rows is allowed; addresses of images, which it would fetch all the same
        # when it makes pixels, are taken out below
        drawn: str = _converter().vegalite_to_svg(
            dict(spec), vl_version=_VEGA_LITE, allowed_base_urls=[]
        )
    except ValueError as error:
        # the engine's first line says what it did, the second what went wrong
        said = " ".join(str(error).split("\n")[:2]) or type(error).__name__
        raise PictureError(f"The picture could not be drawn: {said}") from error
    drawn = _ADDRESS.sub("", drawn)
    title, about = _words(spec)
    head = f"<title>{escape(title)}</title><desc>{escape(about)}</desc>"
    return re.sub(r"(<svg\b[^>]*>)", lambda tag: tag[1] + head, drawn, count=1).encode()


def png(spec: Mapping[str, Any]) -> bytes:
    """A picture of pixels, two for each of the screen's, with the same description as text chunks.

    Args:
        spec: as `svg` takes it.

    Raises:
        PictureError: as `svg` does.
    """
    from PIL import Image, PngImagePlugin  # noqa: PLC0415 - not before a picture is asked for

    pixels = Image.open(BytesIO(_converter().svg_to_png(svg(spec).decode(), scale=_PIXELS)))
    chunks = PngImagePlugin.PngInfo()
    for name, text in zip(("Title", "Description"), _words(spec), strict=True):
        chunks.add_itxt(name, text)
    file = BytesIO()
    pixels.save(file, "PNG", pnginfo=chunks)
    return file.getvalue()


def pdf(drawn: bytes) -> bytes:
    """A page as large as the picture.

    Args:
        drawn: as `svg` returns.

    Raises:
        PictureError: vl-convert is not installed.
    """
    return bytes(_converter().svg_to_pdf(drawn.decode()))


def draw(spec: Mapping[str, Any], kind: Kind) -> bytes:
    """A picture of one kind."""
    if kind == "png":
        return png(spec)
    return svg(spec) if kind == "svg" else pdf(svg(spec))


def draw_apart(spec: Mapping[str, Any], kind: Kind) -> bytes:
    """A picture from a process of its own; no more than two are at work at once.

    Raises:
        PictureError: it can't be drawn, or not within SECONDS.
    """
    with _at_once:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "core.drawing", kind],
                cwd=Path(__file__).parents[1],
                input=json.dumps(spec).encode(),
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PictureError(
                f"The picture could not be drawn within {SECONDS} seconds."
            ) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise PictureError(lines[-1] if lines else "The picture could not be drawn.")
    return done.stdout


def _words(spec: Mapping[str, Any]) -> tuple[str, str]:
    meta = spec["usermeta"]
    return str(meta["title"]), "\n".join([*meta["numbers"], *meta["provenance"]])


def _converter() -> Any:
    try:
        import vl_convert  # noqa: PLC0415 - 80 MB that nothing but a picture needs
    except ModuleNotFoundError as error:
        raise PictureError(
            "Pictures need vl-convert-python: pip install -r pipelines/requirements.txt."
        ) from error
    return vl_convert


def _main() -> int:
    try:
        sys.stdout.buffer.write(draw(json.load(sys.stdin), sys.argv[1]))  # type: ignore[arg-type]
    except PictureError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
