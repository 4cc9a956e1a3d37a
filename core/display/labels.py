"""Names and numbers as people read them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import polars as pl

from core.metrics import METRICS
from core.stats.intervals import wilson_interval
from core.store import series

method_label = series.method_label

_NOTHING = "\N{ZERO WIDTH SPACE}"
_LINE_ENDS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|~:$<>&-])")
_NUMBERED = re.compile(r"^(\s*\d+)(\.)")
# http://, www., me@there.org, :material/home:, :streamlit:, -> and the like
_JOINED = re.compile(
    r":(?=//|material/|streamlit:)|www(?=\.)|@(?=[\w-]+\.)|[<>~-](?=[->=])", re.IGNORECASE
)


def corruption_label(corruption: str) -> str:
    """A corruption's name on screen, `clean` included."""
    return {"jpeg_compression": "JPEG"}.get(corruption, corruption.replace("_", " ")).replace(
        " transform", ""
    )


def condition_label(corruption: str, severity: int) -> str:
    """A condition in words, such as `fog, severity 3`."""
    name = corruption_label(corruption)
    return f"{name}, severity {severity}" if severity else name


def narrow_metric_label(metric: str) -> str:
    """A metric's name where there is little room."""
    return {"true_probability": "P(true class)"}.get(metric, METRICS[metric].label)


def percent(fraction: float | None, *, digits: int = 1) -> str:
    """A fraction as a percentage, a dash where it is undefined."""
    return "–" if fraction is None else f"{100 * fraction:.{digits}f}\N{NO-BREAK SPACE}%"


def interval_words(correct: int, samples: int) -> str:
    """The 95 % interval of an accuracy, such as `82.6 % to 94.5 %`."""
    return " to ".join(map(percent, wilson_interval(correct, samples)))


def escaped(text: str) -> str:
    """Text from a study, a file or a link for use in Markdown: shown as it is, on one line.

    Streamlit makes links, icons and arrows of plain text as well, after backslashes are gone:
    there, a space without width stands between the characters.
    """
    text = _LINE_ENDS.sub(" ", text)
    text = _JOINED.sub(lambda found: f"{found[0]}{_NOTHING}", text)
    return _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", text))


def plain(markdown: str) -> str:
    """Words of this app's Markdown without its marks: bold and escaped characters as they are."""
    text = re.sub(r"\\([!-/:-@\[-`{-~])|\*\*", lambda mark: mark[1] or "", markdown)
    return text.replace(_NOTHING, "")


def code(text: str) -> str:
    """Text as code in Markdown, on one line, whatever it contains."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{ticks}{space}{_LINE_ENDS.sub(' ', text)}{space}{ticks}"


def ratio_label(ratio: float) -> str:
    """A target sparsity as a percentage, with a decimal only where it has one."""
    is_whole = abs(100 * ratio - round(100 * ratio)) < 1e-6
    return percent(ratio, digits=0 if is_whole else 1)


def count(number: int, thing: str, things: str | None = None) -> str:
    """A number with its noun: `1 sample`, `1,797 samples`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def model_description(model: dict[str, Any]) -> str:
    """One row of the table `models` in words."""
    if model["method"] == "dense":
        pruning = "dense"
    else:
        method, sparsity = method_label(model["method"]).lower(), percent(model["sparsity"])
        pruning = f"{method} pruning, sparsity {sparsity}"
        if model["scope"]:
            pruning += f" ({model['scope']})"
        if model["retrained"]:
            pruning += f", retrained {count(model['retrain_epochs'], 'epoch')}"
    parts = [model["network"], pruning]
    if model["seed"] is not None:
        parts.append(f"seed {model['seed']}")
    if model["degenerate"]:
        share = percent(model["most_frequent_share"], digits=0)
        parts.append(f"degenerate: predicts one class for {share} of the clean images")
    return " · ".join(parts)


def model_labels(models: pl.DataFrame) -> dict[str, str]:
    """A short label for each model name: as much as tells the study's models apart.

    Args:
        models: the table `models`.
    """
    found = {}
    for row in models.iter_rows(named=True):
        method = method_label(row["method"])
        network, colon, rest = row["series"].rpartition(": ")
        ratio = "" if row["method"] == "dense" else f" {ratio_label(row['ratio'])}"
        found[row["name"]] = f"{network}{colon}{rest.replace(method, method + ratio, 1)}"
    times = Counter(found.values())
    for name, seed in models.select("name", "seed").iter_rows():
        if times[found[name]] > 1:
            found[name] += f", seed {seed}"
    times = Counter(found.values())
    return {name: name if times[label] > 1 else label for name, label in found.items()}
