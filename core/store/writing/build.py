"""One complete, verified study file from finished shards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from core.files import flush
from core.store.connection import connect
from core.store.rows import StudyContents
from core.store.writing.errors import PublishError
from core.store.writing.tables import create_study, fill_rollups
from core.store.writing.verify import verify


def build_study_file(
    contents: StudyContents,
    path: Path,
    *,
    published_at: datetime,
    on_model: Callable[[str], None] | None = None,
) -> None:
    """Write one complete, verified study file, replacing what stands at `path`.

    Raises:
        PublishError: as `publish`; `path` is left as it was.
    """
    building = path.with_name(f".building-{path.name}")
    with _removing(building), explaining(path):
        with duckdb.connect(str(building)) as connection:
            create_study(connection, contents, published_at=published_at)
            for model_id, model in enumerate(contents.models):
                _insert_model(connection, contents, model_id)
                if on_model is not None:
                    on_model(model.name)
            fill_rollups(connection)
            connection.execute("CHECKPOINT")
        with connect(building) as connection:
            verify(connection, contents)
        flush(building)
        building.replace(path)
        flush(path.parent)


def _insert_model(
    connection: duckdb.DuckDBPyConnection, contents: StudyContents, model_id: int
) -> None:
    """All rows of one model; models come in id order, so the table is sorted by all three ids."""
    model = contents.models[model_id]
    files = []
    for condition_id, condition in enumerate(contents.conditions):
        path = contents.shards.get((model.name, condition.name))
        if path is None or not path.is_file():
            raise PublishError(
                f"model {model.name}: expected a finished shard for condition "
                f"{condition.name}, found none; evaluate the study first."
            )
        files.append({"condition_id": condition_id, "file": str(path)})
    connection.register("shard_files", pl.DataFrame(files).to_arrow())
    connection.execute(
        """
        INSERT INTO sample_metrics BY NAME
        SELECT $model_id AS model_id, f.condition_id, s.* EXCLUDE (filename)
        FROM read_parquet($files, filename = true) s
        JOIN shard_files f ON f.file = s.filename
        ORDER BY f.condition_id, s.sample_id
        """,
        {"model_id": model_id, "files": [row["file"] for row in files]},
    )
    connection.unregister("shard_files")


@contextmanager
def _removing(building: Path) -> Iterator[None]:
    """Leave nothing half-built behind, from this run or a killed one."""
    leftovers = (building, building.with_name(f"{building.name}.wal"))
    for path in leftovers:
        path.unlink(missing_ok=True)
    try:
        yield
    finally:
        for path in leftovers:
            path.unlink(missing_ok=True)


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Say in one sentence what kept a study file from being written."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        raise PublishError(
            f"{path.name} could not be written ({str(error).splitlines()[0].rstrip('.')}); "
            "what was published before is unchanged."
        ) from error
