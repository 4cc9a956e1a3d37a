"""The command line that all stages share."""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from core.errors import UserError, first_line
from pipelines.errors import PipelineError
from pipelines.progress import CONSOLE, StageReport
from pipelines.workspace.workspace import Workspace

FAULT = 1
USAGE_ERROR = 2
INTERRUPTED = 130


def study_parser(description: str) -> argparse.ArgumentParser:
    """A parser with the arguments of every command that works on a study."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("study", type=Path, metavar="STUDY.toml", help="the study file")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), help="folder of unfinished and finished work"
    )
    parser.add_argument(
        "--published", type=Path, default=Path("data"), help="folder of study files for the app"
    )
    parser.add_argument(
        "--debug", action="store_true", help="show the traceback of whatever goes wrong"
    )
    return parser


def stage_parser(description: str) -> argparse.ArgumentParser:
    """A parser with the arguments of every stage."""
    parser = study_parser(description)
    parser.add_argument(
        "--device",
        default="auto",
        help="auto, cpu, cuda or cuda:N; auto takes a GPU if there is one",
    )
    return parser


def run_stage(
    description: str,
    work: Callable[[Workspace], object],
    arguments: list[str] | None = None,
) -> int:
    """Parse, open the workspace, work; a user's mistake becomes one sentence.

    Returns:
        Exit code: 0, 2 for a mistake that the user can mend, 1 for any other fault, 130 when
        stopped.
    """
    options = stage_parser(description).parse_args(arguments)
    return explain_mistakes(lambda: work(open_workspace(options)), debug=options.debug)


def open_workspace(options: argparse.Namespace) -> Workspace:
    """The workspace that a command's arguments name; on the CPU if they name no device."""
    return Workspace.open(
        options.study,
        runs=options.runs,
        published=options.published,
        device=_device(options.device) if "device" in options else "cpu",
    )


def explain_mistakes(work: Callable[[], object], *, debug: bool = False) -> int:
    """Run a command's work; what goes wrong is said in one sentence on stderr.

    A stage that did all but what could not be done ends as with a mistake.

    Args:
        work: the command.
        debug: print the traceback as well.
    """
    try:
        result = work()
    except UserError as error:
        if debug:
            traceback.print_exc()
        print(error, file=sys.stderr)
        return USAGE_ERROR
    except Exception as error:
        if debug:
            traceback.print_exc()
        print(
            "found a fault that nothing here expects, "
            f"{type(error).__name__}: {first_line(error)}{'' if debug else _kept_traceback()}",
            file=sys.stderr,
        )
        return FAULT
    except KeyboardInterrupt:
        CONSOLE.print("Stopped. Nothing finished is lost: run the same command again to go on.")
        return INTERRUPTED
    return USAGE_ERROR if isinstance(result, StageReport) and result.refusals else 0


def _kept_traceback() -> str:
    """Where the traceback of the present exception was written to: hours may have led to it."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="prunescope-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(traceback.format_exc())
    return f" (its traceback is in {file.name}; --debug prints it)"


def _device(name: str) -> str:
    try:
        import torch  # noqa: PLC0415  # --help must not wait for it
    except ModuleNotFoundError:
        return "cpu"  # publishing a study needs no torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    kind, _, number = name.partition(":")
    if kind not in {"cpu", "cuda"} or (number and not number.isdigit()):
        raise PipelineError(f"--device: expected auto, cpu, cuda or cuda:N, found {name!r}.")
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        raise PipelineError(
            f"--device: expected one of {torch.cuda.device_count()} GPUs, found {name!r}."
        )
    return name
