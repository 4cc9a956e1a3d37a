"""Many people in the app at once: how much it answers, how soon, with how much memory.

    python -m benchmarks.sessions                            20 sessions, without pause and thinking
    python -m benchmarks.sessions --mode thinking --seconds 120
    python -m benchmarks.sessions --study data/versions/x.duckdb --sessions 5
    python -m benchmarks.sessions --url http://localhost:8501    an app that runs already

Each session is one connection as a browser opens it, without the browser: it opens pages with
models, conditions, classes, brushes and subsets chosen by chance (the same ones in every run),
waits until the script has ended, and pauses as the mode says. Each mode gets a new server, which
one session warms up by opening every page once. Exceptions that pages show are counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.pages import serving
from core.store.connection import connect
from core.store.queries import study as queries

DEMO = Path(__file__).parents[1] / "data" / "demo.duckdb"
PAUSES = {"without-pause": (0.0, 0.0), "hurried": (0.2, 1.0), "thinking": (3.0, 7.0)}
PAGES = (
    "",
    "Evaluation_Table",
    "Local_Geometry",
    "Global_Geometry",
    "Samples",
    "Robustness",
    "Latent_Space",
)
_WEIGHTS = (2, 2, 4, 3, 2, 2, 1)
LOOKS = ("lie", "changed", "ratios", "models")
_LOOK_WEIGHTS = (1, 2, 1, 1)
ANSWER_WITHIN = 60.0


@dataclass(frozen=True)
class Choices:
    """What a study lets its visitors choose."""

    study: str
    models: tuple[str, ...]
    conditions: tuple[str, ...]
    classes: tuple[str, ...]

    @classmethod
    def of(cls, path: Path) -> Choices:
        """All names in a study file."""
        with connect(path.resolve()) as connection:
            tables = (queries.models, queries.conditions, queries.classes)
            names = (tuple(table(connection)["name"].to_list()) for table in tables)
            return cls(path.stem, *names)

    def visit(self, chance: random.Random) -> tuple[str, str, str]:
        """A page chosen by chance: its name in the report, in the address, its query."""
        compared, condition = chance.choice(self.models), chance.choice(self.conditions)
        asked = {
            "study": self.study,
            "reference": chance.choice(self.models[:3]),
            "compared": compared,
            "reference_condition": self.conditions[0],
            "compared_condition": condition,
            "class": chance.choice(["All classes", *self.classes]),
        }
        page = chance.choices(PAGES, _WEIGHTS)[0]
        name = page or "Home"
        if page == "Local_Geometry":
            asked["look"] = chance.choices(LOOKS, _LOOK_WEIGHTS)[0]
            name = f"{page}, {asked['look']}"
        if asked.get("look") == "changed" and chance.random() < 0.5:
            asked["change_angle"] = f"{chance.randint(-30, 10)}~{chance.randint(11, 60)}"
        if chance.random() < 0.2:
            low = chance.randint(0, 40)
            subset = {"metric": "angle", "of": [compared, condition], "range": [low, None]}
            asked["subset"] = json.dumps(subset, separators=(",", ":"))
        return name, page, urlencode(asked)


@dataclass
class Answers:
    """What came back.

    Attributes:
        started: on the clock of `time.perf_counter`.
        seconds: that the sessions went on for.
        waits: seconds until the script had ended, per page.
        sessions: answers that each session had.
        exceptions: how often pages showed each one, and connections that broke.
    """

    started: float = 0.0
    seconds: float = 0.0
    waits: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sessions: Counter[int] = field(default_factory=Counter)
    exceptions: Counter[str] = field(default_factory=Counter)

    @property
    def all_waits(self) -> list[float]:
        """The waits of all pages."""
        return [wait for waits in self.waits.values() for wait in waits]


async def open_page(connection: websockets.ClientConnection, page: str, query: str) -> list[str]:
    """Open a page and wait for its script to end; the exceptions that it shows."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    await connection.send(message.SerializeToString())
    shown = []
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(await asyncio.wait_for(connection.recv(), ANSWER_WITHIN))
        kind = answer.WhichOneof("type")
        if kind == "script_finished":
            return shown
        if kind == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
            exception = answer.delta.new_element.exception
            shown.append(f"{exception.type}: {exception.message[:100]}")


def _connected(url: str) -> websockets.connect:
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    return websockets.connect(address, max_size=None, subprotocols=["streamlit"])


async def _session(
    number: int,
    url: str,
    choices: Choices,
    answers: Answers,
    *,
    pause: tuple[float, float],
    at_least: int,
) -> None:
    chance = random.Random(number)
    await asyncio.sleep(number * 0.05 + chance.uniform(*pause) / 2)
    try:
        async with _connected(url) as connection:
            end = answers.started + answers.seconds
            while time.perf_counter() < end or answers.sessions[number] < at_least:
                name, page, query = choices.visit(chance)
                start = time.perf_counter()
                for exception in await open_page(connection, page, query):
                    answers.exceptions[f"{name}: {exception}"] += 1
                answers.waits[name].append(time.perf_counter() - start)
                answers.sessions[number] += 1
                await asyncio.sleep(chance.uniform(*pause))
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        answers.exceptions[f"connection: {type(error).__name__}: {error}"] += 1


