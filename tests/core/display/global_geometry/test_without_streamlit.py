"""Frames and charts of the page, from a plain script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.study_file import write_study

ROOT = Path(__file__).parents[4]
SCRIPT = """
import sys
from pathlib import Path
sys.modules["streamlit"] = None
from core.display.global_geometry.axes import choose_axes
from core.display.global_geometry.confusion import chart as matrix, frames as confusion
from core.display.global_geometry.mean_shift.chart import axis_shift_chart
from core.display.global_geometry.parallel.chart import parallel_coordinates
from core.display.global_geometry.parallel.frames import parallel_frames
from core.display.global_geometry.parallel.plot import LineStyle, Shown
from core.display.global_geometry.small_multiples.frames import model_rows
from core.display.global_geometry.values import AxisSamples
from core.display.state.context import Context
from core.store.combination import Combination
from core.store.connection import connect
from core.store.study import Study

study = Study(connect(Path(sys.argv[1])), "tiny")
context = Context(
    study, Combination("lenet5-dense", "clean"), Combination("lenet5-random-0.5", "fog-3")
)
samples = AxisSamples(context.paired, choose_axes(study, context.paired).axes)
shown = [Shown(role, study.key(one), context.short(one)) for role, one in context.roles.items()]
found = parallel_frames(
    study, samples, [shown], style=LineStyle("predicted", 100), ranges={}, selection=None
)
model_rows(study, samples, shown, [None] * len(shown))
found_matrices = confusion.matrices(study, context.paired)
shape = matrix.MatrixShape(found_matrices.rows.height, found_matrices.columns.height)
plot_area = found.plots[0].plot_area
for chart in (
    parallel_coordinates(plot_area),
    axis_shift_chart(plot_area),
    matrix.confusion_matrix(shape, shown="difference"),
):
    chart.to_dict()
print("drawn")
"""


def test_a_script_draws_the_page(tmp_path: Path) -> None:
    path = write_study(tmp_path / "tiny.duckdb")
    command = [sys.executable, "-c", SCRIPT, str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stdout == "drawn\n", result.stderr
