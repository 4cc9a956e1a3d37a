"""The combinations that are shown: reference, compared, and those that the user pins."""

from __future__ import annotations

from core.display.state import url
from core.store.combination import Combination
from core.store.study import Study

_PINS = "keep"


def pin(*combinations: Combination) -> None:
    """Add combinations to the list that is shown on every page."""
    listed = url.get_choices(_PINS)
    url.set_choice(_PINS, *dict.fromkeys([*listed, *map(_text, combinations)]))


def unpin(combination: Combination) -> None:
    """Remove a combination from the list."""
    text = _text(combination)
    url.set_choice(_PINS, *(one for one in url.get_choices(_PINS) if one != text))


def unpin_all() -> None:
    """Empty the list."""
    url.set_choice(_PINS)


def set_role(role: str, combination: Combination) -> None:
    """Set a combination as the reference or the compared."""
    url.set_choice(role, combination.model)
    url.set_choice(f"{role}_condition", combination.condition)


def swap_roles() -> None:
    """Reference becomes compared, compared becomes reference."""
    for suffix in ("", "_condition"):
        one, other = f"reference{suffix}", f"compared{suffix}"
        before = url.get_choices(one)
        url.set_choice(one, *url.get_choices(other))
        url.set_choice(other, *before)


def read_pins(study: Study, notices: list[str]) -> tuple[Combination, ...]:
    """The pinned combinations that this study has; the others are dropped with a notice."""
    found = []
    for text in url.get_choices(_PINS):
        model, _, condition = text.rpartition("@")
        if model in study.names.models and condition in study.names.conditions:
            found.append(Combination(model, condition))
        else:
            notices.append(f"This study has no combination “{text}”; it was left out of the list.")
    url.set_choice(_PINS, *map(_text, found))
    return tuple(dict.fromkeys(found))


def _text(combination: Combination) -> str:
    return f"{combination.model}@{combination.condition}"
