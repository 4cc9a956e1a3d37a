"""One command at a time on a study, across processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.errors import PipelineError
from pipelines.workspace.lock import locked
from tests.pipelines.imported_study import made, write

ROOT = Path(__file__).parents[3]
HOLD = """
import sys, time
from pathlib import Path
from pipelines.workspace.lock import locked
with locked(Path(sys.argv[1]), command="python -m pipelines.train"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def held(tmp_path):
    """Another process that holds the lock of tmp_path/study."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "study")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_who_holds_it_is_said_and_nobody_else_enters(held, tmp_path):
    with (
        pytest.raises(PipelineError) as error,
        locked(tmp_path / "study", command="", wait=False),
    ):
        pytest.fail("two commands at once")
    assert "study is being worked on by python -m pipelines.train (process " in str(error.value)
    assert f"(process {held.pid} on " in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_it_is_free_when_its_holder_ends_however_it_ends(held, tmp_path, end):
    (tmp_path / "study" / "deep").mkdir(parents=True)
    leftover = tmp_path / "study" / "deep" / ".partial-abc-fog.parquet"
    leftover.write_text("half")
    kept = tmp_path / "study" / "deep" / "fog.parquet"
    kept.write_text("whole")
    held.send_signal(end)
    held.wait()
    with locked(tmp_path / "study", command="", wait=False):
        assert not leftover.exists()
        assert kept.exists()


def test_the_second_waits_for_the_first(held, tmp_path, capsys):
    killer = subprocess.Popen(["sh", "-c", f"sleep 1; kill -9 {held.pid}"])
    began = time.monotonic()
    with locked(tmp_path / "study", command="mine"):
        assert time.monotonic() - began > 0.5
    killer.wait()
    said = " ".join(capsys.readouterr().out.split())
    assert "study is being worked on by python -m pipelines.train" in said
    assert "waiting for it to end" in said


def test_a_file_in_the_place_of_the_folder_is_one_sentence(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with (
        pytest.raises(PipelineError, match="expected a folder to write in, found"),
        locked(tmp_path / "runs" / "study", command=""),
    ):
        pytest.fail("entered")


def test_commands_at_once_on_one_study_all_end_well(place):
    """Six processes import into one study and publish it; each ends well and nothing is lost."""
    files = {model: write(place.folder / f"{model}.npz", made(samples=1_200)) for model in "abcdef"}
    script = (
        "import sys; from pipelines import import_features, publish; from pipelines.cli import "
        "run_stage\n"
        "command, rest = sys.argv[1:6], sys.argv[6:]\n"
        "code = import_features.main(command + rest) or run_stage('', publish.publish_study, "
        "command)\n"
        "sys.exit(code)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, *place.command, "--model", model, "--condition",
             "clean", *flags],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for model, flags in files.items()
    ]  # fmt: skip
    ended = [(*process.communicate(), process.returncode) for process in processes]
    assert [code for *_, code in ended] == [0] * 6, ended
    models = place.ask("SELECT name, count(*) AS rows FROM models JOIN sample_metrics "
                       "USING (model_id) GROUP BY name ORDER BY name")  # fmt: skip
    assert models.rows() == [(model, 1_200) for model in "abcdef"]
    assert not [*place.folder.rglob(".partial-*"), *place.folder.rglob(".building-*")]
