"""Whatever stands in a study file, reading it gives a study or one sentence."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.study.reader import StudyFileError, read_study
from pipelines.study.settings import Study

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "pipelines" / "studies").glob("*.toml"))
MANY = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

WORDS = (
    "name", "title", "seed", "dataset", "network", "pruning", "conditions", "test_set", "file",
    "root", "methods", "ratios", "seeds", "epochs", "corruptions", "severities", "size", "path",
)  # fmt: skip
KEYS = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=6),
)
VALUES = st.recursive(
    st.one_of(
        st.none(),  # stands for a key that is taken away
        st.booleans(),
        st.integers(),
        st.integers(-(10**40), 10**40),
        st.floats(),
        st.text(max_size=12),
        st.datetimes(),
        st.dates(),
        st.times(),
        st.sampled_from(
            ["", ".", "..", "a/b", "\x00", "digits", "lenet5", "magnitude", "~", "/dev/zero"]
        ),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


def check(path: Path) -> None:
    try:
        assert isinstance(read_study(path), Study)
    except StudyFileError as error:
        text = str(error)
        assert "\n" not in text
        assert str(path) in text
        assert len(text) < 2_000


@MANY
@given(content=st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(content)
    check(path)


@MANY
@given(text=st.text(st.sampled_from("abc.[]{}=\"'\\\n\t #,_-+0123456789:TZefinxo"), max_size=80))
def test_any_text_of_characters_that_toml_knows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    check(path)


@MANY
@given(data=st.data())
def test_any_value_in_place_of_one_of_a_shipped_study(tmp_path: Path, data: st.DataObject) -> None:
    content = tomllib.loads(data.draw(st.sampled_from(SHIPPED)).read_text(encoding="utf-8"))
    table = content
    while True:
        key = data.draw(st.one_of(st.sampled_from(sorted(table)), KEYS))
        inner = table.get(key)
        if not isinstance(inner, dict) or not inner or data.draw(st.booleans()):
            break
        table = inner
    value = data.draw(VALUES)
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
    path = tmp_path / "study.toml"
    path.write_text("\n".join(f"{_text(one)} = {_toml(two)}" for one, two in content.items()))
    tomllib.loads(path.read_text())
    check(path)


@pytest.mark.parametrize("depth", [200, 5_000])
@pytest.mark.parametrize("pair", ["[]", "{a=}"])
def test_nesting_without_end(tmp_path: Path, depth: int, pair: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text("a = " + pair[:-1] * depth + ("1" if "=" in pair else "") + pair[-1] * depth)
    check(path)


def test_a_number_of_thousands_of_digits(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(f"seed = {'9' * 5_000}")
    check(path)


def _toml(value: Any) -> str:
    """A value as TOML writes it, tables inline."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, (one for one in value if one is not None)))}]"
    if isinstance(value, dict):
        pairs = (f"{_text(key)} = {_toml(one)}" for key, one in value.items() if one is not None)
        return f"{{{', '.join(pairs)}}}"
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def _text(value: str) -> str:
    escaped = "".join(
        f"\\U{ord(one):08x}" if ord(one) < 32 or ord(one) in (34, 92, 127) else one
        for one in value
        if not 0xD800 <= ord(one) < 0xE000
    )
    return f'"{escaped}"'
