"""What the README says is so."""

import re
import shutil
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


@pytest.mark.parametrize("cell", code_blocks("python"))
def test_every_python_snippet_shows_something(cell):
    """Each in a process of its own, in the folder that the README speaks of.

    The last line's value is shown as a notebook shows it.
    """
    ran = subprocess.run(
        [sys.executable, "-c", AS_A_CELL],
        cwd=ROOT,
        input=cell,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"shape: \(\d|<chart of \d{2,} rows>", ran.stdout), ran.stdout


AS_A_CELL = """
import ast, sys
cell = ast.parse(sys.stdin.read())
last = cell.body.pop() if isinstance(cell.body[-1], ast.Expr) else None
names = {}
exec(compile(cell, "cell", "exec"), names)
if last is not None:
    shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    if shown is not None:
        ((rows,),) = [list(shown.to_dict()["datasets"].values())]
        print(f"<chart of {len(rows)} rows>")
"""


def test_it_shows_python_polars_and_a_notebook():
    cells = code_blocks("python")
    for word in ("study.sql", "pl.read_database", "alt.Chart", "core.store"):
        assert [cell for cell in cells if word in cell], word


def command_line() -> str | None:
    """DuckDB's command line where one is installed that reads the file's format."""
    found = shutil.which("duckdb")
    if found is None:
        return None
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    return found if int(re.findall(r"\d+", told.stdout)[0]) >= 2 else None


def test_the_command_line_answers():
    """By DuckDB's own command line where there is one of version 2, else its query in Python."""
    commands = re.findall(r"^duckdb -readonly (\S+) \"(.*)\"$", README, re.MULTILINE)
    assert commands
    for file, sql in commands:
        program = command_line()
        if program is not None:
            told = subprocess.run(
                [program, "-readonly", file, sql],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (told.returncode, "lenet5" in told.stdout) == (0, True), told.stderr
        with duckdb.connect(str(ROOT / file), read_only=True) as connection:
            assert connection.execute(sql).fetchall()


def test_every_pruning_method_is_listed_and_no_other():
    table = README.split("## Pruning methods")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(METHODS)
