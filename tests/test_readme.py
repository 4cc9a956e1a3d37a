"""What the README says is so."""

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from core.vision.pruning import METHODS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_every_make_target_exists_and_is_listed_by_help():
    targets = set(re.findall(r"make ([a-z]+)", README))
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = set(re.findall(r"make ([a-z]+)", told.stdout))
    assert {"demo", "app", "test", "lint", "types", "bench"} <= listed
    assert targets <= listed


def test_every_file_it_names_exists():
    for name in re.findall(r"`((?:core|pages|pipelines|tests|data|docs)/[\w./-]*)`", README):
        assert (ROOT / name).exists(), name
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / link).exists(), link


def test_every_pipeline_command_and_flag_exists():
    commands = re.findall(r"python -m (pipelines\.\w+)([^\n`]*)", README)
    assert {module for module, _ in commands} >= {"pipelines.run"}
    for module, arguments in sorted(set(commands)):
        told = subprocess.run(
            [sys.executable, "-m", module, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for flag in re.findall(r"--[a-z-]+", arguments):
            assert flag in told, f"{module} {flag}"


@pytest.mark.parametrize("sql", code_blocks("sql"))
def test_every_query_runs_on_the_bundled_study(sql):
    with duckdb.connect(str(ROOT / "data" / "demo.duckdb"), read_only=True) as connection:
        assert connection.execute(sql).fetchall()


def test_it_shows_queries():
    assert code_blocks("sql")


def test_every_pruning_method_is_listed_and_no_other():
    table = README.split("## Pruning methods")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(METHODS)
