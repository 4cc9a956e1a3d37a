"""The parts of the local geometry page that compare two combinations."""

from __future__ import annotations

from functools import partial
from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from core.display import comparison, kept_samples, labels, sample_images, subset_state, url_state
from core.display.charts.comparison import (
    BRUSH,
    change_histogram,
    place_scatter,
    shifted_densities,
    trajectories,
)
from core.display.charts.titles import titled
from core.display.comparison import Comparison
from core.display.densities import METRICS
from core.display.state import View
from core.store.selection import AllOf

OUTCOME_TITLES = {
    "both wrong": "Both wrong",
    "broken": "Right to wrong",
    "fixed": "Wrong to right",
    "both right": "Both right",
}
TOOLTIP_IMAGES = 300
_SCATTER = "place_scatter"
_UNITS = {"angle": "°", "length": "", "margin": ""}


@st.fragment
def what_changed(view: View) -> None:
    """Densities, changes and paths of two combinations; brushes narrow all of them."""
    notices: list[str] = []
    kept = kept_samples.ranges(notices)
    url_state.write_choices()
    for notice in notices:
        st.warning(notice, icon=":material/link_off:")
    found = comparison.compare(view, kept)
    _headline(view, found, kept)
    _metrics(found, kept)
    points = sample_images.with_images(
        found.points, view.resolved, first=pl.col("kept"), limit=TOOLTIP_IMAGES
    )
    _places(found, points, kept)
    st.caption(
        "Each line runs from the sample's place under the reference to an arrow head at its place "
        "under the compared: grey both right, red right to wrong, green wrong to right, purple "
        "both wrong."
    )
    _outcomes(found)
    for note in comparison.notes(found):
        st.caption(note)


def _headline(view: View, found: Comparison, kept: dict[str, kept_samples.Range]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not kept:
            st.markdown(
                f"**All {found.samples:,}** chosen samples. Drag along a histogram or over the "
                "first plot below to keep some of them.",
                width="stretch",
            )
            return
        words = " and ".join(
            part.sentence(lambda name: view.labels.get(name, name))
            for part in kept_samples.parts(view, kept)
        )
        st.markdown(
            f"**Kept {found.kept:,} of {found.samples:,}**: {labels.escaped(words)}",
            width="stretch",
        )
        if st.button("Make these the subset", icon=":material/filter_list:", key="keep_brushed"):
            whole = (*subset_state.parts_of(view.subset), *kept_samples.parts(view, kept))
            subset_state.choose(AllOf(whole) if len(whole) > 1 else whole[0])
            kept_samples.clear()
            st.rerun()
        st.button(
            "Keep all",
            icon=":material/filter_list_off:",
            key="clear_brushes",
            on_click=kept_samples.clear,
        )


def _metrics(found: Comparison, kept: dict[str, kept_samples.Range]) -> None:
    with st.container(horizontal=True, gap="medium"):
        for metric in METRICS:
            with st.container(width=330, gap="xsmall"):
                st.altair_chart(
                    shifted_densities(
                        found.densities, found.ranges, metric=metric, title=_shift(found, metric)
                    ),
                    width="stretch",
                    key=f"shift_{metric}",
                    alt=f"Density of {metric}, reference grey and compared yellow.",
                )
                _change(found, metric, kept.get(f"change_{metric}"))


def _shift(found: Comparison, metric: str) -> alt.TitleParams:
    shift = found.shifts.get(metric)
    unit = _UNITS[metric]
    if shift is None:
        words = "no sample with a value under both"
    elif shift.samples == 1:
        words = f"changes by {shift.mean:+.2f}{unit} (one sample)"
    else:
        words = (
            f"mean shift {shift.mean:+.2f}{unit}  "
            f"(95 % interval {shift.low:+.2f} to {shift.high:+.2f})"
        )
    return titled(metric.capitalize(), words)


def _change(found: Comparison, metric: str, kept: kept_samples.Range | None) -> None:
    name = f"change_{metric}"
    key = f"{name}_chart_{kept_samples.drawing()}"
    st.altair_chart(
        change_histogram(found.changes, found.change_ranges, metric=metric, kept=kept),
        width="stretch",
        key=key,
        on_select=partial(_brushed, key, {"low": name}),
        selection_mode=[BRUSH],
        alt=f"Histogram of the change of {metric}, compared minus reference.",
    )
    low, high = kept or (None, None)
    with st.container(horizontal=True, gap="small"):
        for side, value in (("least", low), ("most", high)):
            field = f"{name}_{side}"
            st.session_state[field] = value
            st.number_input(
                f"{metric.capitalize()} changes by at {side}",
                value=None,
                key=field,
                placeholder="no limit",
                format="%.5g",
                on_change=_typed,
                args=(name,),
            )


def _typed(name: str) -> None:
    low, high = (st.session_state[f"{name}_{side}"] for side in ("least", "most"))
    kept_samples.set_range(name, low, high)
    kept_samples.redraw()


def _brushed(key: str, names: dict[str, str]) -> None:
    """Store what was dragged; a double click, which clears the brush, gives no range.

    Args:
        key: of the chart.
        names: field of the chart -> name of the range.
    """
    event: dict[str, Any] = st.session_state[key]["selection"]
    brush = event.get(BRUSH) or {}
    for field, name in names.items():
        sides = brush.get(field)
        kept_samples.set_range(name, *(sorted(sides) if sides else (None, None)))


def _places(found: Comparison, points: pl.DataFrame, kept: dict[str, kept_samples.Range]) -> None:
    key = f"{_SCATTER}_{kept_samples.drawing()}"
    with st.container(horizontal=True, gap="medium"):
        st.altair_chart(
            place_scatter(
                points,
                found.ranges,
                kept={name: kept[name] for name in kept_samples.PLACES if name in kept},
                title=titled("Places under the reference", "drag to keep samples"),
            ),
            width="content",
            key=key,
            on_select=partial(
                _brushed, key, {f"reference_{m}": n for n, m in kept_samples.PLACES.items()}
            ),
            selection_mode=[BRUSH],
            alt="Scatter plot of angle against length under the reference, by outcome.",
        )
        st.altair_chart(
            trajectories(
                found.points,
                found.ranges,
                title=_share("All", found.kept, found.samples),
                size=(462, 320),
            ),
            width="content",
            key="path_all",
            alt="A line per sample from its place under the reference to the compared.",
        )


def _outcomes(found: Comparison) -> None:
    with st.container(horizontal=True, gap="small"):
        for outcome, title in OUTCOME_TITLES.items():
            count = found.counts.row(by_predicate=pl.col("outcome") == outcome, named=True)
            st.altair_chart(
                trajectories(
                    found.points.filter(pl.col("outcome") == outcome),
                    found.ranges,
                    title=_share(title, count["kept"], found.kept),
                    size=(210, 175),
                ),
                width="content",
                key="path_" + outcome.replace(" ", "_"),
                alt=f"{title}: a line per sample from the reference to the compared.",
            )


def _share(title: str, count: int, total: int) -> alt.TitleParams:
    share = f", {labels.percent(count / total)}" if total else ""
    return titled(title, f"{count:,} of {total:,}{share}")
