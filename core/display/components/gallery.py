"""Small images side by side, with words under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st


@dataclass(frozen=True)
class Thumbnail:
    """One image of a gallery.

    Attributes:
        address: of the image, as `sample_images.with_addresses` gives it; None without one.
        first_line: under it.
        second_line: under that.
        hover: the text on hover, and for those who don't see it.
    """

    address: str | None
    first_line: str
    second_line: str
    hover: str


def gallery(thumbnails: Sequence[Thumbnail]) -> None:
    """Small images side by side, pixels kept sharp; a neutral tile where none is stored."""
    figures = []
    for item in thumbnails:
        hover = escape(item.hover)
        image = (
            f'<img alt="{hover}" src="{escape(item.address)}">'
            if item.address
            else f'<div class="tile" role="img" aria-label="{hover}, no image stored"></div>'
        )
        figures.append(
            f'<figure title="{hover}">{image}<figcaption>'
            f'<span class="was">{escape(item.first_line)}</span><br>'
            f"{escape(item.second_line)}</figcaption></figure>"
        )
    st.html(f'<div class="gallery">{"".join(figures)}</div>')
