"""Where in the image a sample's metrics come from, as a part of the page."""

from __future__ import annotations

import shlex
from functools import partial

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import chart_title, draw
from core.display.components.choices import segments
from core.display.components.sample_images import with_addresses
from core.display.samples.attribution.chart import map_over_image
from core.display.samples.attribution.frames import (
    DIFFERENCE,
    IMPORTED,
    Attribution,
    attribution_frames,
)
from core.display.state.context import Context
from core.metrics import HISTOGRAMS, METRICS, Metric
from core.store.combination import Combination

_SIZE, _PANEL = 260, 300


def attribution(context: Context, sample_id: int) -> None:
    """The occlusion maps of a sample under reference and compared, and their difference."""
    side = context.study.about["image_size"]
    if side is None:
        st.info("This study was imported without images.", icon=":material/info:")
        return
    metrics = {name: METRICS[name].label for name in HISTOGRAMS}
    metric = segments("Metric", metrics, key="attribution_metric", default="margin")
    found = context.study.derive(
        attribution_frames, sample_id, context.reference, context.compared, metric
    )
    for sentence in missing_sentences(context, sample_id, found):
        st.info(sentence, icon=":material/info:")
    if not found.panels:
        return
    _panels(context, sample_id, found, side=int(side), metric=METRICS[metric])
    _notes(found)


def missing_sentences(context: Context, sample_id: int, found: Attribution) -> list[str]:
    """A sentence for each model and condition without a map; one for both if they are the same."""
    sentences = []
    for role, why in found.missing.items():
        combination = context.roles[role]
        short = labels.escaped(context.short(combination))
        if why == IMPORTED:
            sentences.append(
                f"{short}: the model's features were imported; without its weights there is no "
                "occlusion map."
            )
        else:
            command = _command(combination, sample_id)
            sentences.append(f"{short}: no occlusion map of sample {sample_id}. {command}")
    return list(dict.fromkeys(sentences))


def _command(combination: Combination, sample_id: int) -> str:
    model, condition = shlex.quote(combination.model), shlex.quote(combination.condition)
    command = (
        f"python -m pipelines.attribute STUDY.toml --models {model} --samples {sample_id} "
        f"--conditions {condition}"
    )
    return f"Make it with {labels.code(command)}, then publish the study."


def _panels(
    context: Context, sample_id: int, found: Attribution, *, side: int, metric: Metric
) -> None:
    one = pl.DataFrame({"sample_id": [sample_id]})
    with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
        for name, cells in found.panels.items():
            difference = name == DIFFERENCE
            combination = context.roles["compared" if difference else name]
            picture = with_addresses(one, context.study, combination.condition)
            kind = picture["picture"][0]
            words = "compared minus reference" if difference else context.short(combination)
            with st.container(width=_PANEL, gap="xsmall", key=f"attribution_{name}"):
                summary = f"{words}; {found.summaries[name]}"
                chart_title(name.capitalize(), summary)
                draw(
                    partial(
                        map_over_image,
                        size=_SIZE,
                        side=side,
                        title=f"change of {metric.label.lower()} where hidden",
                    ),
                    {
                        "picture": picture.filter(pl.col("image").is_not_null()),
                        "cells": cells,
                    },
                    key=f"attribution_map_{name}",
                    width="content",
                    alt=f"Occlusion map over the image, {name}: {found.summaries[name]}.",
                    title=f"Occlusion map, {name}",
                    numbers=f"sample {sample_id}; {summary}",
                )
                if kind is None or kind == "clean original":
                    st.caption(f"Drawn on the {kind}." if kind else "No image stored.")


def _notes(found: Attribution) -> None:
    sizes = list(dict.fromkeys(found.windows.values()))
    hides = " and ".join(
        f"a square of {side} × {side} pixels, moved by {stride}" for side, stride in sizes
    )
    unlike = (
        " The maps were made with different squares, so there is no difference: make them again "
        "with the same `--window` and `--stride`."
        if len(sizes) > 1
        else ""
    )
    st.caption(
        f"The image's mean colour hides {hides}. A cell's colour is the mean change over the "
        "squares that cover it: red where the metric falls when the place is hidden, green where "
        f"it rises, clear where nothing changes; a cross where it is undefined. One scale for all."
        f"{unlike}"
    )
