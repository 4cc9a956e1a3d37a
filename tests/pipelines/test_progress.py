"""Progress off a terminal: lines now and then, with what is left."""

import pytest

from pipelines import progress as module
from pipelines.progress import StageReport, progress


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([10.0, 10.0], []),
        (
            [31.0, 31.0],
            ["work: 1 of 4 (25 %), about 2 min left", "second: 2 of 4 (50 %), about 1 min left"],
        ),
        ([40_000.0], ["work: 1 of 4 (25 %), about 33.3 h left"]),
    ],
)
def test_off_a_terminal_progress_is_lines(monkeypatch, capsys, steps, expected):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    with progress("work", total=4) as advance:
        for number, seconds in enumerate(steps):
            now[0] += seconds
            advance(1, description="second" if number else None)
    assert capsys.readouterr().out.splitlines() == expected


def test_what_could_not_be_made_is_counted():
    report = StageReport("prune", "pruned models", done=2, kept=3, refusals=["a"])
    assert report.sentence() == (
        "prune: 2 pruned models, 3 were finished before, 1 could not be made."
    )
