"""Cards of samples as HTML: image, answers, metrics with their changes as small bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from core.display import labels, layout, theme
from core.metrics import METRICS
from core.store.subsets.predicates import OUTCOMES

CARD = 240
"""Width of a card in pixels."""
_DIRECTION = {1: theme.HIGHER, 0: theme.REST, -1: theme.LOWER}

STYLE = f"""<style>
.sample-card {{ border-left: 4px solid {theme.REST}; padding-left: 8px; font-size: 12.5px;
  line-height: 1.35; }}
.sample-card .head {{ display: flex; gap: 10px; min-height: {layout.GALLERY_IMAGE}px; }}
.sample-card img, .sample-card .tile {{ width: {layout.GALLERY_IMAGE}px;
  height: {layout.GALLERY_IMAGE}px; flex: none; image-rendering: pixelated; border-radius: 6px;
  border: 1px solid {theme.FRAME}; }}
.sample-card.large img, .sample-card.large .tile {{ width: 160px; height: 160px; }}
.sample-card .tile {{ background: {theme.FRAME}; display: flex; align-items: center;
  justify-content: center; text-align: center; opacity: 0.8; }}
.sample-card .answers span {{ display: block; overflow-wrap: anywhere; }}
.sample-card .reference::before {{ content: "● "; color: {theme.REFERENCE}; }}
.sample-card .compared::before {{ content: "● "; color: {theme.COMPARED}; }}
.sample-card table {{ border-collapse: collapse; width: 100%; margin-top: 4px; }}
.sample-card th {{ text-align: left; font-weight: normal; opacity: 0.75; padding: 0; }}
.sample-card td {{ padding: 0 0 0 6px; text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }}
.sample-card .bar {{ position: relative; display: inline-block; width: 52px; height: 9px;
  vertical-align: -1px; border-left: 0; background: linear-gradient({theme.REST}, {theme.REST})
  center / 1px 100% no-repeat; }}
.sample-card .bar i {{ position: absolute; top: 1px; height: 7px; }}
</style>"""
"""Goes onto a page once, before its cards."""


def image_html(row: Mapping[str, Any]) -> str:
    """A sample's image with sharp pixels, or a tile that says that none is stored.

    Args:
        row: sample_id, class, and image and picture as `components.sample_images.with_addresses`
            gives them.
    """
    words = f"sample {row['sample_id']}, {escape(str(row['class']))}"
    if row["image"] is None:
        return f'<div class="tile" role="img" aria-label="{words}">no image stored</div>'
    return f'<img alt="{words}, {row["picture"]}" src="{row["image"]}">'


def images_sentence(rows: pl.DataFrame, condition: str) -> str:
    """What the images of samples under a condition are.

    Args:
        rows: with picture, as `components.sample_images.with_addresses` gives it.
        condition: in words.
    """
    kinds = rows["picture"].drop_nulls().unique().sort().to_list()
    if not kinds:
        return "This study holds no images."
    if kinds == ["clean"]:
        return "Images: clean."
    return f"Images under {labels.escaped(condition)}: {', '.join(kinds)}."


def sample_card(row: Mapping[str, Any], limits: Mapping[str, float]) -> str:
    """A sample under reference and compared.

    Args:
        row: as `queries.gallery.gallery_page` returns, with its image.
        limits: what change of each metric fills half of a bar.
    """
    outcome = row["outcome"]
    answers = "".join(
        f'<span class="{role}">{escape(str(row[column]))}</span>'
        for role, column in (("reference", "predicted_before"), ("compared", "predicted_after"))
    )
    metrics = "".join(_metric_row(name, row, limits.get(name, 0.0)) for name in METRICS)
    return (
        f'<div class="sample-card" style="border-left-color: {theme.OUTCOME_COLOURS[outcome]}">'
        f'<div class="head">{image_html(row)}<div class="answers">'
        f"<span>true <b>{escape(str(row['class']))}</b></span>{answers}"
        f"<span>{OUTCOMES[outcome].label}</span></div></div><table>{metrics}</table></div>"
    )


def neighbour_card(row: Mapping[str, Any]) -> str:
    """A sample near another: image, class, answer, position under one combination.

    Args:
        row: as `queries.one_sample.nearest_samples` returns, with its image.
    """
    colour = theme.CORRECT if row["correct"] else theme.INCORRECT
    return (
        f'<div class="sample-card" style="border-left-color: {colour}">'
        f'<div class="head">{image_html(row)}<div class="answers">'
        f"<span>true <b>{escape(str(row['class']))}</b></span>"
        f"<span>predicted {escape(str(row['predicted']))}</span>"
        f"<span>{METRICS['angle'].number(row['angle'])}, {row['length']:.2f}</span>"
        "</div></div></div>"
    )


def small_card(row: Mapping[str, Any], lines: Sequence[str]) -> str:
    """A sample's image above a few lines.

    Args:
        row: with sample_id, class and its image.
        lines: under the image.
    """
    words = "".join(f"<span>{escape(line)}</span>" for line in lines)
    return (
        f'<div class="sample-card" style="border: 0; padding: 0">{image_html(row)}'
        f'<div class="answers">{words}</div></div>'
    )


def _metric_row(name: str, row: Mapping[str, Any], limit: float) -> str:
    metric = METRICS[name]
    before, after = row[f"reference_{name}"], row[f"compared_{name}"]
    numbers = " → ".join(
        "–" if one is None else metric.number(one).replace("-", "−") for one in (before, after)
    )
    bar = ""
    if before is not None and after is not None:
        bar = _bar(after - before, limit, metric.good_direction)
    label = escape(labels.narrow_metric_label(name))
    return f"<tr><th>{label}</th><td>{numbers}</td><td>{bar}</td></tr>"


def _bar(change: float, limit: float, good_direction: int) -> str:
    """A bar from the middle: to the right where the metric rose, as long as it changed."""
    half = 50 * min(1.0, abs(change) / limit) if limit else 0.0
    sign = (change > 0) - (change < 0)
    left = 50.0 if sign >= 0 else 50 - half
    colour = _DIRECTION[sign * good_direction]
    return (
        f'<span class="bar"><i style="left: {left:.1f}%; width: {half:.1f}%; '
        f'background: {colour}"></i></span>'
    )
