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
from pipelines.interrupts import INTERRUPTED, STOPPED
from pipelines.progress import CONSOLE, StageReport
from pipelines.workspace.lock import command_name, locked
from pipelines.workspace.workspace import Workspace

FAULT = 1
USAGE_ERROR = 2


def study_parser(
    description: str,
    *,
    writes: bool = True,
    metavar: str = "STUDY.toml",
    about: str = "the study file",
) -> argparse.ArgumentParser:
    """A parser with the arguments of every command on a study.

    Args:
        description: of the command.
        writes: whether it changes the study's work, which one command at a time may.
        metavar: what its first argument is called.
        about: what its first argument is.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("study", type=Path, metavar=metavar, help=about)
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), help="folder of unfinished and finished work"
    )
    parser.add_argument(
        "--published", type=Path, default=Path("data"), help="folder of study files for the app"
    )
    if writes:
        parser.add_argument(
            "--no-wait",
            action="store_true",
            help="end at once where another command works on the study",
        )
    add_debug(parser)
    return parser


def add_debug(parser: argparse.ArgumentParser) -> None:
    """The flag that every command has."""
    parser.add_argument(
        "--debug", action="store_true", help="show the traceback of whatever goes wrong"
    )


def check_fraction(flag: str, value: float | None) -> None:
    """See that a stated number is a fraction.

    Raises:
        PipelineError: it is outside 0..1, or no number.
    """
    if value is not None and not 0 <= value <= 1:
        raise PipelineError(f"{flag}: expected a fraction in 0..1, found {value}.")


def check_seed(flag: str, value: int | None) -> None:
    """See that a stated seed fits into a study file.

    Raises:
        PipelineError: it is negative, or 2^63 or more.
    """
    if value is not None and not 0 <= value < 2**63:
        raise PipelineError(f"{flag}: expected a seed from 0 to 2^63 - 1, found {str(value)[:40]}.")


def stage_parser(description: str, *, writes: bool = True) -> argparse.ArgumentParser:
    """A parser with the arguments of every stage; `writes` as in `study_parser`."""
    parser = study_parser(description, writes=writes)
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
    return work_on_study(stage_parser(description).parse_args(arguments), work)


def work_on_study(options: argparse.Namespace, work: Callable[[Workspace], object]) -> int:
    """Open the workspace that the arguments name, for this command alone, and work; the exit code.

    Another command that works on the study is waited for, or with `--no-wait` named.
    """

    def run() -> object:
        workspace = open_workspace(options)
        with locked(workspace.root, command=command_name(), wait=not options.no_wait):
            return work(workspace)

    return explain_mistakes(run, debug=options.debug)


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
    except OSError as error:
        if debug:
            traceback.print_exc()
        where = f"{error.filename}: " if error.filename else ""
        print(
            f"{where}expected a file or folder to read and write, found: "
            f"{error.strerror or first_line(error)}.",
            file=sys.stderr,
        )
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
        CONSOLE.print(STOPPED)
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
