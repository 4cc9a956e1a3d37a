"""The tables of a study file: made empty, filled from rows, summed up in rollups.

Everything that writes a study goes through here, also the made-up studies of tests and
benchmarks: the columns of a table are spelled in schema.sql and rows.py only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from core.store.connection import SCHEMA_VERSION, Connection
from core.store.rows import ATTRIBUTION, ClassifierRows, StudyContents
from core.store.series import model_series
from core.store.writing.shards import angle_count

_SCHEMA = Path(__file__).parents[1]


def schema_fingerprint() -> str:
    """SHA-256 over the texts that make a study file: another schema is another file."""
    texts = [(_SCHEMA / name).read_bytes() for name in ("schema.sql", "rollups.sql")]
    return hashlib.sha256(b"".join(texts)).hexdigest()


def create_study(
    connection: Connection, contents: StudyContents, *, published_at: datetime
) -> None:
    """Make all tables in an empty file and fill those that are not per sample.

    Ids count from 0 in the order of `contents`. `contents.shards` is not read:
    sample_metrics stays empty, to be filled in the order (model, condition, sample).
    """
    schema = (_SCHEMA / "schema.sql").read_text()
    classes = len(contents.class_names)
    connection.execute(schema.replace("{angle_count}", str(angle_count(classes))))
    study = {
        "schema_version": SCHEMA_VERSION,
        **asdict(contents.study),
        "content_sha256": contents.fingerprint,
        "published_at": published_at,
    }
    insert_rows(connection, "study", [study])
    insert_rows(
        connection,
        "classes",
        [{"class_id": i, "name": name} for i, name in enumerate(contents.class_names)],
    )
    insert_frame(connection, "samples", contents.samples.sort("sample_id"))
    insert_rows(
        connection,
        "models",
        [
            {"model_id": i, **asdict(model), "series": series, "series_label": label}
            for i, (model, (series, label)) in enumerate(
                zip(contents.models, model_series(contents.models), strict=True)
            )
        ],
    )
    for i, model in enumerate(contents.models):
        if model.name in contents.classifiers:
            last_layer = contents.classifiers[model.name]
            insert_frame(connection, "classifier", _classifier(i, last_layer))
            if last_layer.cosines is not None:
                insert_frame(connection, "class_cosines", _cosines(i, last_layer))
    insert_rows(
        connection,
        "layers",
        [
            {"model_id": i, "layer": j, **asdict(layer)}
            for i, model in enumerate(contents.models)
            for j, layer in enumerate(contents.layers.get(model.name, ()))
        ],
    )
    insert_rows(
        connection,
        "conditions",
        [{"condition_id": i, **asdict(row)} for i, row in enumerate(contents.conditions)],
    )
    insert_rows(
        connection,
        "neural_collapse",
        [
            {"model_id": i, "condition_id": j, **asdict(contents.collapse[model.name, row.name])}
            for i, model in enumerate(contents.models)
            for j, row in enumerate(contents.conditions)
            if (model.name, row.name) in contents.collapse
        ],
    )
    condition_ids = {row.name: i for i, row in enumerate(contents.conditions)}
    condition_id = pl.col("condition").replace_strict(condition_ids, return_dtype=pl.UInt16)
    images = contents.corrupted_images.with_columns(condition_id=condition_id).drop("condition")
    insert_frame(connection, "corrupted_images", images.sort("condition_id", "sample_id"))
    model_ids = {model.name: i for i, model in enumerate(contents.models)}
    model_id = pl.col("model").replace_strict(model_ids, return_dtype=pl.UInt16)
    maps = contents.attributions.select(
        model_id.alias("model_id"), condition_id.alias("condition_id"), *ATTRIBUTION
    )
    insert_frame(
        connection, "attribution", maps.sort("model_id", "condition_id", "sample_id", "metric")
    )


def drawing_order(sample_ids: pl.Series) -> list[int]:
    """Samples in the order in which charts take some of many: by their hash with seed 0."""
    with duckdb.connect(":memory:") as connection:
        connection.register("incoming", pl.DataFrame({"sample_id": sample_ids}).to_arrow())
        sql = "SELECT sample_id::INTEGER AS id FROM incoming ORDER BY hash(id, $seed), id"
        return [one for (one,) in connection.execute(sql, {"seed": 0}).fetchall()]


def _classifier(model_id: int, rows: ClassifierRows) -> pl.DataFrame:
    classes = len(rows.biases)
    weights = [None] * classes if rows.weights is None else [list(row) for row in rows.weights]
    return pl.DataFrame(
        {
            "class_id": range(classes),
            "weight_norm": rows.weight_norms,
            "bias": rows.biases,
            "weight": pl.Series(weights, dtype=pl.List(pl.Float64)),
        }
    ).with_columns(model_id=model_id)


def _cosines(model_id: int, rows: ClassifierRows) -> pl.DataFrame:
    pairs = list(combinations(range(len(rows.biases)), 2))
    return pl.DataFrame(
        {
            "class_id": [one for one, _ in pairs],
            "other_id": [other for _, other in pairs],
            "cosine": pl.Series(rows.cosines, dtype=pl.Float64),
        }
    ).with_columns(model_id=model_id)


def insert_rows(connection: Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows to a table, each a mapping from column to value; left-out columns are NULL."""
    if rows:
        insert_frame(connection, table, pl.DataFrame(rows, infer_schema_length=None))


def insert_frame(connection: Connection, table: str, frame: pl.DataFrame) -> None:
    """Add a frame's rows to a table, by column name; left-out columns are NULL."""
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")


def fill_rollups(connection: Connection) -> None:
    """Fill the rollup tables from sample_metrics, which must be complete."""
    connection.execute((_SCHEMA / "rollups.sql").read_text())
