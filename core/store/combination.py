"""A model under a condition: by name for people and links, by ids for SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Combination:
    """A model under a condition, by name: it outlives a study that is published again."""

    model: str
    condition: str


class Key(NamedTuple):
    """The ids of a combination in one study file."""

    model_id: int
    condition_id: int

    def values(self, role: str = "") -> dict[str, object]:
        """The values that `of_key` with the same role needs bound."""
        return {f"{role}model_id": self.model_id, f"{role}condition_id": self.condition_id}


def of_key(row: str, role: str = "") -> str:
    """A condition that picks the rows of one key.

    Args:
        row: alias of a table with model_id and condition_id.
        role: tells the bound values of several keys in one query apart.
    """
    return f"({row}.model_id = ${role}model_id AND {row}.condition_id = ${role}condition_id)"
