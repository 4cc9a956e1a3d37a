"""What commands on published studies share: which file is meant, and folders written as a whole."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.cli import add_debug
from pipelines.errors import PipelineError
from pipelines.study.reader import read_study


def published_parser(module: str, description: str) -> argparse.ArgumentParser:
    """A parser with the arguments of every command that reads a published study.

    Args:
        module: name of the command's module.
        description: what it does.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m {module}",
        description=description,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "study",
        metavar="STUDY",
        help="a study file (STUDY.toml), the name of a published study, or a file (FILE.duckdb)",
    )
    parser.add_argument(
        "--published", type=Path, default=Path("data"), help="folder of published studies"
    )
    add_debug(parser)
    return parser


def published_file(study: str, published: Path) -> Path:
    """The DuckDB file that is meant.

    Args:
        study: STUDY.toml, a name or FILE.duckdb.
        published: folder of published studies.

    Raises:
        PipelineError: no such file.
    """
    given = Path(study)
    if given.suffix == ".duckdb":
        path = given
    elif given.suffix == ".toml":
        path = published / f"{read_study(given).name}.duckdb"
    else:
        path = published / f"{study}.duckdb"
    if not path.is_file():
        raise PipelineError(
            f"{study}: expected a published study, found no file {path}; publish it with "
            "python -m pipelines.publish STUDY.toml."
        )
    return path


@contextmanager
def whole_folder(target: Path, *, marker: str, of: str) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends without an error.

    Args:
        target: is made, or replaced where it is empty or was written by the same command.
        marker: name of the file by which what the same command wrote is known.
        of: what stands in its first lines.

    Raises:
        PipelineError: something else stands there.
    """
    if target.exists() and not _is_ours(target, marker, of):
        raise PipelineError(
            f"{target}: expected an empty folder or one that this command has written, found "
            "something else."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".partial-{target.name}-", dir=target.parent))
    try:
        made = scratch / "new"
        made.mkdir()
        yield made
        if target.exists():
            target.rename(scratch / "old")
        made.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _is_ours(target: Path, marker: str, of: str) -> bool:
    if not target.is_dir():
        return False
    file = target / marker
    if not file.is_file():
        return not any(target.iterdir())
    return of in file.read_text(encoding="utf-8", errors="replace")[:2000]
