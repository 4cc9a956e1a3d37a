"""What a pipeline shows while it works, and what it says at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

LINE_SECONDS = 30.0
CONSOLE = Console(stderr=False, highlight=False)


@dataclass
class StageReport:
    """What a stage did: pieces of work done now, found finished, and sentences on what failed."""

    stage: str
    unit: str
    done: int = 0
    kept: int = 0
    duration_seconds: float = 0.0
    refusals: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """One line for the person at the terminal."""
        if self.refusals:
            kept = f", {self.kept} were finished before" if self.kept else ""
            failed = len(self.refusals)
            return f"{self.stage}: {self.done} {self.unit}{kept}, {failed} could not be made."
        if not self.done:
            return f"{self.stage}: nothing to do, all {self.kept} {self.unit} are finished."
        kept = f", {self.kept} were finished before" if self.kept else ""
        return f"{self.stage}: {self.done} {self.unit} in {self.duration_seconds:.1f} s{kept}."


@contextmanager
def stage(name: str, unit: str) -> Iterator[StageReport]:
    """Time a stage and say at its end what it did."""
    report = StageReport(name, unit)
    started = time.perf_counter()
    yield report
    report.duration_seconds = time.perf_counter() - started
    CONSOLE.print(report.sentence())


Advance = Callable[..., None]


@contextmanager
def progress(description: str, *, total: int) -> Iterator[Advance]:
    """Show how far work is; the block calls `advance(count)`.

    On a terminal a bar with the time left, elsewhere a line every LINE_SECONDS.
    """
    if not CONSOLE.is_terminal:
        yield _lines(description, total)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=CONSOLE) as bar:
        task = bar.add_task(description, total=total)

        def advance(count: int = 1, *, description: str | None = None) -> None:
            bar.update(task, advance=count, description=description)

        yield advance


def _lines(description: str, total: int) -> Advance:
    """Progress as lines of text: for logs, where a bar would be nothing or a flood."""
    started = said = time.monotonic()
    done, what = 0, description

    def advance(count: int = 1, *, description: str | None = None) -> None:
        nonlocal said, done, what
        done, what = done + count, description or what
        now = time.monotonic()
        if now - said < LINE_SECONDS or not done:
            return
        said = now
        left = (now - started) / done * max(total - done, 0)
        CONSOLE.print(
            f"{what}: {done:,} of {total:,} ({100 * done / max(total, 1):.0f} %), about "
            f"{_duration(left)} left",
            soft_wrap=True,
        )

    return advance


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
