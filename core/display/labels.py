"""Names and numbers as people read them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import polars as pl

METHOD_LABELS = {
    "dense": "Dense",
    "magnitude": "Magnitude",
    "random": "Random",
    "taylor": "Taylor",
    "multi_prize": "Multi-prize",
    "structured": "Structured",
}


def method_label(method: str) -> str:
    """A pruning method's name on screen."""
    return METHOD_LABELS.get(method, method.replace("_", " ").capitalize())


def corruption_label(corruption: str) -> str:
    """A corruption's name on screen, `clean` included."""
    return {"jpeg_compression": "JPEG"}.get(corruption, corruption.replace("_", " ")).replace(
        " transform", ""
    )


def condition_label(corruption: str, severity: int) -> str:
    """A condition in words, such as `fog, severity 3`."""
    name = corruption_label(corruption)
    return f"{name}, severity {severity}" if severity else name


def percent(fraction: float | None, *, digits: int = 1) -> str:
    """A fraction as a percentage, a dash where it is undefined."""
    return "–" if fraction is None else f"{100 * fraction:.{digits}f}\N{NO-BREAK SPACE}%"


def escaped(text: str) -> str:
    """Text from a study for use in Markdown: shown as it is, whatever it contains."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~:$<>-])", r"\\\1", text)


def is_whole(fraction: float) -> bool:
    """Whether a fraction is a whole number of percent."""
    return abs(100 * fraction - round(100 * fraction)) < 1e-6


def count(number: int, thing: str, things: str | None = None) -> str:
    """A number with its noun: `1 sample`, `1,797 samples`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def model_description(model: dict[str, Any]) -> str:
    """One row of the table `models` in words."""
    if model["method"] == "dense":
        pruning = "dense"
    else:
        pruning = (
            f"{method_label(model['method']).lower()} pruning, "
            f"sparsity {percent(model['sparsity'])}"
        )
        if model["scope"]:
            pruning += f" ({model['scope']})"
        if model["retrained"]:
            pruning += f", retrained {count(model['retrain_epochs'], 'epoch')}"
    parts = [model["network"], pruning]
    if model["seed"] is not None:
        parts.append(f"seed {model['seed']}")
    if model["collapsed"]:
        parts.append("degenerate: predicts one class for everything")
    return " · ".join(parts)


def model_labels(models: pl.DataFrame) -> dict[str, str]:
    """A short label for each model name: as much as tells the study's models apart.

    Args:
        models: the table `models`.
    """
    many_networks = models["network"].n_unique() > 1
    rows = models.to_dicts()
    plain = []
    for row in rows:
        label = method_label(row["method"])
        if row["method"] != "dense":
            label += f" {percent(row['ratio'], digits=0 if is_whole(row['ratio']) else 1)}"
        if row["retrained"]:
            label += ", retrained"
        plain.append(f"{row['network']}: {label}" if many_networks else label)
    times = Counter(plain)
    seeded = [
        f"{label}, seed {row['seed']}" if times[label] > 1 else label
        for label, row in zip(plain, rows, strict=True)
    ]
    times = Counter(seeded)
    return {
        row["name"]: row["name"] if times[label] > 1 else label
        for label, row in zip(seeded, rows, strict=True)
    }


def condition_labels(conditions: pl.DataFrame) -> dict[str, str]:
    """A label for each condition name.

    Args:
        conditions: the table `conditions`.
    """
    return {
        row["name"]: condition_label(row["corruption"], row["severity"])
        for row in conditions.iter_rows(named=True)
    }
