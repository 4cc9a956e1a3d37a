"""Worked questions: titles and queries that a study can be asked, with names filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("worked_questions.sql")
_PLACE = re.compile(r"\$(\w+)")


def worked_questions(names: Mapping[str, str]) -> dict[str, str]:
    """The queries by title.

    Args:
        names: reference, reference_condition, compared, compared_condition and class, as the
            study calls them; they stand in the queries as literals, since people edit these.
    """

    def literal(place: re.Match[str]) -> str:
        return "'" + names[place[1]].replace("'", "''") + "'"

    return {title: _PLACE.sub(literal, sql) for title, sql in _questions().items()}


@cache
def _questions() -> dict[str, str]:
    parts = _FILE.read_text(encoding="utf-8").split("\n-- ## ")[1:]
    titles = (part.partition("\n") for part in parts)
    return {title.strip(): sql.strip() for title, _, sql in titles}
