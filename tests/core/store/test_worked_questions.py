"""The worked questions run where ad-hoc SQL runs, and the README's are among them."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from core.store.sandbox.limits import Limits
from core.store.sandbox.process import Sandbox
from core.store.worked_questions import worked_questions

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "data" / "demo.duckdb"
NAMES = {
    "reference": "lenet5-seed0",
    "reference_condition": "clean",
    "compared": "lenet5-seed0-magnitude-0.9-seed0",
    "compared_condition": "clean",
    "class": "8",
}
QUESTIONS = worked_questions(NAMES)


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox(Limits(seconds=60))
    yield made
    made.close()


def test_there_are_a_dozen():
    assert len(QUESTIONS) >= 12
    assert all(title.endswith("?") for title in QUESTIONS)
    assert not [sql for sql in QUESTIONS.values() if "$" in sql]


@pytest.mark.parametrize("title", QUESTIONS)
def test_each_finds_rows_of_the_bundled_study(sandbox, title):
    answer = sandbox.run(str(DEMO.resolve()), QUESTIONS[title])
    assert answer.rows.height > 0
    assert not answer.is_cut
    nothing = [name for name in answer.rows.columns if answer.rows[name].is_null().all()]
    assert nothing == []


@pytest.mark.parametrize("title", QUESTIONS)
def test_each_has_a_total_order(title):
    """Twice with other threads: the same rows in the same order."""
    with duckdb.connect(str(DEMO), read_only=True) as connection:
        found = []
        for threads in (1, 4):
            connection.execute(f"SET threads = {threads}")
            found.append(connection.execute(QUESTIONS[title]).fetchall())
    assert [row[0] for row in found[0]] == [row[0] for row in found[1]]


def test_the_queries_of_the_readme_are_among_them():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"```sql\n(.*?)```", readme, re.DOTALL)
    assert len(shown) >= 4
    assert [sql for sql in shown if sql.strip() not in QUESTIONS.values()] == []


def test_names_are_literals_whatever_they_hold():
    names = {**NAMES, "reference": "o'hara'; DROP TABLE models; --"}
    sql = worked_questions(names)["Which samples have the largest loss?"]
    assert "model = 'o''hara''; DROP TABLE models; --' AND" in sql
