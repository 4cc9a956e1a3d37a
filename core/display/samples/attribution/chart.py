"""An occlusion map over its image: a cell's colour says how a metric changes where it is hidden."""

from __future__ import annotations

import altair as alt

from core.display import theme

_STRONGEST = 0.85


def map_over_image(*, size: int, side: int, title: str) -> alt.LayerChart:
    """The image with the cells of a map on it.

    Rows of `picture`: image (address), or none. Rows of `cells`: as `frames.map_cells` returns.
    The image is drawn halfway to grey, so that colours show on black and on white alike.

    Args:
        size: side of the picture on screen, pixels.
        side: of the image, pixels.
        title: of the legend.
    """
    scale = alt.Scale(domain=[0, side], nice=False, zero=False)
    backdrop = (
        alt.Chart(alt.NamedData("picture"))
        .mark_rect(color="#808080", opacity=1)
        .encode(x=alt.value(0), y=alt.value(0), x2=alt.value(size), y2=alt.value(size))
    )
    picture = (
        alt.Chart(alt.NamedData("picture"))
        .mark_image(
            width=size,
            height=size,
            align="left",
            baseline="top",
            aspect=False,
            smooth=False,
            opacity=0.5,
        )
        .encode(x=alt.value(0), y=alt.value(0), url="image:N")
    )
    across = alt.X("left:Q", scale=scale, axis=None)
    down = alt.Y("top:Q", scale=alt.Scale(domain=[0, side], nice=False, reverse=True), axis=None)
    base = alt.Chart(alt.NamedData("cells")).encode(
        x=across, y=down, x2="right:Q", y2="bottom:Q",
        tooltip=alt.Tooltip("words:N", title="change"), description="words:N",
    )  # fmt: skip
    cells = base.mark_rect(stroke=None).encode(color=_colour(title))
    crosses = (
        alt.Chart(alt.NamedData("cells"))
        .transform_filter("datum.strength === null")
        .transform_calculate(
            middle="(datum.left + datum.right) / 2", centre="(datum.top + datum.bottom) / 2"
        )
        .mark_text(text="×", fontSize=12, color="white")
        .encode(
            x=alt.X("middle:Q", scale=scale, axis=None),
            y=alt.Y("centre:Q", axis=None),
            tooltip=alt.Tooltip("words:N", title="change"),
        )
    )
    layers = alt.LayerChart(layer=[backdrop, picture, cells, crosses])
    return theme.styled(layers.properties(width=size, height=size, autosize="pad"))


def _colour(title: str) -> alt.Color:
    words = (
        "datum.value == 0 ? '0' : (datum.value < 0 ? '−' : '+') "
        "+ (data('cells')[0] || {largest: ''}).largest"
    )
    return alt.Color(
        "strength:Q",
        title=title,
        scale=alt.Scale(
            domain=[-1, 0, 1],
            range=[
                _with_opacity(theme.LOWER, _STRONGEST),
                _with_opacity(theme.REST, 0),
                _with_opacity(theme.HIGHER, _STRONGEST),
            ],
        ),
        legend=alt.Legend(
            orient="bottom", direction="horizontal", values=[-1, 0, 1], labelExpr=words,
            titleLimit=280, gradientLength=190, gradientThickness=10,
            gradientStrokeColor=theme.REFERENCE, gradientStrokeWidth=0.5,
        ),
    )  # fmt: skip


def _with_opacity(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"
