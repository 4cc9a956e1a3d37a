"""The parts of the local geometry page that show many models at once."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import cached_queries, labels
from core.display.components import sample_images
from core.display.components.chart import draw
from core.display.local_geometry.agreement import frames as many_models
from core.display.local_geometry.agreement.chart import (
    answer_cells,
    answer_grid,
    share_marks,
    share_scatter,
)
from core.display.local_geometry.agreement.frames import FRAGILE, ROBUST, ManyModels
from core.display.local_geometry.sweep.chart import rows, sweep_rows
from core.display.local_geometry.sweep.frames import Sweep, sweep, swept_series
from core.display.shell.page import Thumbnail, chart_title, gallery
from core.display.state import url as url_state
from core.display.state.context import View
from core.stats.density import shared_ranges

SHOWN_FIRST = 3


def over_the_ratios(view: View) -> None:
    """A row of small plots for each chosen method, from dense to sparse."""
    available = swept_series(view.models)
    if not available:
        st.info("No method of this study has more than one ratio.", icon=":material/info:")
        return
    series = url_state.several("Methods", available, key="sweep", default=available[:SHOWN_FIRST])
    url_state.write_choices()
    found = sweep(view, series)
    st.markdown(
        f"**{labels.escaped(view.sentence)}**, {labels.count(found.samples, 'sample')}, under "
        f"{view.labels[view.reference.condition]} images: each plot shows the same samples, grey "
        "correct and red incorrect; the line is the path of their mean from the dense model, "
        "ending at the plot's ratio. Above: accuracy with its 95 % interval. Rows that are wider "
        "than the window scroll."
    )
    with st.container(key="wide_chart"):
        shown = set(found.steps["series"])
        draw(
            partial(
                sweep_rows,
                found.ranges,
                series=[name for name in series if name in shown],
                panels=found.panels,
                colours=found.colours,
            ),
            {"plots": rows(found.points, found.steps)},
            width="content",
            key="sweep_rows",
            alt="Rows of scatter plots of angle against length, a method a row, a ratio a plot.",
        )
    _sweep_notes(view, found)
    _sweep_table(found)


def _sweep_notes(view: View, found: Sweep) -> None:
    if found.drawn < found.samples:
        st.caption(
            f"Each plot draws the same {found.drawn:,} of {found.samples:,} samples, picked at "
            "random with a fixed seed; means and accuracies are over all."
        )
    pruned = view.models.filter(pl.col("method") != "dense")
    if pruned["seed"].n_unique() > 1:
        st.caption("Where a ratio comes with several seeds, the first one is shown.")


def _sweep_table(found: Sweep) -> None:
    with st.expander("Means in numbers", icon=":material/table_rows:"):
        st.dataframe(
            found.steps.select(
                pl.col("series").alias("method"),
                pl.col("panel").alias("ratio"),
                pl.col("accuracy").alias("accuracy (95 % interval)"),
                pl.col("angle").alias("mean angle"),
                pl.col("length").alias("mean length"),
                pl.col("margin").alias("mean margin"),
            ),
            column_config={
                f"mean {metric}": st.column_config.NumberColumn(format="%.2f")
                for metric in ("angle", "length", "margin")
            },
        )


def over_all_models(view: View) -> None:
    """Fragile and robust samples picked out by rule, and how often each stays right."""
    found = many_models.under_many_models(view)
    if found.samples.is_empty():
        st.info("No chosen sample has an angle under the reference.", icon=":material/info:")
        return
    st.markdown(
        f"{many_models.summary(found)}  \n"
        f"{labels.count(len(found.names), 'model')} of the reference's network under "
        f"{view.labels[view.reference.condition]} images"
        + (
            f", not counting {labels.count(found.left_out, 'collapsed one')}"
            if found.left_out
            else ""
        )
        + ". The rule looks at the place under the reference only: rank by small angle and rank "
        f"by large length, averaged; the {many_models.PICKED} first are robust, the "
        f"{many_models.PICKED} last fragile."
    )
    points = many_models.drawn(found.samples)
    ranges = shared_ranges(
        cached_queries.metric_ranges(
            view.resolved,
            model_id=view.reference.model_id,
            condition_id=view.reference.condition_id,
        )
    )
    points = sample_images.with_addresses(points, view.resolved)
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=530, gap="xsmall"):
            chart_title("Places under the reference", "colour: share of models right")
            draw(
                partial(share_scatter, ranges, groups=(ROBUST, FRAGILE)),
                {"points": share_marks(points)},
                key="share_scatter",
                alt="Angle against length under the reference, coloured by the share of models "
                "that get the sample right.",
            )
        with st.container(width=475):
            _galleries(found)
    if points.height < found.samples.height:
        st.caption(
            f"{points.height:,} of {found.samples.height:,} samples are drawn, the picked ones "
            "among them, the rest at random with a fixed seed; shares are over all."
        )
    if found.answers.height:
        draw(
            partial(answer_grid, models=found.names),
            {"answers": answer_cells(found.answers)},
            key="answer_grid",
            alt="A row for each picked sample, a column for each model: right grey, wrong red.",
        )
    sample_images.serve(points, view.resolved)


def _galleries(found: ManyModels) -> None:
    titles = {
        ROBUST: "Robust: small angle, large length",
        FRAGILE: "Fragile: large angle, small length",
    }
    for group, title in titles.items():
        rows = found.thumbnails.filter(pl.col("group") == group)
        if rows.is_empty():
            continue
        st.markdown(f"**{title}** · models that get it right")
        gallery(
            [
                Thumbnail(
                    row["thumbnail"],
                    row["class"],
                    f"{row['right']} of {row['models']}",
                    f"sample {row['sample_id']}: {row['class']}, right under {row['right']} of "
                    f"{row['models']} models; angle {row['angle']:.1f}°, length "
                    f"{row['length']:.2f} under the reference",
                )
                for row in rows.head(5).iter_rows(named=True)
            ]
        )
