"""Frames that many sessions draw, export and look at in the same moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
# In a process of its own: what fails here is that threads wait for each other for good.
TOGETHER = """
import sys, threading, time
import polars as pl
from core.display.components.chart import _as_arrow
from core.store.queries.comparison import outcome_counts
from core.metrics import GEOMETRIC

names = [f"{role}_{metric}" for role in ("reference", "compared") for metric in GEOMETRIC]
columns = {name: [float(i) for i in range(3000)] for name in names}
frame = pl.DataFrame({"outcome": ["fixed"] * 3000, **columns})
export = {"draw": _as_arrow, "ask": outcome_counts}[sys.argv[1]]
end = time.monotonic() + 3

def repeat(work):
    while time.monotonic() < end:
        work(frame)

threads = [
    threading.Thread(target=repeat, args=(work,), daemon=True)
    for work in (export, pl.DataFrame.is_empty, pl.DataFrame.is_empty, export)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("done")
"""


@pytest.mark.parametrize("export", ["draw", "ask"])
def test_sessions_do_not_wait_for_each_other_for_good(export: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", TOGETHER, export],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (result.stdout, result.returncode) == ("done\n", 0), result.stderr
