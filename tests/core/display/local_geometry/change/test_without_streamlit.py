"""Frames and charts of angle and length, and of a comparison, from a plain script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.study_file import write_study

ROOT = Path(__file__).parents[5]
SCRIPT = """
import sys
from pathlib import Path
sys.modules["streamlit"] = None
from core.display.charts.prediction_map import prediction_map
from core.display.components.prediction_map_frames import prediction_tables
from core.display.local_geometry import words
from core.display.local_geometry.change import chart, frames as change
from core.display.local_geometry.scatter import chart as plots, frames as scatter
from core.display.state.context import Context
from core.store.combination import Combination
from core.store.connection import connect
from core.store.study import Study
from core.store.subsets.ranges import UNLIMITED

study = Study(connect(Path(sys.argv[1])), "tiny")
reference = Combination("lenet5-dense", "clean")
context = Context(study, reference, Combination("lenet5-magnitude-0.9", "fog-3"))


def draw(built, tables):
    named = str(built.to_dict())
    for table, rows in tables.items():
        assert f"{{'name': '{table}'}}" in named, table
        assert rows.height, table


found = scatter.scatter(context, reference, UNLIMITED, None)
assert words.summary(context, reference, found).startswith("**all samples**")
draw(plots.geometry_plot(), {k: v for k, v in found.plots[""].items() if k != "outlines"})
cells = prediction_tables(study, study.key(reference))
draw(prediction_map(shown="right"), cells)
compared = change.compare(study, context.paired, UNLIMITED)
for metric, tables in compared.metrics.items():
    draw(chart.metric_changes(metric=metric, brushed={"x": None}), tables)
    words.shift_words(compared, metric)
both = {"points": compared.points, "axes": compared.axes}
draw(chart.reference_scatter(brushed={"x": None, "y": None}), both)
draw(chart.trajectories(), both)
print("drawn")
"""


def test_a_script_draws_both_looks(tmp_path: Path) -> None:
    path = write_study(tmp_path / "tiny.duckdb")
    command = [sys.executable, "-c", SCRIPT, str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stdout == "drawn\n", result.stderr
