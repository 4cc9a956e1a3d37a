"""Subsets as JSON: what a link carries and what a file of named subsets holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.store.subsets.class_angle import DirectionRange, PredictedAs
from core.store.subsets.predicates import (
    METRICS,
    OUTCOMES,
    AllOf,
    Answered,
    AnyOf,
    Listed,
    MetricDifference,
    MetricRange,
    Not,
    OfClass,
    Outcome,
    Pair,
    SelectionError,
    Subset,
)

FORMAT = "prunescope-subsets"


def dumps(subset: Subset) -> str:
    """A subset as compact JSON."""
    return json.dumps(_to_data(subset), separators=(",", ":"), ensure_ascii=False)


def loads(text: str) -> Subset:
    """The subset that `dumps` wrote.

    Raises:
        SelectionError: the text is no JSON, or no subset.
    """
    return _from_data(_parse(text))


def dump_named(subsets: Mapping[str, Subset]) -> str:
    """Named subsets as the text of a small JSON file."""
    data = {name: _to_data(subset) for name, subset in subsets.items()}
    return json.dumps({"format": FORMAT, "subsets": data}, indent=2, ensure_ascii=False)


def load_named(text: str) -> dict[str, Subset]:
    """The named subsets of a file that `dump_named` wrote.

    Raises:
        SelectionError: the file is something else.
    """
    data = _parse(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise SelectionError(f"expected a file of named subsets (format {FORMAT}), found another.")
    subsets = data.get("subsets")
    if not isinstance(subsets, dict):
        raise SelectionError("expected subsets by name under `subsets`, found none.")
    return {str(name): _from_data(part) for name, part in subsets.items()}


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise SelectionError(f"expected JSON, found text that is none ({error}).") from error


def _pair(pair: Pair) -> list[str]:
    return [pair.model, pair.condition]


def _to_data(subset: Subset) -> dict[str, Any]:  # noqa: PLR0911  one line a kind
    match subset:
        case OfClass(name):
            return {"class": name}
        case Answered(pair, correct):
            return {"answered": _pair(pair), "correct": correct}
        case Outcome(reference, compared, outcome):
            return {"outcome": outcome, "from": _pair(reference), "to": _pair(compared)}
        case MetricRange(pair, metric, low, high):
            return {"metric": metric, "of": _pair(pair), "range": [low, high]}
        case MetricDifference(reference, compared, metric, low, high):
            return {
                "change": metric,
                "from": _pair(reference),
                "to": _pair(compared),
                "range": [low, high],
            }
        case DirectionRange(pair, class_name, low, high):
            return {"angle_to": class_name, "of": _pair(pair), "range": [low, high]}
        case PredictedAs(pair, class_name):
            return {"predicted": class_name, "of": _pair(pair)}
        case Listed(sample_ids):
            return {"samples": list(sample_ids)}
        case AllOf(parts):
            return {"all": [_to_data(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [_to_data(part) for part in parts]}
        case Not(part):
            return {"not": _to_data(part)}
    raise SelectionError(f"expected a subset of a known kind, found {type(subset).__name__}.")


def _from_data(data: Any) -> Subset:  # noqa: PLR0911  one line a kind
    match data:
        case {"class": str(name), **rest} if not rest:
            return OfClass(name)
        case {"answered": [str(model), str(condition)], "correct": bool(correct), **rest} if (
            not rest
        ):
            return Answered(Pair(model, condition), correct)
        case {"outcome": outcome, "from": reference, "to": compared, **rest} if (
            not rest and outcome in OUTCOMES
        ):
            return Outcome(_to_pair(reference), _to_pair(compared), outcome)
        case {"metric": metric, "of": pair, "range": [low, high], **rest} if (
            not rest and metric in METRICS
        ):
            return MetricRange(_to_pair(pair), metric, _number(low), _number(high))
        case {
            "change": metric,
            "from": reference,
            "to": compared,
            "range": [low, high],
            **rest,
        } if not rest and metric in METRICS:
            return MetricDifference(
                _to_pair(reference), _to_pair(compared), metric, _number(low), _number(high)
            )
        case {"angle_to": str(class_name), "of": pair, "range": [low, high], **rest} if not rest:
            return DirectionRange(_to_pair(pair), class_name, _number(low), _number(high))
        case {"predicted": str(class_name), "of": pair, **rest} if not rest:
            return PredictedAs(_to_pair(pair), class_name)
        case {"samples": [*ids], **rest} if not rest and all(_is_id(i) for i in ids):
            return Listed(tuple(ids))
        case {"all": [*parts], **rest} if not rest:
            return AllOf(tuple(_from_data(part) for part in parts))
        case {"any": [*parts], **rest} if not rest:
            return AnyOf(tuple(_from_data(part) for part in parts))
        case {"not": part, **rest} if not rest:
            return Not(_from_data(part))
    raise SelectionError(f"expected a subset, found {json.dumps(data)[:80]}.")


def _to_pair(data: Any) -> Pair:
    match data:
        case [str(model), str(condition)]:
            return Pair(model, condition)
    raise SelectionError(f"expected a model and a condition, found {json.dumps(data)[:80]}.")


def _number(value: Any) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise SelectionError(f"expected a number or null in a range, found {value!r}.")


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
