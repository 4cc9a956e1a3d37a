"""Many people in the app while its study is made again, killed and published beneath them.

    python -m benchmarks.soak                      10 minutes, 20 sessions
    python -m benchmarks.soak --seconds 60 --sessions 5

A small study is made once; its rows are what must be found ever after. Then, for the time that is
given, sessions open pages as `benchmarks.sessions` does, and beside them the study is worked on:
shards are removed, damaged by one bit, or made stale; one or two commands at once run it, some are
killed at a moment chosen by chance, some are let finish, and what they publish has another title
each time. After each command that was let finish the published rows are compared. It ends with
exit code 1 if a page showed an exception, a row was lost or changed, or `verify` found damage.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from benchmarks.pages import serving_folder
from benchmarks.sessions import Choices, measure, report
from core.store.connection import connect, query

ROOT = Path(__file__).parents[1]
STUDY = """
name = "soak"
title = "{title}"
[dataset]
name = "digits"
image_size = 32
test_limit = 200
[[network]]
name = "lenet5"
training = {{ epochs = 2 }}
[[pruning]]
method = "magnitude"
ratios = [0.5, 0.9]
[conditions]
corruptions = ["fog", "contrast"]
severities = [1, 5]
"""
_ROWS = "SELECT * FROM sample_metrics ORDER BY model_id, condition_id, sample_id"
_LONGEST_RUN = 300.0


class Work:
    """The study in its folder, and what was done to it.

    Args:
        folder: of its own.
        chance: what is chosen by chance.
    """

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._title = 0
        self._retitle()
        self._finish([self._start("run")])
        self.expected = self._rows()

    @property
    def published(self) -> Path:
        """The file that the app serves."""
        return self.folder / "data" / "soak.duckdb"

    def go_on(self, until: threading.Event) -> None:
        """Disturb, run, kill and compare until told to end."""
        while not until.is_set():
            self._retitle()
            self._disturb()
            commands = [self._start("run") for _ in range(self.chance.choice((1, 1, 2)))]
            if self.chance.random() < 0.6:
                time.sleep(self.chance.uniform(0.5, 12))
                for command in commands:
                    if command.poll() is None:
                        command.send_signal(self.chance.choice((signal.SIGKILL, signal.SIGTERM)))
                        self.counts["commands killed"] += 1
                    command.communicate()
            else:
                self._finish(commands)
                self._compare()
        self._finish([self._start("run")])
        self._compare()
        left = [p for p in self.folder.rglob(".*") if p.name.startswith((".partial-", ".building"))]
        self.faults += [f"left behind: {path.name}" for path in left]

    def _retitle(self) -> None:
        self._title += 1
        self._write(STUDY.format(title=f"Version {self._title}"))

    def _write(self, text: str) -> None:
        partial = self.folder / "study.toml.new"
        partial.write_text(text)
        partial.replace(self.folder / "study.toml")

    def _disturb(self) -> None:
        shards = sorted((self.folder / "runs" / "soak" / "shards").rglob("*.parquet"))
        for path in self.chance.sample(shards, min(len(shards), self.chance.randint(0, 4))):
            if self.chance.random() < 0.5:
                path.unlink()
                self.counts["shards removed"] += 1
            else:
                content = bytearray(path.read_bytes())
                bit = self.chance.randrange(8 * len(content))
                content[bit // 8] ^= 1 << (bit % 8)
                path.write_bytes(bytes(content))
                self.counts["shards with a flipped bit"] += 1

    def _start(self, command: str) -> subprocess.Popen[str]:
        self.counts["commands"] += 1
        return subprocess.Popen(
            [sys.executable, "-m", f"pipelines.{command}", "study.toml", "--runs", "runs",
             "--published", "data", "--device", "cpu"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip

    def _finish(self, commands: list[subprocess.Popen[str]]) -> None:
        """Let commands end; a shard that is found damaged while publishing asks for another run."""
        for command in commands:
            said, _ = command.communicate(timeout=_LONGEST_RUN)
            if command.returncode == 0:
                self.counts["commands finished"] += 1
            elif "removed" in said:
                self.counts["damage found while publishing"] += 1
                self._finish([self._start("run")])
            else:
                self.faults.append(f"exit code {command.returncode}: {said[-300:]}")

    def _rows(self) -> str:
        with connect(self.published.resolve()) as connection:
            rows = query(connection, _ROWS)
        return hashlib.sha256(rows.hash_rows().to_numpy().tobytes()).hexdigest()

    def _compare(self) -> None:
        self.counts["publications compared"] += 1
        if self._rows() != self.expected:
            self.faults.append("the published rows are not those of the first run")
        self._finish([self._start_verify()])

    def _start_verify(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "pipelines.verify", "study.toml", "--runs", "runs",
             "--published", "data"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip


def main() -> int:
    """Soak for the time that is asked for; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder), random.Random(options.seed))
        done = threading.Event()
        worker = threading.Thread(target=work.go_on, args=(done,))
        with serving_folder(work.published.parent) as (url, pid):
            worker.start()
            try:
                answers, seen = asyncio.run(
                    measure(
                        url,
                        pid,
                        Choices.of(work.published),
                        sessions=options.sessions,
                        seconds=options.seconds,
                        pause=(0.2, 1.0),
                    )
                )
            finally:
                done.set()
                worker.join()
        report(answers, seen)
    print(", ".join(f"{number} {what}" for what, number in sorted(work.counts.items())))
    for fault in work.faults:
        print(f"fault: {fault}")
    print(f"{len(work.faults)} faults, {answers.exceptions.total()} exceptions on pages")
    return int(bool(work.faults or answers.exceptions))


if __name__ == "__main__":
    sys.exit(main())
