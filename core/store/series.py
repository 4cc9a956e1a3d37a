"""Series: what makes a model what it is, but for its ratio and its seeds, in words.

Models of one series may be drawn as one curve over the ratio, and averaged over seeds at one ratio.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from core.store.rows import ModelRow

Parts = dict[str, str]
_NETWORK, _METHOD, _NAME = "network", "method", "name"
_LABELS = {"multi_prize": "Multi-prize", "lamp": "LAMP", "snip": "SNIP", "synflow": "SynFlow"}
_ALWAYS_IN_LABEL = (_METHOD, "retraining", _NAME)


def method_label(method: str) -> str:
    """A pruning method's name for people."""
    return _LABELS.get(method, method.replace("_", " ").capitalize())


def model_series(models: Sequence[ModelRow]) -> list[tuple[str, str]]:
    """The series of each model of a study, and a short label for it.

    Network, method, scope, the method's options, whether the classifier was prunable, retraining,
    rewinding and recalibration make a series. Two models that agree in all of these, in the ratio,
    the seed and the parent are not seeds of one thing: something else, which is not on record,
    tells them apart, so that each gets a series under its own name, and so do their children.

    Args:
        models: all models of the study.

    Returns:
        (series, label) of each model, in order. Equal series have equal labels and the reverse; a
        label has the parts that tell the study's series of one network and method apart.
    """
    found = list(_told_apart(models))
    names = [", ".join(part for part in parts.values() if part) for parts in found]
    varying = _varying(found)
    labels = [_label(parts, varying[parts[_NETWORK], parts[_METHOD]]) for parts in found]
    return list(zip(names, labels, strict=True))


def _parts(model: ModelRow) -> Parts:
    details = json.loads(model.details)
    epochs, rewound = model.retrain_epochs, details.get("rewind_epoch")
    options = details.get("options", {})
    return {
        _NETWORK: model.network,
        _METHOD: method_label(model.method),
        "scope": model.scope or "",
        **{f"option {name}": _option(name, value) for name, value in sorted(options.items())},
        "classifier": "" if model.classifier_prunable else "classifier not pruned",
        "retraining": _epochs("retrained", epochs) if model.retrained else "",
        "rewinding": "" if rewound is None else f"rewound to epoch {rewound}",
        "recalibration": "recalibrated" if model.recalibrated else "",
    }


def _option(name: str, value: object) -> str:
    words = str(value).lower() if isinstance(value, bool) else f"{value}"
    return f"{name} {words}".replace("_", " ")


def _epochs(word: str, number: int) -> str:
    return f"{word} {number:,} epoch{'s' if number != 1 else ''}"


def _told_apart(models: Sequence[ModelRow]) -> Iterator[Parts]:
    """The parts of each model, with its own or its parent's name where nothing else tells."""
    alike = Counter(_identity(model) for model in models)
    own = {model.name for model in models if alike[_identity(model)] > 1}
    for model in models:
        parts = _parts(model)
        if model.name in own:
            parts[_NAME] = model.name
        elif model.parent in own:
            parts[_NAME] = f"from {model.parent}"
        yield parts


def _identity(model: ModelRow) -> tuple[object, ...]:
    return (*_parts(model).items(), model.ratio, model.seed, model.parent)


def _varying(all_parts: Sequence[Parts]) -> dict[tuple[str, str], set[str]]:
    """Names of the parts that differ between series of one network and method, for each of these.

    The network is among them where there are several, "epochs" where models were retrained for
    different numbers of epochs.
    """
    groups: dict[tuple[str, str], list[Parts]] = defaultdict(list)
    for parts in all_parts:
        groups[parts[_NETWORK], parts[_METHOD]].append(parts)
    everywhere = set()
    if len({network for network, _ in groups}) > 1:
        everywhere.add(_NETWORK)
    if len({parts["retraining"] for parts in all_parts} - {""}) > 1:
        everywhere.add("epochs")
    found = {}
    for key, group in groups.items():
        names = {name for parts in group for name in parts} - {_NETWORK}
        found[key] = everywhere | {
            name for name in names if len({parts.get(name, "") for parts in group}) > 1
        }
    return found


def _label(parts: Parts, varying: set[str]) -> str:
    shown = {
        name: words
        for name, words in parts.items()
        if words and name != _NETWORK and (name in _ALWAYS_IN_LABEL or name in varying)
    }
    if "retraining" in shown and "epochs" not in varying:
        shown["retraining"] = "retrained"
    label = ", ".join(shown.values())
    return f"{parts[_NETWORK]}: {label}" if _NETWORK in varying else label
