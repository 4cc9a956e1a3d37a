"""Frames and charts of the sweep and of the agreement across models, from a plain script."""

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
from core.display.local_geometry.agreement import chart as grid, frames as across
from core.display.local_geometry.sweep import chart as plots, frames as sweep, row_frames as rows
from core.store.combination import Combination
from core.store.connection import connect
from core.store.study import Study
from core.store.subsets.base import EVERYTHING

study = Study(connect(Path(sys.argv[1])), "tiny")
reference = Combination("lenet5-dense", "clean")
found = sweep.sparsity_sweep(study, rows.swept_series(study), "clean", EVERYTHING)
assert plots.sweep_plots(columns=found.columns).to_dict()["data"] == {"name": "plots"}
assert across.agreement(study, reference, EVERYTHING).points.height == 40
for chart in (grid.share_scatter(), grid.answer_grid()):
    chart.to_dict()
print("drawn")
"""


def test_a_script_draws_both_looks(tmp_path: Path) -> None:
    path = write_study(tmp_path / "tiny.duckdb")
    command = [sys.executable, "-c", SCRIPT, str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stdout == "drawn\n", result.stderr
