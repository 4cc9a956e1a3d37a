"""A study file: what to train, prune and evaluate, as one validated value.

    study = read_study(Path("pipelines/studies/digits.toml"))

A file that breaks a rule gets one sentence naming the file, the key, what was expected
and what was found.
"""

from __future__ import annotations

import codecs
import difflib
import json
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from pipelines.errors import PipelineError
from pipelines.study.settings import (
    ConditionSettings,
    DatasetSettings,
    FileCondition,
    NetworkSettings,
    PruningSettings,
    Study,
    TestSetSettings,
)

NEWLINE = b"\n"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNKNOWN_KEY = "unexpected_keyword_argument"


class StudyFileError(PipelineError):
    """A study file that can't be used, in one sentence."""


def read_study(path: Path) -> Study:
    """Read and validate a study file.

    Raises:
        StudyFileError: no such file, not TOML, or a key that breaks a rule.
    """
    try:
        content = tomllib.loads(_text(path))
    except FileNotFoundError:
        raise StudyFileError(f"{path}: expected a study file, found no file.") from None
    except RecursionError:
        raise StudyFileError(f"{path}: expected a TOML file, found one nested too deep.") from None
    except (ValueError, OSError) as error:  # also numbers of thousands of digits
        raise StudyFileError(f"{path}: expected a TOML file, found: {error}.") from error
    try:
        # JSON mode takes TOML's arrays for tuples and is strict in everything else
        study = TypeAdapter(Study).validate_json(json.dumps(content, default=str))
    except ValidationError as error:
        # a misspelt table is also a missing one; what is there too much says more
        errors = sorted(error.errors(), key=lambda one: one["type"] != _UNKNOWN_KEY)
        raise StudyFileError(f"{path}: {_sentence(errors[0])}") from None
    for number, settings in enumerate(study.pruning):  # not after a night of training
        if settings.masks is not None and not (path.parent / settings.masks).is_file():
            raise StudyFileError(
                f"{path}: pruning[{number}].masks: expected a file, found none at "
                f"{settings.masks!r}."
            )
    return study


def _text(path: Path) -> str:
    """The file's text; a byte order mark, which some editors write, is no part of it.

    Raises:
        StudyFileError: another encoding than UTF-8.
    """
    content = path.read_bytes()
    try:
        if not content.startswith(UTF_16_MARKS):
            return content.decode("utf-8-sig")
        found = "UTF-16"
    except UnicodeDecodeError as error:
        found = f"a byte that is none in line {1 + content[: error.start].count(NEWLINE)}"
    raise StudyFileError(
        f"{path}: expected a study file in UTF-8, found {found}; save it as UTF-8."
    )


def _sentence(error: ErrorDetails) -> str:
    """What pydantic says of the first broken rule, in this project's words."""
    location = [part for part in error["loc"] if not _is_branch(part)]
    parts = (f"[{p}]" if isinstance(p, int) else f".{_in_a_line(p)}" for p in location)
    key = "".join(parts).removeprefix(".")
    found = error["input"]
    if error["type"] == _UNKNOWN_KEY:
        known = _keys_at(location[:-1])
        close = difflib.get_close_matches(str(location[-1]), known, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        return f"{key}: expected one of the keys {', '.join(known)}, found {location[-1]!r}{hint}."
    if error["type"] == "missing":
        return f"{key}: expected a value, found none."
    message = error["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "expected").replace(" should ", " expected to ", 1)
    return f"{key}: {message}, found {found!r}."


def _in_a_line(key: str) -> str:
    """A key as it stands, or as Python writes it where it would break the sentence."""
    return key if key.isprintable() else repr(key)


def _is_branch(part: int | str) -> bool:
    """Pydantic adds the branch of a union to a location; a TOML key never looks like one."""
    return isinstance(part, str) and ("[" in part or part in {"str", "int", "float", "bool"})


def _keys_at(location: list[int | str]) -> list[str]:
    tables: dict[str, Any] = {
        "dataset": DatasetSettings,
        "network": NetworkSettings,
        "pruning": PruningSettings,
        "conditions": ConditionSettings,
        "test_set": TestSetSettings,
    }
    named = [part for part in location if isinstance(part, str)]
    if named[:2] == ["conditions", "file"]:
        return [field.name for field in fields(FileCondition)]
    return [field.name for field in fields(tables[named[0]] if named else Study)]
