"""A kill at every rename of an import and a publication: done again, nothing is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from tests.pipelines.imported_study import Place, made, write

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path

from pipelines import import_features, publish
from pipelines.cli import run_stage

at, when, count = int(sys.argv[1]), sys.argv[2], 0
rename = Path.replace

def counted(self, target):
    global count
    count += 1
    if count == at and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = rename(self, target)
    if count == at and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return result

Path.replace = counted
study, flags = sys.argv[3:8], sys.argv[8:]
code = import_features.main(study + flags) or run_stage("", publish.publish_study, study)
print("renames", count)
sys.exit(code)
"""
ROWS = "SELECT * FROM sample_metrics ORDER BY model_id, condition_id, sample_id"


def run(place, at, when, flags):
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(at), when, *place.command, *flags],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("whole"))
    files = write(place.folder / "mine.npz", made(samples=1_200))
    flags = ["--model", "mine", "--condition", "clean", *files]
    done = run(place, -1, "never", flags)
    assert done.returncode == 0, done.stderr
    return place, flags, int(done.stdout.split()[-1])


@pytest.mark.parametrize("when", ["before", "after"])
def test_nothing_is_lost_wherever_it_is_killed(uninterrupted, tmp_path, when):
    whole, flags, renames = uninterrupted
    assert renames >= 5, "samples, shard, record, file and pointer"
    for at in range(1, renames + 1):
        folder = tmp_path / str(at)
        folder.mkdir()
        place = Place(folder)
        killed = run(place, at, when, flags)
        assert killed.returncode == -9, (at, killed.stderr)
        again = run(place, -1, "never", flags)
        assert again.returncode == 0, (at, again.stderr)
        assert_frame_equal(place.ask(ROWS), whole.ask(ROWS), check_exact=True)
        left = [p for p in place.folder.rglob(".*") if p.name.startswith((".partial", ".building"))]
        assert left == [], at
        shutil.rmtree(place.folder)
