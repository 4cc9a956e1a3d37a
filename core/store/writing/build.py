"""One complete, verified study file from finished shards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from core.store.connection import SCHEMA_VERSION, StudyError, connect
from core.store.rows import StudyContents
from core.store.writing.shards import angle_count

_SCHEMA = Path(__file__).parents[1]


class PublishError(StudyError):
    """A study that could not be published; what was served before still is."""


def schema_fingerprint() -> str:
    """SHA-256 over the texts that make a study file: another schema is another file."""
    texts = [(_SCHEMA / name).read_bytes() for name in ("schema.sql", "rollups.sql")]
    return hashlib.sha256(b"".join(texts)).hexdigest()


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
    with _removing(building), _explaining(path):
        with duckdb.connect(str(building)) as connection:
            _create_tables(connection, contents, published_at)
            for model_id, model in enumerate(contents.models):
                _insert_model(connection, contents, model_id)
                if on_model is not None:
                    on_model(model.name)
            connection.execute((_SCHEMA / "rollups.sql").read_text())
            connection.execute("CHECKPOINT")
        with connect(building) as connection:
            _verify(connection, contents)
        building.replace(path)


def _create_tables(
    connection: duckdb.DuckDBPyConnection, contents: StudyContents, published_at: datetime
) -> None:
    schema = (_SCHEMA / "schema.sql").read_text()
    classes = len(contents.class_names)
    connection.execute(schema.replace("{angle_count}", str(angle_count(classes))))
    study = {
        "schema_version": SCHEMA_VERSION,
        **asdict(contents.study),
        "content_sha256": contents.fingerprint,
        "published_at": published_at,
    }
    _insert(connection, "study", [study])
    _insert(
        connection,
        "classes",
        [{"class_id": i, "name": name} for i, name in enumerate(contents.class_names)],
    )
    _insert_frame(connection, "samples", contents.samples.sort("sample_id"))
    _insert(
        connection,
        "models",
        [{"model_id": i, **asdict(model)} for i, model in enumerate(contents.models)],
    )
    _insert(
        connection,
        "layers",
        [
            {"model_id": i, "layer": j, **asdict(layer)}
            for i, model in enumerate(contents.models)
            for j, layer in enumerate(contents.layers.get(model.name, ()))
        ],
    )
    _insert(
        connection,
        "conditions",
        [{"condition_id": i, **asdict(row)} for i, row in enumerate(contents.conditions)],
    )


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[dict[str, Any]]
) -> None:
    if rows:
        _insert_frame(connection, table, pl.DataFrame(rows, infer_schema_length=None))


def _insert_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")


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


def _verify(connection: duckdb.DuckDBPyConnection, contents: StudyContents) -> None:
    """Every pair holds every sample once, with its label, in the order that makes it fast.

    The file has just been written, so row ids count from 0: each row's place is known.
    """
    wrong = connection.execute(
        """
        WITH ranked AS (
            SELECT sample_id, label, row_number() OVER (ORDER BY sample_id) - 1 AS rank,
                   count(*) OVER () AS samples
            FROM samples
        ),
        found AS (
            SELECT model_id, condition_id, count(*) AS rows
            FROM sample_metrics m JOIN ranked s USING (sample_id, label)
            WHERE m.rowid = (model_id::BIGINT * $conditions + condition_id) * samples + rank
            GROUP BY model_id, condition_id
        )
        SELECT models.name, conditions.name, coalesce(found.rows, 0)
        FROM models CROSS JOIN conditions
        LEFT JOIN found USING (model_id, condition_id)
        WHERE coalesce(found.rows, 0) <> $expected
        ORDER BY model_id, condition_id
        LIMIT 1
        """,
        {"expected": contents.samples.height, "conditions": len(contents.conditions)},
    ).fetchall()
    if wrong:
        model, condition, found = wrong[0]
        raise PublishError(
            f"model {model}, condition {condition}: expected the study's "
            f"{contents.samples.height} samples with their labels, found {found} of them."
        )


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
def _explaining(path: Path) -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, OSError) as error:
        raise PublishError(
            f"{path.name} could not be written ({str(error).splitlines()[0].rstrip('.')}); "
            "what was published before is unchanged."
        ) from error
