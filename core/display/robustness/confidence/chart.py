"""Accuracy against confidence, risk against coverage, calibration error by corruption."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display import theme
from core.display.robustness.chart_panels import panel_dots

_HEIGHT = 330


def reliability_curves(colours: Mapping[str, str]) -> alt.LayerChart:
    """Accuracy of each bin of confidence; on the dashed line confidence is what it says.

    Rows of `bins`: as `frames.Confidence.reliability`.

    Args:
        colours: of each model's label.
    """
    share = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format="%", tickCount=5, gridOpacity=0.5)
    x = alt.X("confidence:Q", title="confidence (mean of a bin)", scale=share, axis=axis)
    rows = alt.Chart(alt.NamedData("bins")).encode(x=x, color=_colour(colours))
    calibrated = (
        alt.Chart(alt.NamedData("bins"))
        .mark_rule(color=theme.REST, strokeDash=[4, 4], strokeWidth=1.2)
        .encode(
            x=alt.XDatum(0, scale=share),
            y=alt.YDatum(0, scale=share),
            x2=alt.X2Datum(1),
            y2=alt.Y2Datum(1),
        )
    )
    intervals = rows.mark_rule(opacity=0.7).encode(
        y=alt.Y("low:Q", title="accuracy", scale=share, axis=axis), y2="high:Q"
    )
    lines = rows.mark_line(strokeWidth=1.5).encode(y="accuracy:Q")
    dots = rows.mark_point(filled=True, opacity=1, size=40).encode(
        y="accuracy:Q",
        tooltip=[
            alt.Tooltip("model:N"),
            alt.Tooltip("confidence:Q", format=".1%"),
            alt.Tooltip("accuracy:Q", format=".1%"),
            alt.Tooltip("low:Q", title="95 % from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
            alt.Tooltip("samples:Q", title="images", format=","),
        ],
    )
    chart = alt.LayerChart(layer=[calibrated, intervals, lines, dots])
    return theme.styled(chart.properties(height=_HEIGHT))


def risk_curves(colours: Mapping[str, str]) -> alt.Chart:
    """Errors among the most confident images, by the share of images that is answered.

    Rows of `risks`: as `frames.Confidence.risks`.

    Args:
        colours: of each model's label.
    """
    axis = alt.Axis(format="%", tickCount=5, gridOpacity=0.5)
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("risks"))
        .mark_line(strokeWidth=1.7)
        .encode(
            x=alt.X("coverage:Q", title="coverage: share of images answered", axis=axis),
            y=alt.Y("risk:Q", title="risk: share of errors", axis=axis),
            color=_colour(colours),
            tooltip=[
                alt.Tooltip("model:N"),
                alt.Tooltip("coverage:Q", format=".1%"),
                alt.Tooltip("risk:Q", format=".2%"),
            ],
        )
        .properties(height=_HEIGHT)
    )
    return theme.styled(chart)


def calibration_dots(
    colours: Mapping[str, str], *, rows: tuple[str, ...], panels: int, text: str
) -> alt.LayerChart:
    """The calibration error of each model by corruption; the line is the 95 % interval.

    Rows of `dots`, `ticks` and `titles`: as `corruption_frames.CorruptionCalibration.tables`.

    Args:
        colours: of each model's label.
        rows: corruptions, from the top.
        panels: how many.
        text: colour of words.
    """
    tooltip = {
        "series": "model", "row": "images", "column": "number", "words": "value (95 %)",
        "chance": "ECE by chance", "over": "over",
    }  # fmt: skip
    return panel_dots(
        colours, rows=rows, panels=panels, measures=("ECE",), text=text, tooltip=tooltip
    )


def _colour(colours: Mapping[str, str]) -> alt.Color:
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color(
        "model:N",
        scale=scale,
        legend=alt.Legend(
            title=None,
            orient="top",
            columns=min(2, theme.legend_columns(colours)),
            labelLimit=theme.LEGEND_ROOM,
            symbolOpacity=1,
        ),
    )
