"""What docs/hosting.md and the settings say about a hosted app is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from streamlit import config

from core.display.query_cache import MEGABYTES_BY_DEFAULT
from core.store.configuration import QUERY_SECONDS
from core.store.sandbox.limits import MEGABYTE, Limits
from core.store.sandbox.process import WAIT_SECONDS

ROOT = Path(__file__).parents[1]
HOSTING = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_every_environment_variable_of_the_app_is_listed_and_no_other():
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "core").rglob("*.py"))
    read = set(re.findall(r"PRUNESCOPE_[A-Z_]*[A-Z]", code)) - {"PRUNESCOPE_SQL"}
    listed = set(re.findall(r"^\| `(PRUNESCOPE_\w+)`", HOSTING, re.MULTILINE))
    assert listed == read


def test_the_defaults_are_those_of_the_code():
    rows = dict(re.findall(r"^\| `PRUNESCOPE_(\w+)` \| (\d+) \|", HOSTING, re.MULTILINE))
    limits = Limits()
    assert {name: int(value) for name, value in rows.items()} == {
        "CACHE_MB": MEGABYTES_BY_DEFAULT,
        "QUERY_SECONDS": QUERY_SECONDS,
        "SQL_SECONDS": limits.seconds,
        "SQL_MEMORY_MB": limits.memory_bytes // MEGABYTE,
        "SQL_ROWS": limits.rows,
        "SQL_AT_ONCE": limits.at_once,
        "LOGIN": 0,
    }
    assert f"{limits.waiting} more wait up to {WAIT_SECONDS} seconds" in HOSTING


def test_every_setting_exists_and_is_explained():
    found = tomllib.loads(SETTINGS)
    known = config.get_config_options()
    for section, values in found.items():
        if section == "theme":
            continue
        for name in values:
            assert f"{section}.{name}" in known, name
            assert re.search(rf"^#.*\n{name} = ", SETTINGS, re.MULTILINE), f"{name} has no reason"


def test_the_settings_are_safe_for_strangers():
    found = tomllib.loads(SETTINGS)
    server = found["server"]
    assert server["maxUploadSize"] == 1
    assert server["maxMessageSize"] > 2 * Limits().result_bytes // (2 * MEGABYTE)
    assert (server["enableXsrfProtection"], server["enableCORS"]) == (True, True)
    assert server["enableStaticServing"] is False
    assert found["client"]["showErrorDetails"] in {"type", "none"}


def test_the_image_copies_what_is_there_and_runs_as_nobody_special():
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE):
        *sources, _ = line.split()
        assert [source for source in sources if not (ROOT / source).exists()] == []
    assert re.search(r"^USER 10001", DOCKERFILE, re.MULTILINE)
    assert "/_stcore/health" in DOCKERFILE
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "**"
    assert ".streamlit/secrets.toml" in ignored


def test_files_that_it_names_exist():
    for name in re.findall(r"`(tests/[\w./]+)`", HOSTING):
        assert (ROOT / name).exists()
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", HOSTING):
        assert (ROOT / "docs" / link).exists(), link
