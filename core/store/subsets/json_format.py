"""Subsets as JSON: what a link carries and what a file of named subsets holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.metrics import METRICS
from core.store.combination import Combination
from core.store.subsets.base import Subset, SubsetError
from core.store.subsets.combinators import AllOf, AnyOf, Not
from core.store.subsets.predicates import (
    OUTCOMES,
    Correctness,
    OfClass,
    Outcome,
    PredictedAs,
    SampleIds,
)
from core.store.subsets.ranges import AngleToClass, MetricChange, MetricUnder, Range, RangeFilter

FORMAT = "prunescope-subsets"
LONGEST_TEXT = 1_000_000
"""Characters of a link's or a file's subsets."""
_MOST_LEVELS, _MOST_PARTS = 40, 500


def dumps(subset: Subset) -> str:
    """A subset as compact JSON."""
    return json.dumps(_to_data(subset), separators=(",", ":"), ensure_ascii=False)


def loads(text: str) -> Subset:
    """The subset that `dumps` wrote.

    Raises:
        SubsetError: the text is no JSON, or no subset.
    """
    return _from_data(_parse(text))


def dump_named(subsets: Mapping[str, Subset]) -> str:
    """Named subsets as the text of a small JSON file."""
    data = {name: _to_data(subset) for name, subset in subsets.items()}
    return json.dumps({"format": FORMAT, "subsets": data}, indent=2, ensure_ascii=False)


def load_named(text: str) -> dict[str, Subset]:
    """The named subsets of a file that `dump_named` wrote.

    Raises:
        SubsetError: the file is something else.
    """
    data = _parse(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise SubsetError(f"expected a file of named subsets (format {FORMAT}), found another.")
    subsets = data.get("subsets")
    if not isinstance(subsets, dict):
        raise SubsetError("expected subsets by name under `subsets`, found none.")
    return {str(name): _from_data(part) for name, part in subsets.items()}


def _parse(text: str) -> Any:
    if len(text) > LONGEST_TEXT:
        raise SubsetError(
            f"expected at most {LONGEST_TEXT:,} characters of subsets, found {len(text):,}."
        )
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise SubsetError("expected subsets, found JSON that is nested too deeply.") from error
    except ValueError as error:
        raise SubsetError(f"expected JSON, found text that is none ({error}).") from error
    _check_size(data)
    return data


def _check_size(data: Any) -> None:
    """Refuse what would take recursion, or the engine, too far."""
    level, parts = [data], 0
    for _ in range(_MOST_LEVELS):
        parts += sum(isinstance(one, dict) for one in level)
        nested = [one for one in level if isinstance(one, dict | list)]
        level = [
            inner for one in nested for inner in (one.values() if isinstance(one, dict) else one)
        ]
    if level:
        raise SubsetError("expected subsets, found JSON that is nested too deeply.")
    if parts > _MOST_PARTS:
        raise SubsetError(f"expected at most {_MOST_PARTS} parts of subsets, found {parts:,}.")


def _names(combination: Combination) -> list[str]:
    return [combination.model, combination.condition]


def _to_data(subset: Subset) -> dict[str, Any]:  # noqa: PLR0911  one line a kind
    match subset:
        case OfClass(name):
            return {"class": name}
        case Correctness(pair, correct):
            return {"answered": _names(pair), "correct": correct}
        case Outcome(reference, compared, outcome):
            return {"outcome": outcome, "from": _names(reference), "to": _names(compared)}
        case RangeFilter(value, limits):
            return {**_value_to_data(value), "range": [limits.low, limits.high]}
        case PredictedAs(pair, class_name):
            return {"predicted": class_name, "of": _names(pair)}
        case SampleIds(sample_ids):
            return {"samples": list(sample_ids)}
        case AllOf(parts):
            return {"all": [_to_data(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [_to_data(part) for part in parts]}
        case Not(part):
            return {"not": _to_data(part)}
    raise SubsetError(f"expected a subset of a known kind, found {type(subset).__name__}.")


def _value_to_data(value: MetricUnder | MetricChange | AngleToClass) -> dict[str, Any]:
    match value:
        case MetricUnder(combination, metric):
            return {"metric": metric, "of": _names(combination)}
        case MetricChange(reference, compared, metric):
            return {"change": metric, "from": _names(reference), "to": _names(compared)}
        case AngleToClass(combination, class_name):
            return {"angle_to": class_name, "of": _names(combination)}


def _from_data(data: Any) -> Subset:  # noqa: PLR0911  one line a kind
    match data:
        case {"class": str(name), **rest} if not rest:
            return OfClass(name)
        case {"answered": [str(model), str(condition)], "correct": bool(correct), **rest} if (
            not rest
        ):
            return Correctness(Combination(model, condition), correct)
        case {"outcome": outcome, "from": reference, "to": compared, **rest} if (
            not rest and outcome in OUTCOMES
        ):
            return Outcome(_to_combination(reference), _to_combination(compared), outcome)
        case {"metric": metric, "of": pair, "range": [low, high], **rest} if (
            not rest and metric in METRICS
        ):
            return RangeFilter(MetricUnder(_to_combination(pair), metric), _range(low, high))
        case {
            "change": metric,
            "from": reference,
            "to": compared,
            "range": [low, high],
            **rest,
        } if not rest and metric in METRICS:
            change = MetricChange(_to_combination(reference), _to_combination(compared), metric)
            return RangeFilter(change, _range(low, high))
        case {"angle_to": str(class_name), "of": pair, "range": [low, high], **rest} if not rest:
            return RangeFilter(AngleToClass(_to_combination(pair), class_name), _range(low, high))
        case {"predicted": str(class_name), "of": pair, **rest} if not rest:
            return PredictedAs(_to_combination(pair), class_name)
        case {"samples": [*ids], **rest} if not rest and all(_is_id(i) for i in ids):
            return SampleIds(tuple(ids))
        case {"all": [*parts], **rest} if not rest:
            return AllOf(tuple(_from_data(part) for part in parts))
        case {"any": [*parts], **rest} if not rest:
            return AnyOf(tuple(_from_data(part) for part in parts))
        case {"not": part, **rest} if not rest:
            return Not(_from_data(part))
    raise SubsetError(f"expected a subset, found {json.dumps(data)[:80]}.")


def _to_combination(data: Any) -> Combination:
    match data:
        case [str(model), str(condition)]:
            return Combination(model, condition)
    raise SubsetError(f"expected a model and a condition, found {json.dumps(data)[:80]}.")


def _range(low: Any, high: Any) -> Range:
    return Range(_number(low), _number(high))


def _number(value: Any) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise SubsetError(f"expected a number or null in a range, found {value!r}.")


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
