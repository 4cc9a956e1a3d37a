"""Accuracy by severity, a small plot a corruption."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display import theme
from core.display.robustness.small_plots import by_corruption, model_channel

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
    base = alt.Chart().encode(x=x, color=model_channel(colours))
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
    return theme.styled(by_corruption([band, line, points], "points"))
