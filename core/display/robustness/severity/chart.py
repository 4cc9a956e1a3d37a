"""Accuracy by severity, a small plot a corruption."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display import theme

_WIDTH, _HEIGHT, _COLUMNS = 172, 118, 5
SEVERITY, DISTANCE = "severity", "distance"
_TITLES = {SEVERITY: "severity, 0 is clean", DISTANCE: "mean absolute change (grey levels)"}


def severity_curves(colours: Mapping[str, str], *, across: str) -> alt.FacetChart:
    """A plot a corruption, a line a model, bands are 95 % intervals.

    Rows of `points`: as `frames.severity_points` returns.

    Args:
        colours: of each model's label.
        across: SEVERITY, or DISTANCE that the images moved.
    """
    severities = alt.Axis(values=[0, 1, 2, 3, 4, 5], format="d", grid=False)
    axis = severities if across == SEVERITY else alt.Axis(tickCount=4, grid=False)
    x = alt.X(f"{across}:Q", title=_TITLES[across], axis=axis, scale=alt.Scale(nice=False))
    share = alt.Axis(format="%", tickCount=5, gridOpacity=0.5)
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    legend = alt.Legend(
        title=None, orient="top", direction="horizontal", columns=3, symbolOpacity=1
    )
    base = alt.Chart().encode(x=x, color=alt.Color("model:N", scale=scale, legend=legend))
    band = base.mark_area(opacity=0.16, strokeWidth=0).encode(
        y=alt.Y("low:Q", title="accuracy", axis=share, scale=alt.Scale(zero=False)),
        y2="high:Q",
    )
    line = base.mark_line(strokeWidth=1.6).encode(
        y=alt.Y("accuracy:Q", scale=alt.Scale(zero=False))
    )
    points = base.mark_point(filled=True, size=26, opacity=1).encode(
        y="accuracy:Q",
        tooltip=[
            alt.Tooltip("model:N"),
            alt.Tooltip("corruption:N"),
            alt.Tooltip("severity:Q", format="d"),
            alt.Tooltip("words:N", title="accuracy (95 %)"),
            alt.Tooltip("distance:Q", title="mean absolute change", format=".1f"),
        ],
    )
    header = alt.Header(labelFontSize=12, labelColor=theme.REFERENCE, labelPadding=3)
    chart = (
        alt.layer(band, line, points)
        .properties(width=_WIDTH, height=_HEIGHT)
        .facet(
            data=alt.NamedData("points"),
            facet=alt.Facet(
                "corruption:N",
                sort=alt.EncodingSortField("position", op="min"),
                title=None,
                header=header,
            ),
            columns=_COLUMNS,
            spacing=14,
        )
    )
    return theme.styled(chart)
