"""Features of two dimensions, class directions and decision regions (paper, figure 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from core.display import theme

PICK = "pick"
_LARGE, SMALL = 476, 280
PARTS = {"sample": None, "length": theme.ACCENT, "angle": "#d9702b", "margin": "#d6409f"}
_TEN = (
    "#4c78a8", "#f58518", "#e45756", "#72b7b2", "#54a24b", "#c9a800", "#b279a2", "#ff8fa0",
    "#9d755d", "#8f8f8f",
)  # fmt: skip


def plane_plot(
    classes: Sequence[str],
    box: tuple[float, float, float, float],
    *,
    versions: int,
    still: int | None = None,
    text: str,
) -> alt.LayerChart:
    """Points coloured by true class, over the regions of the class predicted there.

    Between two versions of the network, points and directions travel in straight lines; regions
    and the chosen sample are always those of the nearest version, so that they are exact.

    Rows of `points`: class, sample, and by version x, y, right, predicted (x0, x1, …). Of `arrows`:
    class, and by version x, y. Of `regions`: version, class, order, x, y. Of `lines`: version,
    part, order, x, y; of `words`: version, line, part, words; of `titles`: version, title.

    Args:
        classes: names, in label order.
        box: low and high x, low and high y of the plot, a square.
        versions: how many there are.
        still: the version to show, small and without words; None for a slider over all.
        text: colour of words on the page's background.
    """
    side = _LARGE if still is None else SMALL
    left, right, low, high = box
    axis = alt.Axis(tickCount=5, gridOpacity=0.25)
    plain = {"title": "feature 1" if still is None else None, "axis": axis}
    upright = {"title": "feature 2" if still is None else None, "axis": axis}
    x: dict[str, Any] = {"scale": alt.Scale(domain=[left, right], nice=False, zero=False), **plain}
    y: dict[str, Any] = {"scale": alt.Scale(domain=[low, high], nice=False, zero=False), **upright}
    colour = alt.Scale(domain=list(classes), range=[_TEN[i % 10] for i in range(len(classes))])
    now = "datum.version === near"
    regions = (
        alt.Chart(alt.NamedData("regions"))
        .transform_filter(now)
        .mark_line(
            filled=True, interpolate="linear-closed", fillOpacity=0.16, strokeOpacity=0.5,
            strokeWidth=0.8, stroke=theme.REFERENCE, tooltip=None,
        )
        .encode(
            x=alt.X("x:Q", **x), y=alt.Y("y:Q", **y), order="order:Q",
            fill=alt.Fill("class:N", scale=colour, legend=None), detail="class:N",
        )
    )  # fmt: skip
    points = (
        alt.Chart(alt.NamedData("points"))
        .transform_calculate(
            x=_between("x", versions), y=_between("y", versions),
            right="datum['right' + near]", predicted="datum['predicted' + near]",
        )
        .mark_point(filled=True, size=34 if still is None else 10, opacity=0.75)
        .encode(
            x=alt.X("x:Q", **x), y=alt.Y("y:Q", **y),
            color=alt.Color("class:N", scale=colour, legend=None),
            shape=alt.condition("datum.right", alt.value("circle"), alt.value("cross")),
            tooltip=["image:N", "picture:N", "sample:N", "class:N", "predicted:N"],
        )
    )  # fmt: skip
    layers: list[Any] = [regions, *_arrows(x, y, versions, colour, small=still is not None)]
    layers.insert(1, points)
    if still is None:
        points = points.add_params(
            alt.selection_point(name=PICK, fields=["sample"], on="click", empty=True)
        )
        layers[1] = points
        layers += _chosen(x, y, side, text)
    chart = alt.LayerChart(layer=layers, width=side, height=side, autosize="pad")
    return theme.styled(chart.add_params(*_moving(versions, still)))


def _moving(versions: int, still: int | None) -> list[alt.Parameter]:
    """Where the slider stands, and the nearest version."""
    slider: Any = alt.Undefined
    if still is None and versions > 1:
        slider = alt.binding_range(
            min=0, max=versions - 1, step=0.02, name="from dense to the highest sparsity "
        )
    step = alt.param(name="step", value=still or 0, bind=slider)
    return [step, alt.param(name="near", expr="round(step)")]


def _between(side: str, versions: int) -> str:
    """A coordinate at the slider's position, an expression."""
    if versions == 1:
        return f"datum.{side}0"
    i = f"min(floor(step), {versions - 2})"
    one, other = f"datum['{side}' + {i}]", f"datum['{side}' + ({i} + 1)]"
    there = f"isValid({one}) && isValid({other})"
    return f"{there} ? {one} + ({other} - {one}) * (step - {i}) : datum['{side}' + near]"


def _arrows(
    x: Mapping[str, Any], y: Mapping[str, Any], versions: int, colour: alt.Scale, *, small: bool
) -> list[alt.Chart]:
    base = (
        alt.Chart(alt.NamedData("arrows"))
        .transform_calculate(
            x=_between("x", versions), y=_between("y", versions), zero="0",
            heading="90 - atan2(datum.y, datum.x) * 180 / PI",
        )
    )  # fmt: skip
    tip = base.encode(x=alt.X("x:Q", **x), y=alt.Y("y:Q", **y))
    own = alt.Color("class:N", scale=colour, legend=None)
    shafts = base.mark_rule(strokeWidth=1.2 if small else 2.2).encode(
        x=alt.X("zero:Q", **x), y=alt.Y("zero:Q", **y), x2="x:Q", y2="y:Q", color=own
    )
    heads = tip.mark_point(shape="wedge", filled=True, size=60 if small else 160, opacity=1).encode(
        color=own, angle=alt.Angle("heading:Q", scale=None)
    )
    names = tip.transform_calculate(
        tip_x="datum.x * 1.08", tip_y="datum.y * 1.08"
    ).mark_text(fontSize=10 if small else 13, fontWeight="bold").encode(
        x=alt.X("tip_x:Q", **x), y=alt.Y("tip_y:Q", **y), text="class:N", color=own
    )  # fmt: skip
    return [shafts, heads, names]


def _chosen(x: Mapping[str, Any], y: Mapping[str, Any], side: int, text: str) -> list[alt.Chart]:
    # while points travel, nothing is measured
    measured = "datum.version === near && abs(step - near) < 0.06"
    line, word = (
        alt.Chart(alt.NamedData(table)).transform_filter(measured) for table in ("lines", "words")
    )
    place = {"x": alt.X("x:Q", **x), "y": alt.Y("y:Q", **y)}
    mark = (
        line.transform_filter("datum.part === 'length' && datum.order === 1")
        .mark_point(size=170, strokeWidth=2.2, filled=False, color=text, opacity=1)
        .encode(**place)
    )
    layers = [mark]
    for row, (part, own) in enumerate(PARTS.items()):
        colour = own or text
        is_part = f"datum.part === '{part}'"
        layers.append(
            word.transform_filter(is_part)
            .mark_text(
                align="left", fontSize=13, fontWeight="bold", x=8, y=16 + 17 * row, color=colour
            )
            .encode(text="words:N")
        )
        if own is not None:
            layers.append(
                line.transform_filter(is_part)
                .mark_line(strokeWidth=3, color=colour)
                .encode(**place, order="order:Q")
            )
    title = (
        alt.Chart(alt.NamedData("titles"))
        .transform_filter("datum.version === near")
        .mark_text(align="left", fontSize=13, color=text, x=8, y=side - 12)
        .encode(text="title:N")
    )
    return [*layers, title]
