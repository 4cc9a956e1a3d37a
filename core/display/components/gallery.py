"""Small images side by side, with words under them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st


@dataclass(frozen=True)
class Thumbnail:
    """One image of a gallery: PNG bytes, two lines under it, and the text on hover."""

    png: bytes | None
    first_line: str
    second_line: str
    hover: str


def gallery(thumbnails: Sequence[Thumbnail]) -> None:
    """Small images side by side, pixels kept sharp; a neutral tile where none is stored."""
    figures = []
    for item in thumbnails:
        hover = escape(item.hover)
        image = (
            f'<img alt="{hover}" src="data:image/png;base64,{base64.b64encode(item.png).decode()}">'
            if item.png
            else f'<div class="tile" role="img" aria-label="{hover}, no image stored"></div>'
        )
        figures.append(
            f'<figure title="{hover}">{image}<figcaption>'
            f'<span class="was">{escape(item.first_line)}</span><br>'
            f"{escape(item.second_line)}</figcaption></figure>"
        )
    st.html(f'<div class="gallery">{"".join(figures)}</div>')
