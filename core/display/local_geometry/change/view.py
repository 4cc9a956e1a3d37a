"""Compare: what changes between two combinations, as parts of the page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import labels
from core.display.charts.sample_click import CLICKED
from core.display.components.chart import chart_title, draw
from core.display.components.copy_finding import copy_finding
from core.display.components.gallery import Thumbnail, gallery
from core.display.components.outcome_list import outcome_list
from core.display.components.paired_line import paired_line
from core.display.components.part import fragment
from core.display.components.picture_and_answers import picture_and_answers
from core.display.components.sample_clicks import go_to_clicked, on_click_or
from core.display.components.sample_images import with_addresses
from core.display.components.selection_bar import selection_bar
from core.display.local_geometry import words
from core.display.local_geometry.brushed_plot import draw_brushed, set_ranges
from core.display.local_geometry.change import chart, frames
from core.display.local_geometry.change.flow_frames import FLOW_FROM
from core.display.local_geometry.change.frames import Comparison, compare
from core.display.paired_words import no_test
from core.display.state import brush_filters
from core.display.state.brush_filters import CHANGES, POSITIONS, Ranges
from core.display.state.context import Context
from core.metrics import METRICS
from core.store.subsets.predicates import OUTCOMES
from core.store.subsets.ranges import ColumnRanges

_NAMES = (*CHANGES, *POSITIONS)
_METRIC_WIDTH, _WIDE, _NARROW = 184, 376, 184


@fragment
def comparison(context: Context) -> None:
    """Densities, changes and paths of two combinations; brushes narrow all of them."""
    if context.compares_with_itself:
        same = "Reference and compared are the same combination: nothing differs."
        st.info(same, icon=":material/equal:")
        return
    ranges = set_ranges(_NAMES)
    selection = ColumnRanges(tuple(ranges.items()))
    found = context.study.derive(compare, context.paired, selection)
    picture, answers = picture_and_answers("paired")
    with answers:
        _answers(context, found, ranges)
    # Drawn last: the browser takes longest for the paths, which it can begin with meanwhile.
    with picture:
        metrics = st.container()
        _positions(context, found, ranges)
        _outcomes(found)
    for note in words.change_notes(found):
        st.caption(note)
    with metrics:
        _metrics(found, ranges, untested=no_test(context.subset, context.models))
    go_to_clicked()


def _answers(context: Context, found: Comparison, ranges: Ranges) -> None:
    """Accuracy of both, what is selected, its outcomes and its images."""
    paired_line(context)
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
    st.html(outcome_list(dict(found.counts.select("outcome", "selected").iter_rows())))
    shown = frames.gallery_rows(found.points)
    images = with_addresses(shown, context.study, context.compared.condition)
    gallery(
        [
            Thumbnail(
                row["image"],
                row["sample"],
                row["answers"],
                f"sample {row['sample']}, predicted {row['answers']}, {row['position']}",
            )
            for row in images.iter_rows(named=True)
        ]
    )
    untested = no_test(context.subset, context.models)
    copy_finding(
        lambda provenance: words.shift_findings(context, found, provenance, untested=untested),
        key="shifts",
    )


def _metrics(found: Comparison, ranges: Ranges, *, untested: str | None) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for name, metric in CHANGES.items():
            # as high with an interval as without: nothing moves when some are selected
            with st.container(width=_METRIC_WIDTH, gap="xxsmall", key=f"two_lines_metric_{metric}"):
                title = words.shift_words(found, metric, untested=untested)
                chart_title(labels.narrow_metric_label(metric), title)
                draw_brushed(
                    partial(chart.metric_changes, metric=metric),
                    found.metrics[metric],
                    {"low": (name, found.change_ranges[metric])},
                    ranges,
                    name=f"{name}_chart",
                    numbers=f"{title} · {labels.count(found.total('samples'), 'sample')}",
                    alt=f"Density of {metric}, reference grey and compared yellow, above the "
                    "histogram of its change, compared minus reference.",
                )


def _positions(context: Context, found: Comparison, ranges: Ranges) -> None:
    sides = {f"reference_{m}": (name, found.ranges[m]) for name, m in POSITIONS.items()}
    with st.container(horizontal=True, gap="xsmall"):
        with st.container(width=_WIDE, gap="xxsmall"):
            chart_title("Reference: angle and length", "brush to select samples")
            points = with_addresses(found.points, context.study, context.reference.condition)
            draw_brushed(
                chart.reference_scatter,
                {"points": points, "axes": found.axes},
                sides,
                ranges,
                name="reference_scatter",
                of_samples=True,
                alt="Scatter plot of angle against length under the reference, by outcome.",
            )
        with st.container(width=_WIDE, gap="xxsmall"):
            numbers = words.share_words(found.total("selected"), found.total("samples"))
            chart_title("From reference to compared", numbers)
            draw(
                partial(chart.trajectories),
                found.paths,
                width="content",
                key="path_all",
                on_select=on_click_or("path_all"),
                selections=[CLICKED],
                numbers=numbers,
                alt=_paths_in_words(found),
            )
    st.caption(
        "Each line runs from the sample's position under the reference to an arrow head at its "
        "position under the compared: grey both right, red right → wrong, green wrong → right, "
        "purple both wrong. A click on a sample opens it."
        + (
            f" Of an outcome with more than {FLOW_FROM} samples drawn, paths that start near each "
            "other are one arrow, the wider, the more there are: their mean."
            if found.paths["flow"].height
            else ""
        )
    )


def _paths_in_words(found: Comparison) -> str:
    """What the plot of all paths shows, over all samples: it stays while some are selected."""
    counts = dict(found.counts.select("outcome", "samples").iter_rows())
    return (
        "A line per sample from its position under the reference to the compared: of "
        f"{labels.count(found.total('samples'), 'sample')}, {counts['broken']:,} go from right to "
        f"wrong, {counts['fixed']:,} from wrong to right."
    )


def _outcomes(found: Comparison) -> None:
    counts = dict(found.counts.select("outcome", "selected").iter_rows())
    with st.container(horizontal=True, gap="xsmall"):
        for outcome, (_, _, label) in OUTCOMES.items():
            key = "path_" + outcome.replace(" ", "_")
            with st.container(width=_NARROW, gap="xxsmall", key=f"two_lines_{key}"):
                numbers = words.share_words(counts[outcome], found.total("selected"))
                chart_title(label.capitalize(), numbers)
                draw(
                    partial(chart.trajectories, small=True),
                    found.outcomes[outcome],
                    width="content",
                    key=key,
                    on_select=on_click_or(key),
                    selections=[CLICKED],
                    numbers=numbers,
                    alt=f"{label.capitalize()}: a line per sample from the reference to the "
                    "compared.",
                )
