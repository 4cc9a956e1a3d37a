"""Write a study as one page: `python -m pipelines.report STUDY --output DIR`.

The page (index.html) needs no network and no browser to be made: figures of the app, their numbers
as tables, and how each was made. Beside it, figures as SVG, PDF and Vega-Lite, tables as CSV and
LaTeX.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from core.report.writing import PAGE, write_report
from pipelines.cli import explain_mistakes
from pipelines.progress import CONSOLE
from pipelines.published import published_file, published_parser, whole_folder

_MARK = 'content="prunescope report"'


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0, or 2 for a mistake that the user can mend."""
    parser = published_parser("pipelines.report", "Write a published study as one page.")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the folder")
    parser.add_argument("--reference", help="model that others are compared with; the first dense")
    parser.add_argument("--compared", help="further model in figure 10; the most pruned unharmed")
    options = parser.parse_args(arguments)
    return explain_mistakes(lambda: _report(options), debug=options.debug)


def _report(options: argparse.Namespace) -> None:
    study = published_file(options.study, options.published)
    named = {"--reference": options.reference, "--compared": options.compared}
    given = [part for name, value in named.items() if value for part in (name, value)]
    command = shlex.join(
        ["python", "-m", "pipelines.report", study.name, *given, "--output", "DIR"]
    )
    with whole_folder(options.output, marker=PAGE, of=_MARK) as folder:
        write_report(
            study,
            folder,
            reference=options.reference,
            compared=options.compared,
            made_by=command,
            on_section=lambda title: CONSOLE.print(f"{title}: done"),
        )
    CONSOLE.print(f"{options.output / PAGE}", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
