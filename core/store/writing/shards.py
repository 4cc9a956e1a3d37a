"""One finished (model, condition) pair as one Parquet file.

A shard is written under a temporary name and renamed when it is whole, so that a
shard that exists is finished: the unit of resuming, and of spreading a study over
machines. Its fingerprint says what it was computed from; a shard of another
fingerprint is stale and is computed again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.stats.neural_collapse import NeuralCollapse
from core.store.rows import ClassifierRows

FINGERPRINT = b"prunescope.fingerprint"
CLASSIFIER = b"prunescope.classifier"
CHANGE = b"prunescope.mean_absolute_change"
COLLAPSE = b"prunescope.neural_collapse"
MAX_CLASSES_WITH_ALL_ANGLES = 100
NEAREST_ANGLES = 10


@dataclass(frozen=True)
class ShardState:
    """What is known of a shard: `finished`, `missing`, `stale` or `damaged`, and why."""

    status: str
    reason: str = ""


def angle_count(class_count: int) -> int:
    """Angles stored with each row: all, or the nearest 10 beyond 100 classes."""
    return class_count if class_count <= MAX_CLASSES_WITH_ALL_ANGLES else NEAREST_ANGLES


def shard_schema(class_count: int) -> pa.Schema:
    """Columns of a shard: `sample_metrics` of schema.sql without the two ids of the pair."""
    angles = angle_count(class_count)
    return pa.schema(
        [
            ("sample_id", pa.int32()),
            ("label", pa.uint16()),
            ("prediction", pa.uint16()),
            ("correct", pa.bool_()),
            ("confidence", pa.float32()),
            ("true_probability", pa.float32()),
            ("length", pa.float32()),
            ("angle", pa.float32()),
            ("margin", pa.float32()),
            ("angles", pa.list_(pa.float32(), angles)),
            ("angle_classes", pa.list_(pa.uint16(), angles)),
        ]
    )


def shard_rows(
    *,
    sample_ids: NDArray[np.integer[Any]],
    labels: NDArray[np.integer[Any]],
    prediction: NDArray[np.integer[Any]],
    confidence: NDArray[np.floating[Any]],
    true_probability: NDArray[np.floating[Any]],
    length: NDArray[np.floating[Any]],
    margin: NDArray[np.floating[Any]],
    angles: NDArray[np.floating[Any]],
) -> pa.Table:
    """Rows for `ShardWriter.append` from arrays of N samples, NaN as NULL.

    Args:
        sample_ids: (N,).
        labels: (N,).
        prediction: (N,).
        confidence: (N,) softmax probability of the prediction.
        true_probability: (N,) softmax probability of the true class.
        length: (N,).
        margin: (N,).
        angles: (N, C) degrees to every class direction; beyond 100 classes the nearest 10
            are kept, with their classes, undefined ones last.
    """
    rows = np.arange(len(labels))
    own = angles[rows, labels]
    classes = None
    if angles.shape[1] > MAX_CLASSES_WITH_ALL_ANGLES:
        # argsort puts NaN last, and is stable: equal angles come in class order
        classes = np.argsort(angles, axis=1, kind="stable")[:, :NEAREST_ANGLES]
        angles = np.take_along_axis(angles, classes, axis=1)
    width = angles.shape[1]
    nothing = pa.nulls(len(labels), pa.list_(pa.uint16(), width))
    return pa.table(
        {
            "sample_id": sample_ids.astype(np.int32),
            "label": labels.astype(np.uint16),
            "prediction": prediction.astype(np.uint16),
            "correct": prediction == labels,
            "confidence": _nullable(confidence),
            "true_probability": _nullable(true_probability),
            "length": _nullable(length),
            "angle": _nullable(own),
            "margin": _nullable(margin),
            "angles": pa.FixedSizeListArray.from_arrays(_nullable(angles.ravel()), width),
            "angle_classes": nothing
            if classes is None
            else pa.FixedSizeListArray.from_arrays(classes.astype(np.uint16).ravel(), width),
        }
    )


def _nullable(values: NDArray[np.floating[Any]]) -> pa.Array:
    return pa.array(values.astype(np.float32), mask=np.isnan(values))


def shard_path(folder: Path, model: str, condition: str) -> Path:
    """Where the shard of a pair lies in a study's shard folder."""
    return folder / model / f"{condition}.parquet"


class ShardWriter:
    """Appends batches to a shard that is not finished yet."""

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def append(self, rows: pa.Table) -> None:
        """Add rows in sample order; columns as in `shard_schema`."""
        self._writer.write_table(rows.cast(self._schema))

    def note_change(self, mean_absolute_change: float) -> None:
        """Keep how far the condition moved the images: `conditions.mean_absolute_change`."""
        self._writer.add_key_value_metadata({CHANGE: repr(mean_absolute_change)})

    def note_collapse(self, measures: NeuralCollapse) -> None:
        """Keep how far the features collapsed: table `neural_collapse`."""
        self._writer.add_key_value_metadata({COLLAPSE: json.dumps(asdict(measures))})


@contextmanager
def write_shard(
    path: Path, *, classifier: ClassifierRows, fingerprint: str
) -> Iterator[ShardWriter]:
    """Write a shard; it appears under its name when the block ends without an error.

    Args:
        path: of the shard.
        classifier: the model's last layer, kept beside the rows: logits follow from both.
        fingerprint: of what the rows are computed from.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {FINGERPRINT: fingerprint, CLASSIFIER: json.dumps(asdict(classifier))}
    schema = shard_schema(len(classifier.biases)).with_metadata(metadata)
    partial = path.with_suffix(".partial")
    try:
        with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
            yield ShardWriter(writer, schema)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def shard_classifier(path: Path) -> ClassifierRows:
    """The last layer of the model of a finished shard."""
    metadata = pq.read_schema(path).metadata
    return ClassifierRows(**_tuples(json.loads(metadata[CLASSIFIER])))


def _tuples(value: Any) -> Any:
    """Lists of a JSON value as tuples."""
    if isinstance(value, dict):
        return {name: _tuples(one) for name, one in value.items()}
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def shard_change(path: Path) -> float | None:
    """How far the images of a finished shard moved, None where it was not noted."""
    metadata = pq.read_metadata(path).metadata or {}
    return float(metadata[CHANGE]) if CHANGE in metadata else None


def shard_collapse(path: Path) -> NeuralCollapse | None:
    """How far the features of a finished shard collapsed, None where it was not noted."""
    metadata = pq.read_metadata(path).metadata or {}
    return NeuralCollapse(**json.loads(metadata[COLLAPSE])) if COLLAPSE in metadata else None


def shard_state(path: Path, *, fingerprint: str, sample_count: int) -> ShardState:
    """Whether a shard can be used as it is.

    A Parquet file ends with its own table of contents, so a truncated one is known
    without reading its rows.
    """
    if not path.exists():
        return ShardState("missing")
    try:
        with pq.ParquetFile(path) as file:
            metadata = file.metadata
            found = (metadata.metadata or {}).get(FINGERPRINT, b"").decode()
            rows = metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        return ShardState(
            "damaged", f"{path} is not a whole Parquet file ({error})".splitlines()[0]
        )
    if found != fingerprint:
        return ShardState("stale")
    if rows != sample_count:
        return ShardState("damaged", f"{path} has {rows} rows, expected {sample_count}")
    return ShardState("finished")
