"""The parts of the local geometry page that compare two combinations."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components import chart_brush as brushes
from core.display.components import sample_images
from core.display.components.chart import draw
from core.display.components.chart_brush import Range
from core.display.components.selection_bar import kept_line
from core.display.local_geometry.change import frames as comparison
from core.display.local_geometry.change.chart import (
    BRUSH,
    headed,
    marks,
    place_scatter,
    trajectories,
)
from core.display.local_geometry.change.chart_metric import metric_changes
from core.display.local_geometry.change.frames import Changes, Comparison
from core.display.shell.page import chart_title
from core.display.state import brush_filters as limits
from core.display.state import change_filters as kept_samples
from core.display.state import url as url_state
from core.display.state.context import View
from core.stats.density import METRICS

OUTCOME_TITLES = {
    "both wrong": "Both wrong",
    "broken": "Right to wrong",
    "fixed": "Wrong to right",
    "both right": "Both right",
}
_METRIC = 325
_WIDE = 500
_NARROW = 246
_UNITS = {"angle": "°", "length": "", "margin": ""}


@st.fragment
def what_changed(view: View) -> None:
    """Densities, changes and paths of two combinations; brushes narrow all of them."""
    notices: list[str] = []
    kept = kept_samples.ranges(notices)
    url_state.write_choices()
    for notice in notices:
        st.warning(labels.escaped(notice), icon=":material/link_off:")
    found = comparison.compare(view, kept)
    kept_line(
        view,
        kept_samples.parts(view, kept),
        numbers=(found.kept, found.samples),
        hint="Drag along a histogram or over the first plot below to keep some of them.",
        fields={name: f"{m.capitalize()} changes by" for name, m in kept_samples.CHANGES.items()},
        ranges=kept,
        by="brushed",
        clear=kept_samples.clear,
    )
    # Drawn last: the browser takes longest for the paths, which it can begin with meanwhile.
    metrics = st.container()
    _places(view, found, kept)
    st.caption(
        "Each line runs from the sample's place under the reference to an arrow head at its place "
        "under the compared: grey both right, red right to wrong, green wrong to right, purple "
        "both wrong."
    )
    _outcomes(found)
    for note in comparison.notes(found):
        st.caption(note)
    with metrics:
        _metrics(comparison.changes(view, kept), kept)
    sample_images.serve(found.points, view.resolved)


def _metrics(found: Changes, kept: dict[str, Range]) -> None:
    with st.container(horizontal=True, gap="medium"):
        for metric in METRICS:
            name = f"change_{metric}"
            chart = f"{name}_chart"
            key, drawn = brushes.drawing_of(chart, {name: kept[name]} if name in kept else {})
            ends = found.change_ranges[metric]
            of_metric = pl.col("metric") == metric
            with st.container(width=_METRIC, gap="xsmall"):
                chart_title(metric.capitalize(), _shift(found, metric))
                draw(
                    partial(
                        metric_changes,
                        found.ranges,
                        found.change_ranges,
                        metric=metric,
                        brushed=limits.closed(drawn[name], ends) if name in drawn else None,
                    ),
                    {
                        "curves": found.densities.filter(of_metric).drop("metric"),
                        "changes": found.histograms.filter(of_metric).drop("metric"),
                    },
                    width="content",
                    key=key,
                    on_select=partial(_brushed, chart, key, {"low": name}),
                    selections=[BRUSH],
                    alt=f"Density of {metric}, reference grey and compared yellow, above the "
                    "histogram of its change, compared minus reference.",
                )


def _shift(found: Changes, metric: str) -> str:
    shift = found.shifts.get(metric)
    unit = _UNITS[metric]
    if shift is None:
        return "no kept sample with a value under both"
    if shift.samples == 1:
        return f"changes by {shift.mean:+.2f}{unit} (one sample)"
    return (
        f"mean shift {shift.mean:+.2f}{unit}  (95 % interval {shift.low:+.2f} to {shift.high:+.2f})"
    )


def _brushed(chart: str, key: str, names: dict[str, str]) -> None:
    """Store what was dragged; a double click, which clears the brush, gives no range.

    Args:
        chart: name of the chart.
        key: of its element.
        names: field of the chart -> name of the range.
    """
    event: dict[str, Any] = st.session_state[key]["selection"]
    brush = event.get(BRUSH) or {}
    for field, name in names.items():
        sides = brush.get(field)
        limits.set_range(name, *(sorted(sides) if sides else (None, None)))
    stored = kept_samples.ranges([])
    brushes.report(chart, {name: stored[name] for name in names.values() if name in stored})


def _places(view: View, found: Comparison, kept: dict[str, Range]) -> None:
    chart = "place_scatter"
    key, drawn = brushes.drawing_of(
        chart, {name: kept[name] for name in kept_samples.PLACES if name in kept}
    )
    across, up = (
        limits.closed(drawn.get(name, (None, None)), found.ranges[metric]) if drawn else None
        for name, metric in kept_samples.PLACES.items()
    )
    rows = marks(found.points)
    points = sample_images.with_addresses(rows, view.resolved)
    size = (440, 320)
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=_WIDE, gap="xsmall"):
            chart_title("Places under the reference", "drag to keep samples")
            draw(
                partial(place_scatter, found.ranges, brushed=(across, up), size=size),
                {"points": points},
                width="content",
                key=key,
                on_select=partial(
                    _brushed,
                    chart,
                    key,
                    {f"reference_{m}": n for n, m in kept_samples.PLACES.items()},
                ),
                selections=[BRUSH],
                alt="Scatter plot of angle against length under the reference, by outcome.",
            )
        with st.container(width=_WIDE, gap="xsmall"):
            chart_title("All", _share(found.kept, found.samples))
            draw(
                partial(trajectories, found.ranges, size=size),
                {"points": headed(rows, found.ranges, size=size)},
                width="content",
                key="path_all",
                alt="A line per sample from its place under the reference to the compared.",
            )


def _outcomes(found: Comparison) -> None:
    size = (190, 165)
    points = headed(marks(found.points), found.ranges, size=size)
    with st.container(horizontal=True, gap="small"):
        for outcome, title in OUTCOME_TITLES.items():
            count = found.counts.row(by_predicate=pl.col("outcome") == outcome, named=True)
            with st.container(width=_NARROW, gap="xsmall"):
                chart_title(title, _share(count["kept"], found.kept))
                draw(
                    partial(trajectories, found.ranges, size=size),
                    {"points": points.filter(pl.col("outcome") == outcome)},
                    width="content",
                    key="path_" + outcome.replace(" ", "_"),
                    alt=f"{title}: a line per sample from the reference to the compared.",
                )


def _share(count: int, total: int) -> str:
    return f"{count:,} of {total:,}" + (f", {labels.percent(count / total)}" if total else "")
