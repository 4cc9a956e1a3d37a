"""The title of a chart that stands among others."""

from __future__ import annotations

import altair as alt

from core.display import theme


def titled(title: str, subtitle: str) -> alt.TitleParams:
    """A title with a line of numbers under it, legible in both themes."""
    return alt.TitleParams(
        title, subtitle=subtitle, subtitleFontSize=12, subtitleColor=theme.REFERENCE, offset=8
    )
