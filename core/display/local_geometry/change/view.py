"""Compare: what changes between two combinations, as parts of the page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display.charts.interval_brush import BRUSH
from core.display.components.chart import chart_title, draw
from core.display.components.chart_brush import brushed_chart, store_drag
from core.display.components.sample_images import with_addresses
from core.display.components.selection_bar import selection_bar
from core.display.local_geometry.change import words
from core.display.local_geometry.change.chart import reference_scatter, trajectories
from core.display.local_geometry.change.chart_metric import metric_changes
from core.display.local_geometry.change.frames import Comparison, compare
from core.display.shell.page import show_notices
from core.display.state import brush_filters, url
from core.display.state.brush_filters import CHANGES, POSITIONS, Ranges
from core.display.state.context import Context
from core.metrics import METRICS
from core.store.subsets.predicates import OUTCOMES
from core.store.subsets.ranges import ColumnRanges, Range

_NAMES = (*CHANGES, *POSITIONS)
_METRIC_WIDTH, _WIDE, _NARROW = 325, 500, 250


@st.fragment
def comparison(context: Context) -> None:
    """Densities, changes and paths of two combinations; brushes narrow all of them."""
    if context.compares_with_itself:
        st.info(words.SAME, icon=":material/equal:")
        return
    notices: list[str] = []
    ranges = brush_filters.read(_NAMES, notices)
    url.write_choices()
    show_notices(notices)
    found = compare(context, ColumnRanges(tuple(ranges.items())))
    selection_bar(
        context,
        brush_filters.paired_parts(context.reference, context.compared, ranges),
        selected=found.total("selected"),
        samples=found.total("samples"),
        hint="Brush a histogram or the first plot below it to select some.",
        values={name: f"{METRICS[m].label} changes by" for name, m in CHANGES.items()},
        ranges=ranges,
        clear=partial(brush_filters.clear, _NAMES),
        key="paired",
    )
    # Drawn last: the browser takes longest for the paths, which it can begin with meanwhile.
    metrics = st.container()
    _positions(context, found, ranges)
    _outcomes(found)
    for note in words.notes(found):
        st.caption(note)
    with metrics:
        _metrics(found, ranges)


def _metrics(found: Comparison, ranges: Ranges) -> None:
    with st.container(horizontal=True, gap="medium"):
        for name, metric in CHANGES.items():
            chart = f"{name}_chart"
            key, drawn = brushed_chart(chart, {name: ranges[name]} if name in ranges else {})
            brushed = drawn[name].closed(found.change_ranges[metric]) if drawn else None
            with st.container(width=_METRIC_WIDTH, gap="xsmall"):
                chart_title(METRICS[metric].label, words.shift_words(found, metric))
                draw(
                    partial(metric_changes, metric, brushed=brushed),
                    found.metrics[metric],
                    width="content",
                    key=key,
                    on_select=partial(store_drag, chart, key, {"low": name}, BRUSH),
                    selections=[BRUSH],
                    alt=f"Density of {metric}, reference grey and compared yellow, above the "
                    "histogram of its change, compared minus reference.",
                )


def _positions(context: Context, found: Comparison, ranges: Ranges) -> None:
    chart = "reference_scatter"
    key, drawn = brushed_chart(chart, {name: ranges[name] for name in POSITIONS if name in ranges})
    brushed = {
        channel: drawn.get(name, Range()).closed(found.ranges[metric]) if drawn else None
        for channel, (name, metric) in zip("xy", POSITIONS.items(), strict=True)
    }
    dragged = {f"reference_{metric}": name for name, metric in POSITIONS.items()}
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=_WIDE, gap="xsmall"):
            chart_title("Reference: angle and length", "brush to select samples")
            draw(
                partial(reference_scatter, brushed=brushed),
                {"points": with_addresses(found.points, context.study), "axes": found.axes},
                width="content",
                key=key,
                on_select=partial(store_drag, chart, key, dragged, BRUSH),
                selections=[BRUSH],
                alt="Scatter plot of angle against length under the reference, by outcome.",
            )
        with st.container(width=_WIDE, gap="xsmall"):
            numbers = words.share_words(found.total("selected"), found.total("samples"))
            chart_title("From reference to compared", numbers)
            draw(
                partial(trajectories),
                {"points": found.points, "axes": found.axes},
                width="content",
                key="path_all",
                alt="A line per sample from its position under the reference to the compared.",
            )
    st.caption(
        "Each line runs from the sample's position under the reference to an arrow head at its "
        "position under the compared: grey both right, red right → wrong, green wrong → right, "
        "purple both wrong."
    )


def _outcomes(found: Comparison) -> None:
    counts = dict(found.counts.select("outcome", "selected").iter_rows())
    with st.container(horizontal=True, gap="small"):
        for outcome, (_, _, label) in OUTCOMES.items():
            with st.container(width=_NARROW, gap="xsmall"):
                numbers = words.share_words(counts[outcome], found.total("selected"))
                chart_title(label.capitalize(), numbers)
                draw(
                    partial(trajectories, small=True),
                    found.outcomes[outcome],
                    width="content",
                    key="path_" + outcome.replace(" ", "_"),
                    alt=f"{label.capitalize()}: a line per sample from the reference to the "
                    "compared.",
                )
