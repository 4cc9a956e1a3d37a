"""Sections about single images: how far corruption moves them, and which are fragile."""

from __future__ import annotations

from functools import partial

import polars as pl

from core.display import labels
from core.display.components.shown_images import image_png
from core.display.default_models import most_pruned_unharmed
from core.display.robustness.model_colours import MOST, model_colours
from core.display.robustness.relative_change import words as change_words
from core.display.robustness.relative_change.chart import change_densities, change_differences
from core.display.robustness.relative_change.frames import relative_changes
from core.display.samples.fragility import words as fragility_words
from core.display.samples.fragility.chart import area_plot
from core.display.samples.fragility.frames import FRAGILE, LEVEL, Fragility, fragility
from core.display.state.context import Context
from core.metrics import METRICS
from core.report.content import Figure, Images, Section
from core.report.sections import INK

_METRIC, _SCOPE = "margin", "both"


def change_section(context: Context) -> Section:
    """Figure 10 of the paper: the relative change of the margin."""
    study = context.study
    title = "Relative change of the margin (figure 10)"
    names = compared_models(context)
    colours = model_colours(names, reference=names[0], compared=context.compared.model)
    found = study.derive(relative_changes, names, _METRIC, context.sample_filter, tested=True)
    if found.curves.is_empty():
        return Section(title, ("This needs clean and corrupted images under the same model.",))
    by_label = {context.labels[name]: colour for name, colour in colours.items()}
    first, *others = by_label
    values = int(found.counts["values"].sum())
    numbers = f"{labels.count(found.images, 'image')} · {labels.count(values, 'value')}"
    made_by = (
        "core.display.robustness.relative_change.frames.relative_changes"
        f"(models={', '.join(names)}; metric={_METRIC})"
    )
    parts = [
        Figure(
            "relative_margin_change",
            "Relative change of the margin by corruption",
            f"{numbers} · the 0.5 % at either end of each model are left out",
            partial(change_densities, by_label, metric=_METRIC),
            {"curves": found.curves},
            found.curves,
            made_by,
            change_words.words(found, METRICS[_METRIC].label.lower()),
            tuple(change_words.notes(found)),
        )
    ]
    if others and found.differences.height:
        parts.append(
            Figure(
                "relative_change_differences",
                "Difference of the mean size of the relative change",
                f"{numbers} · against {first}",
                partial(
                    change_differences,
                    {name: by_label[name] for name in others},
                    rows=tuple(found.differences["row"].unique(maintain_order=True)),
                    text=INK,
                ),
                found.tables,
                found.differences,
                made_by,
                change_words.difference_words(first, None),
            )
        )
    return Section(title, tuple(parts))


def compared_models(context: Context) -> list[str]:
    """The reference, the compared model, and for other methods the most pruned unharmed one."""
    study = context.study
    names = [context.reference.model, context.compared.model]
    reference = study.model_row(context.reference.model)
    taken = {study.model_row(name)["series"] for name in names}
    for (series,), models in study.models.group_by("series", maintain_order=True):
        dense = study.models.filter(name=reference["name"])
        found = most_pruned_unharmed(pl.concat([dense, models]).unique("model_id"), reference)
        if series not in taken and found is not None and found["series"] == series:
            names.append(found["name"])
    return list(dict.fromkeys(names))[:MOST]


def fragile_section(context: Context) -> Section:
    """The samples that break most often, and how well geometry foretells them."""
    title = "Most fragile samples"
    found = context.study.derive(
        fragility,
        context.reference.model,
        context.sample_filter,
        scope=_SCOPE,
        level=int(LEVEL),
        tested=True,
    )
    if found.dense is None or found.areas.is_empty():
        return Section(title, ("This needs a dense model on clean images, and its pruned models.",))
    return Section(
        title,
        (
            fragility_words.summary(context, found.dense, found, _SCOPE, LEVEL),
            *(_images(context, found, by) for by in ("observed", "predicted")),
            "Clean images. Under each: how many of the predictions are right, and its angle and "
            "length under the dense model. Equally frequent ones are picked by chance with a fixed "
            "seed.",
            Figure(
                "fragility_predictors",
                "How well the dense model's clean metrics tell fragile samples from others",
                f"{labels.count(found.samples, 'sample')} · "
                f"{labels.count(found.models, 'pruned model')}",
                partial(area_plot, text=INK),
                {"areas": found.areas},
                found.areas.drop("place", "row"),
                "core.display.samples.fragility.frames.fragility"
                f"(model={context.reference.model}; level={LEVEL} %)",
                fragility_words.area_words(None),
            ),
        ),
    )


def _images(context: Context, found: Fragility, by: str) -> Images:
    clean = int(context.study.conditions.filter(severity=0)["condition_id"][0])
    rows = found.picked.filter(by=by, group=FRAGILE)
    return Images(
        f"{by.capitalize()} {FRAGILE}",
        tuple(
            (
                image_png(context.study, clean, row["sample_id"]),
                (f"sample {row['sample_id']}", f"true {lines[0]}", *lines[1:]),
            )
            for row in rows.iter_rows(named=True)
            for lines in (fragility_words.lines(row),)
        ),
    )
