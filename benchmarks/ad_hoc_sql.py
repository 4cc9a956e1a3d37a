"""What a query costs on the page SQL beside the same query in the engine and in a DuckDB shell.

    python -m benchmarks.ad_hoc_sql
    python -m benchmarks.ad_hoc_sql --study data/versions/x.duckdb --runs 9

For each worked question the median of: the engine in this process, the sandbox as the page uses it
(its child was started ahead), and a new process that opens the file, asks and ends, as a shell
does. The three are interleaved, so that they share what else the machine does.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from core.store.sandbox.limits import Limits
from core.store.sandbox.process import Sandbox
from core.store.worked_questions import worked_questions

DEMO = Path(__file__).parents[1] / "data" / "demo.duckdb"
SHELL = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True, config={"threads": "2"}) as study:
    study.sql(sys.argv[2]).show()
"""
# for the next child to be ready, as it is for people who read what they found
PAUSE_SECONDS = 1.0


def main() -> None:
    """Print a line for each question."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", type=Path, default=DEMO)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    path = str(options.study.resolve())
    engine = duckdb.connect(path, read_only=True, config={"threads": "2"})
    sandbox = Sandbox(Limits(seconds=60))
    print(f"{'ms, median of ' + str(options.runs):70} engine sandbox  shell")
    extra = []
    for title, sql in worked_questions(_names(engine)).items():
        ways: dict[str, Callable[[], object]] = {
            "engine": lambda sql=sql: engine.sql(sql).pl(),
            "sandbox": lambda sql=sql: sandbox.run(path, sql),
            "shell": lambda sql=sql: subprocess.run(
                [sys.executable, "-c", SHELL, path, sql], check=True, stdout=subprocess.DEVNULL
            ),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(options.runs):
            for name, ask in ways.items():
                sandbox.warm(path)
                time.sleep(PAUSE_SECONDS)
                began = time.perf_counter()
                ask()
                times[name].append(1000 * (time.perf_counter() - began))
        medians = {name: statistics.median(found) for name, found in times.items()}
        extra.append(medians["sandbox"] - medians["engine"])
        print(f"{title[:70]:70} " + " ".join(f"{value:6.0f}" for value in medians.values()))
    print(f"the sandbox adds {statistics.median(extra):.0f} ms (median over the questions)")
    sandbox.close()


def _names(engine: duckdb.DuckDBPyConnection) -> dict[str, str]:
    models = engine.sql("SELECT name FROM models ORDER BY ratio, model_id").fetchall()
    classes = engine.sql("SELECT name FROM classes ORDER BY class_id").fetchall()
    conditions = {"reference_condition": "clean", "compared_condition": "clean"}
    pruned = models[len(models) // 2][0]
    return {
        "reference": models[0][0], "compared": pruned, "class": classes[-1][0], **conditions,
    }  # fmt: skip


if __name__ == "__main__":
    main()
