"""Speed of what the pages ask and draw, on a synthetic study.

    python -m benchmarks.pages                                2 M rows, made on the first run
    python -m benchmarks.pages --samples 10000 --seeds 5      100 M rows
    python -m benchmarks.pages --study data/versions/x.duckdb
    python -m benchmarks.pages --browser                      also in chromium: what a user waits

The SQL of each view is run in the order in which the page runs it, on one connection, after
one cold run (a new connection); the same counts without the rollup stand beside it.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.study_options import add_study_arguments, chosen_study, study_options
from core.display.local_geometry.scatter.frames import BINS, DRAWN_LIMIT, HARDEST_SHOWN
from core.store.combination import Combination, Key
from core.store.connection import connect
from core.store.queries.accuracy import accuracy, paired_changes
from core.store.queries.combination import (
    class_counts,
    lowest_margins,
    metric_histograms,
    metric_ranges,
    positions,
)
from core.store.queries.study import classes, conditions, models, sample_count
from core.store.subsets.base import EVERYTHING, Names, SampleFilter
from core.store.subsets.predicates import Outcome

REPEATS = 11
LONGEST_WAIT = 300_000
"""Milliseconds; the first question to 100 M rows that no cache holds takes a while."""
CHROMIUM = Path("/usr/bin/chromium")
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHART = "[data-testid=stVegaLiteChart]"
View = Callable[[duckdb.DuckDBPyConnection], object]


def evaluation_view(sample_filter: SampleFilter) -> View:
    """Everything that the evaluation table asks."""

    def ask(connection: duckdb.DuckDBPyConnection) -> None:
        models(connection)
        conditions(connection)
        classes(connection)
        sample_count(connection, sample_filter)
        accuracy(connection)
        accuracy(connection, sample_filter)
        paired_changes(connection, Key(0, 0), condition_id=0, sample_filter=sample_filter)

    return ask


def local_view(sample_filter: SampleFilter) -> View:
    """Everything that the local geometry page asks about one combination."""
    key = Key(3, 40)
    filtered = {"sample_filter": sample_filter}
    ranges = {"angle": (0.0, 120.0), "length": (0.0, 20.0), "margin": (-5.0, 8.0)}

    def ask(connection: duckdb.DuckDBPyConnection) -> None:
        metric_ranges(connection, key)
        class_counts(connection, key, **filtered)
        positions(connection, key, **filtered, limit=DRAWN_LIMIT)
        metric_histograms(connection, key, **filtered, ranges=ranges, bins=BINS)
        lowest_margins(connection, key, **filtered, limit=HARDEST_SHOWN)

    return ask


def without_rollup(connection: duckdb.DuckDBPyConnection) -> object:
    """The evaluation's accuracies counted over all rows."""
    return connection.execute(
        "SELECT model_id, condition_id, count(*) FILTER (correct), count(*) "
        "FROM sample_metrics GROUP BY ALL ORDER BY ALL"
    ).fetchall()


def milliseconds(ask: View, connection: duckdb.DuckDBPyConnection) -> float:
    """Median over REPEATS."""
    return 1000 * statistics.median(_timed(ask, connection) for _ in range(REPEATS))


def _timed(ask: View, connection: duckdb.DuckDBPyConnection) -> float:
    start = time.perf_counter()
    ask(connection)
    return time.perf_counter() - start


def measure_sql(path: Path) -> None:
    """Print milliseconds of SQL for each view, and its ratio to counting all rows."""
    with connect(path) as connection:
        names = Names(
            dict(connection.execute("SELECT name, model_id FROM models").fetchall()),
            dict(connection.execute("SELECT name, condition_id FROM conditions").fetchall()),
            {},
        )
        first, *_, last = (Combination(model, "clean") for model in names.models)
        subset = SampleFilter(None, Outcome(first, last, "broken").to_sql(names))
        rows = connection.execute("SELECT count(*) FROM sample_metrics").fetchall()[0][0]
    print(f"{path.name}: {rows:,} rows, {len(names.models)} models")
    print(f"{'SQL of one view':<44}{'cold ms':>9}{'warm ms':>9}{'all rows / view':>17}", flush=True)
    for name, view in (
        ("evaluation table, all samples", evaluation_view(EVERYTHING)),
        ("evaluation table, one class", evaluation_view(SampleFilter(3))),
        ("evaluation table, a subset", evaluation_view(subset)),
        ("local geometry, all classes", local_view(EVERYTHING)),
        ("local geometry, one class", local_view(SampleFilter(3))),
        ("local geometry, a subset", local_view(subset)),
    ):
        with connect(path) as connection:
            cold = 1000 * _timed(view, connection)
            warm = milliseconds(view, connection)
            scan = milliseconds(without_rollup, connection)
        print(f"{name:<44}{cold:>9.1f}{warm:>9.1f}{scan / warm:>17.1f}", flush=True)


@contextmanager
def serving(path: Path) -> Iterator[tuple[str, int]]:
    """The app on a folder with this study alone: its address and process id."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / path.name).symlink_to(path.resolve())
        with serving_folder(Path(folder)) as served:
            yield served


@contextmanager
def serving_folder(folder: Path) -> Iterator[tuple[str, int]]:
    """The app on a folder of studies: its address and process id."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
        free.close()
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "Home.py", f"--server.port={port}",
             "--server.headless=true", "--server.fileWatcherType=none"],
            env={**os.environ, "PRUNESCOPE_STUDIES": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        url = f"http://localhost:{port}"
        try:
            while not _answers(f"{url}/_stcore/health"):
                if server.poll() is not None:
                    raise RuntimeError(f"the app ended with code {server.returncode}.")
                time.sleep(0.05)
            yield url, server.pid
        finally:
            server.terminate()
            server.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def measure_browser(path: Path) -> None:
    """Print what a user waits for, from click to settled chart."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where asked for

    start = time.perf_counter()
    with serving(path) as (url, pid), sync_playwright() as playwright:
        print(f"server answers after {time.perf_counter() - start:.1f} s", flush=True)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(LONGEST_WAIT)
        for name in ("", "Evaluation_Table", "Local_Geometry"):
            start = time.perf_counter()
            page.goto(f"{url}/{name}")
            page.wait_for_selector(f"{CHART} svg.marks, {CHART} canvas")
            page.wait_for_selector(READY)
            took = time.perf_counter() - start
            print(f"first load of {name or 'Home'}: {took:.2f} s", flush=True)
        waits = []
        for name in study_options(path).classes * 3:
            page.get_by_role("combobox", name="Class", exact=True).click()
            page.get_by_role("option", name=name, exact=True).wait_for()
            start = time.perf_counter()
            page.get_by_role("option", name=name, exact=True).click()
            page.get_by_text(f"class {name}", exact=True).wait_for()
            page.wait_for_selector(READY)
            waits.append(time.perf_counter() - start)
        waits.sort()
        print(
            f"change of class on Local Geometry: median {1000 * statistics.median(waits):.0f} ms, "
            f"slowest of {len(waits)} {1000 * waits[-1]:.0f} ms",
            flush=True,
        )
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        resident = next(line for line in status if line.startswith("VmRSS")).split()[1]
        print(f"memory of the app: {int(resident) / 1024:.0f} MiB")
        browser.close()


def main() -> None:
    """Measure SQL, and with --browser the pages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_study_arguments(parser)
    parser.add_argument("--browser", action="store_true", help="also drive chromium")
    arguments = parser.parse_args()
    path = chosen_study(arguments)
    measure_sql(path)
    if arguments.browser:
        measure_browser(path)


if __name__ == "__main__":
    main()
