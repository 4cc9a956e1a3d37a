"""A command that is stopped says so in one line, whenever and however it is stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUDY = """
name = "long"
title = "A study that takes long"
[dataset]
name = "digits"
image_size = 32
[[network]]
name = "lenet5"
training = { epochs = 2000 }
"""


def start(folder, *, prelude=""):
    (folder / "study.toml").write_text(STUDY)
    (folder / "slow").mkdir(exist_ok=True)
    (folder / "slow" / "sitecustomize.py").write_text(prelude)
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines.train", folder / "study.toml",
         "--runs", folder / "runs", "--published", folder / "data"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{folder / 'slow'}:{ROOT}", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def assert_stopped(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, (out, err)
    assert "Stopped. Nothing finished is lost" in " ".join(out.split())
    assert "Traceback" not in out + err


def test_while_it_trains(tmp_path):
    process = start(tmp_path)
    until = time.monotonic() + 120
    while not list(tmp_path.glob("runs/long/training/*.pt")) and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert_stopped(process)
    assert list(tmp_path.glob("runs/long/training/*.pt"))
    assert not list(tmp_path.rglob(".partial-*"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_while_it_imports(tmp_path, how):
    # an import that waits, so that the signal comes while torch is not there yet
    waiting = (
        "import sys, time\n"
        "class Waits:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'torch':\n"
        "            open(sys.path[1] + '/begun', 'w').close()\n"
        "            time.sleep(60)\n"
        "sys.meta_path.insert(0, Waits())\n"
    )
    process = start(tmp_path, prelude=waiting.replace("sys.path[1]", repr(str(tmp_path))))
    until = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(how)
    assert_stopped(process)