async def ask(
    url: str,
    choices: Choices,
    *,
    sessions: int,
    seconds: float,
    pause: tuple[float, float],
    at_least: int = 0,
) -> Answers:
    """Run sessions at once.

    Args:
        url: of a running app.
        choices: of the study that it shows.
        sessions: how many.
        seconds: that each goes on for.
        pause: shortest and longest, in seconds, after each answer.
        at_least: answers that each session waits for, however long that takes.
    """
    answers = Answers(time.perf_counter(), seconds)
    await asyncio.gather(
        *(
            _session(number, url, choices, answers, pause=pause, at_least=at_least)
            for number in range(sessions)
        )
    )
    answers.seconds = time.perf_counter() - answers.started
    return answers


async def warm_up(url: str, choices: Choices) -> None:
    """Open every page once, which loads the app's modules."""
    async with _connected(url) as connection:
        for page in PAGES:
            for look in LOOKS if page == "Local_Geometry" else ("",):
                await open_page(connection, page, urlencode({"study": choices.study, "look": look}))


async def _watched(pid: int | None, answers: asyncio.Task[Answers]) -> list[dict[str, float]]:
    """Memory, threads and processor time of a process, each second while it answers."""
    seen = []
    while pid is not None and not answers.done():
        seen.append(_process(pid))
        await asyncio.sleep(1)
    return seen


def _process(pid: int) -> dict[str, float]:
    folder = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    times = (folder / "stat").read_text().rpartition(")")[2].split()
    return {
        "memory": int(status["VmRSS"].split()[0]) / 1024,
        "threads": int(status["Threads"]),
        "processor": sum(map(int, times[11:13])) / os.sysconf("SC_CLK_TCK"),
    }


async def measure(
    url: str, pid: int | None, choices: Choices, **settings: Any
) -> tuple[Answers, list[dict[str, float]]]:
    """`ask` after `warm_up`, and what the process looked like each second meanwhile."""
    await warm_up(url, choices)
    asking = asyncio.create_task(ask(url, choices, **settings))
    seen = await _watched(pid, asking)
    return await asking, seen


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of the values don't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, percent * len(ordered) // 100)]


def report(answers: Answers, seen: Sequence[dict[str, float]]) -> None:
    """Print a line per page, one for all, and what the process took."""
    print(f"{'page':<26}{'answers':>9}{'p50 s':>9}{'p95 s':>9}{'longest s':>11}")
    for name, waits in [*sorted(answers.waits.items()), ("all", answers.all_waits)]:
        if waits:
            print(
                f"{name:<26}{len(waits):>9}{statistics.median(waits):>9.2f}"
                f"{percentile(waits, 95):>9.2f}{max(waits):>11.2f}"
            )
    count = len(answers.all_waits)
    print(
        f"{count / answers.seconds:.2f} interactions a second, "
        f"{answers.exceptions.total()} exceptions"
    )
    if seen:
        used = seen[-1]["processor"] - seen[0]["processor"]
        print(
            f"memory {max(one['memory'] for one in seen):.0f} MiB at most, "
            f"{seen[-1]['memory']:.0f} MiB at the end; "
            f"{max(one['threads'] for one in seen):.0f} threads at most; "
            f"processor {1000 * used / max(1, count):.0f} ms an interaction"
        )
    for exception, times in answers.exceptions.most_common():
        print(f"  {times} × {exception}")


@contextmanager
def _server(path: Path, url: str | None, pid: int | None) -> Iterator[tuple[str, int | None]]:
    if url is None:
        with serving(path) as served:
            yield served
    else:
        yield url.rstrip("/"), pid


def main() -> None:
    """Measure the modes that are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--study", type=Path, default=DEMO, help="study file (the one in data/)")
    parser.add_argument("--mode", choices=PAUSES, action="append", help="may be given repeatedly")
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--url", help="of a running app that shows this study")
    parser.add_argument("--pid", type=int, help="process of that app, to watch")
    arguments = parser.parse_args()
    choices = Choices.of(arguments.study)
    for mode in arguments.mode or ("without-pause", "thinking"):
        low, high = PAUSES[mode]
        print(
            f"{choices.study}: {arguments.sessions} sessions, {arguments.seconds:g} s, "
            f"pauses of {low:g} to {high:g} s"
        )
        with _server(arguments.study, arguments.url, arguments.pid) as (url, pid):
            report(
                *asyncio.run(
                    measure(
                        url,
                        pid,
                        choices,
                        sessions=arguments.sessions,
                        seconds=arguments.seconds,
                        pause=(low, high),
                    )
                )
            )


if __name__ == "__main__":
    main()
