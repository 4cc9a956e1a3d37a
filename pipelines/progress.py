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
            return (
                f"{self.stage}: {self.done} {self.unit}{kept}, {len(self.refusals)} could not be."
            )
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
    """A bar with the time left, on a terminal; the block calls `advance(count)`."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=CONSOLE, disable=not CONSOLE.is_terminal) as bar:
        task = bar.add_task(description, total=total)

        def advance(count: int = 1, *, description: str | None = None) -> None:
            bar.update(task, advance=count, description=description)

        yield advance
