"""Write a study's tables as Parquet: `python -m pipelines.export STUDY --parquet DIR`.

The folder is a data set of its own: one file a table, and README.md, the card that says what is in
it. It appears when it is whole; no more than a batch of rows is in memory.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.store.connection import connect
from core.store.queries import study as study_queries
from core.store.writing.data_card import MARK, data_card
from core.store.writing.parquet import write_tables
from pipelines.cli import explain_mistakes
from pipelines.progress import CONSOLE
from pipelines.published import published_file, published_parser, whole_folder

CARD = "README.md"
_MEMORY = "256MB"


def export_parquet(study: Path, folder: Path) -> int:
    """Write all tables and the card.

    Args:
        study: file of a published study.
        folder: made, or replaced where this command has written it.

    Returns:
        Bytes written.

    Raises:
        StudyError: the file is no study.
        PipelineError: something else stands in the folder.
    """
    with (
        connect(study.resolve(), memory_limit=_MEMORY) as connection,
        whole_folder(folder, marker=CARD, of=MARK) as made,
    ):
        tables = write_tables(
            connection, made, on_table=lambda name: CONSOLE.print(f"{name}: done")
        )
        rows = {table.name: table.rows for table in tables}
        counts = {
            "test samples": rows["samples"],
            "classes": rows["classes"],
            "models": rows["models"],
            "conditions": rows["conditions"],
            "predictions": rows["sample_metrics"],
        }
        about = study_queries.study(connection).row(0, named=True)
        command = f"python -m pipelines.export {study.name} --parquet DIR"
        (made / CARD).write_text(
            data_card(about, tables, counts, made_by=command), encoding="utf-8"
        )
    return sum(table.size for table in tables)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0, or 2 for a mistake that the user can mend."""
    parser = published_parser(
        "pipelines.export", "Write the tables of a published study as Parquet files."
    )
    parser.add_argument("--parquet", type=Path, required=True, metavar="DIR", help="the folder")
    options = parser.parse_args(arguments)
    return explain_mistakes(lambda: _export(options), debug=options.debug)


def _export(options: argparse.Namespace) -> None:
    size = export_parquet(published_file(options.study, options.published), options.parquet)
    CONSOLE.print(f"{options.parquet}: {size / 1e6:,.1f} MB", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
