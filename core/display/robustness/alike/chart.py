"""Who is alike: a clustered matrix with its tree, and a layout in the plane."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display import theme

MODELS, CORRUPTIONS = "models", "corruptions"
ERRORS, GEOMETRY = "errors", "geometry"
TREE = 6.0
"""Width of the tree in cells of the matrix."""
PAIR = "pair"
_MATRIX, _LARGEST_CELL, _SMALLEST_CELL, _LABELS = 600, 24, 7, 190
_LAYOUT = 400
SERIES, SPARSITY = "series", "sparsity"


def similarity_matrix(things: int, *, by: str, text: str) -> alt.LayerChart:
    """A cell a pair, in the order of the tree on the right; a click picks a pair (selection PAIR).

    Rows of `cells`, `tree`, `labels`: as `frames.Alike`; of `frame`: row and column of the picked
    pair, none or one.

    Args:
        things: how many there are.
        by: ERRORS or GEOMETRY.
        text: colour of words.
    """
    cell = max(_SMALLEST_CELL, min(_LARGEST_CELL, _MATRIX // max(1, things)))
    # names come first: a narrow window cuts the tree, not them
    words = _LABELS / cell
    x = alt.Scale(domain=[-words, things + TREE + 0.5], nice=False)
    y = alt.Scale(domain=[things, 0], nice=False)
    picked = alt.selection_point(name=PAIR, fields=["first", "second"], on="click")
    title = "error consistency" if by == ERRORS else "distance"
    colour = alt.Color(
        "value:Q",
        scale=alt.Scale(scheme="viridis", reverse=by != ERRORS),
        legend=alt.Legend(title=title, orient="top", gradientLength=200, format=".2~f"),
    )
    squares = (
        alt.Chart(alt.NamedData("cells"))
        .transform_calculate(end="datum.column + 1", foot="datum.row + 1")
        .mark_rect(cursor="pointer", strokeWidth=0)
        .encode(
            x=alt.X("column:Q", scale=x, axis=None),
            x2="end:Q",
            y=alt.Y("row:Q", scale=y, axis=None),
            y2="foot:Q",
            color=colour,
            tooltip=[
                alt.Tooltip("words:N", title="pair"),
                alt.Tooltip("value:Q", title=title, format=".2f"),
            ],
        )
        .add_params(picked)
    )
    frame = (
        alt.Chart(alt.NamedData("frame"))
        .transform_calculate(end="datum.column + 1", foot="datum.row + 1")
        .mark_rect(fillOpacity=0, stroke=theme.LOWER, strokeWidth=2.5, tooltip=None)
        .encode(x=alt.X("column:Q", scale=x), x2="end:Q", y=alt.Y("row:Q", scale=y), y2="foot:Q")
    )
    tree = (
        alt.Chart(alt.NamedData("tree"))
        .transform_calculate(near=f"{things} + datum.x", far=f"{things} + datum.x_end")
        .mark_rule(color=theme.REFERENCE)
        .encode(x=alt.X("near:Q", scale=x), x2="far:Q", y=alt.Y("row:Q", scale=y), y2="row_end:Q")
    )
    names = (
        alt.Chart(alt.NamedData("labels"))
        .transform_calculate(middle="datum.row + 0.5")
        .mark_text(align="right", dx=-5, fontSize=min(11, cell + 1), limit=_LABELS - 8, color=text)
        .encode(x=alt.XDatum(0), y=alt.Y("middle:Q", scale=y), text="label:N")
    )
    chart = alt.LayerChart(layer=[squares, tree, names, frame]).properties(
        width=round((words + things + TREE + 0.5) * cell),
        height=things * cell,
        # cells stay square: the legend comes on top
        autosize=alt.AutoSizeParams(type="pad", contains="content"),
    )
    return theme.for_many_marks(chart)


def layout_plot(
    colours: Mapping[str, str], *, kind: str, colour_by: str, text: str
) -> alt.LayerChart:
    """Places whose distances come near to those of all pairs, and the shortest tree over them.

    Rows of `points` and `edges`: as `frames.Alike`.

    Args:
        colours: of each group.
        kind: MODELS or CORRUPTIONS; corruptions have their names beside them.
        colour_by: SERIES (or category), or SPARSITY.
        text: colour of words.
    """
    axis = alt.Axis(labels=False, ticks=False, grid=False, title=None)
    x, y = alt.X("x:Q", axis=axis), alt.Y("y:Q", axis=axis)
    edges = (
        alt.Chart(alt.NamedData("edges"))
        .mark_rule(color=theme.REST, opacity=0.7)
        .encode(x=x, y=y, x2="x_end:Q", y2="y_end:Q")
    )
    legend = alt.Legend(title=None, orient="top", columns=3)
    if colour_by == SPARSITY:
        colour = alt.Color(
            "sparsity:Q",
            scale=alt.Scale(scheme="viridis"),
            legend=alt.Legend(title="sparsity", orient="top", format="%", gradientLength=160),
        )
    else:
        scale = alt.Scale(domain=list(colours), range=list(colours.values()))
        colour = alt.Color("group:N", scale=scale, legend=legend)
    points = alt.Chart(alt.NamedData("points"))
    tooltip = [
        alt.Tooltip("label:N", title="model" if kind == MODELS else "corruption"),
        alt.Tooltip("group:N", title="series" if kind == MODELS else "category"),
    ]
    if kind == MODELS:
        tooltip.append(alt.Tooltip("sparsity:Q", format=".1%"))
    dots = points.mark_point(filled=True, size=70, opacity=1).encode(
        x=x, y=y, color=colour, tooltip=tooltip
    )
    layers = [edges, dots]
    if kind == CORRUPTIONS:
        words = points.mark_text(align="left", dx=7, fontSize=10, color=text)
        layers.append(words.encode(x=x, y=y, text="label:N"))
    return theme.styled(alt.LayerChart(layer=layers).properties(height=_LAYOUT))
