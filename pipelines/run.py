"""Do a whole study: train, prune, evaluate, publish; what is finished is not done again."""

from __future__ import annotations

import sys

from rich.table import Table

from core.store.connection import connect, query
from pipelines.cli import run_stage
from pipelines.evaluate import evaluate_study
from pipelines.progress import CONSOLE, StageReport
from pipelines.prune import prune_study
from pipelines.publish import publish_study
from pipelines.train import train_study
from pipelines.workspace.workspace import Workspace

_SUMMARY = """
SELECT m.name AS model, m.sparsity,
       avg(a.accuracy) FILTER (a.severity = 0) AS clean,
       avg(a.accuracy) FILTER (a.severity > 0) AS corrupted
FROM accuracy a JOIN models m ON m.name = a.model
GROUP BY m.model_id, m.name, m.sparsity
ORDER BY m.model_id
"""


def run_study(workspace: Workspace) -> StageReport:
    """All stages in turn, and a table of what came out; the report on what could not be made."""
    reports = [
        stage(workspace) for stage in (train_study, prune_study, evaluate_study, publish_study)
    ]
    if not any(report.done for report in reports):
        CONSOLE.print(f"The study {workspace.study.name} was finished: nothing was done again.")
    CONSOLE.print(_summary(workspace))
    return next((report for report in reports if report.refusals), reports[-1])


def _summary(workspace: Workspace) -> Table:
    """Clean and mean corrupted accuracy of every model, read from the published file."""
    table = Table(title=workspace.study.title)
    table.add_column("model", overflow="fold")
    for heading in ("sparsity", "clean accuracy", "corrupted accuracy"):
        table.add_column(heading, justify="right")
    pointer = workspace.published / f"{workspace.study.name}.duckdb"
    with connect(pointer.resolve()) as connection:
        rows = query(connection, _SUMMARY)
    for row in rows.iter_rows(named=True):
        corrupted = row["corrupted"]
        table.add_row(
            row["model"],
            f"{100 * row['sparsity']:.1f} %",
            f"{100 * row['clean']:.1f} %",
            "" if corrupted is None else f"{100 * corrupted:.1f} %",
        )
    return table


if __name__ == "__main__":
    sys.exit(run_stage(__doc__ or "", run_study))
