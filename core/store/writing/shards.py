"""One finished (model, condition) pair as one Parquet file.

A shard is written under a temporary name and renamed when it is whole, so that a
shard that exists is finished: the unit of resuming, and of spreading a study over
machines. Its fingerprint says what it was computed from; a shard of another
fingerprint is stale and is computed again. Its digests cover its rows and all that is
noted beside them: a bit that flips on the disk is found before it is published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.files import replacing
from core.stats.neural_collapse import NeuralCollapse
from core.store.rows import ClassifierRows
from core.store.writing.rows_digest import RowsDigest

FINGERPRINT = b"prunescope.fingerprint"
CLASSIFIER = b"prunescope.classifier"
CHANGE = b"prunescope.mean_absolute_change"
COLLAPSE = b"prunescope.neural_collapse"
ROWS_DIGEST = b"prunescope.rows_sha256"
NOTES_DIGEST = b"prunescope.notes_sha256"
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
    """Rows for `ShardWriter.append` from arrays of N samples; what is no finite float32 is NULL.

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
    with np.errstate(over="ignore"):
        stored = values.astype(np.float32)
    return pa.array(stored, mask=~np.isfinite(stored))


def shard_path(folder: Path, model: str, condition: str) -> Path:
    """Where the shard of a pair lies in a study's shard folder."""
    return folder / model / f"{condition}.parquet"


class ShardWriter:
    """Appends batches to a shard that is not finished yet."""

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema
        self._digest = RowsDigest(schema)
        self.notes: dict[bytes, bytes] = {}

    def append(self, rows: pa.Table) -> None:
        """Add rows in sample order; columns as in `shard_schema`."""
        rows = rows.cast(self._schema)
        self._digest.add(rows)
        self._writer.write_table(rows)

    def note_change(self, mean_absolute_change: float) -> None:
        """Keep how far the condition moved the images: `conditions.mean_absolute_change`."""
        self.notes[CHANGE] = repr(mean_absolute_change).encode()

    def note_collapse(self, measures: NeuralCollapse) -> None:
        """Keep how far the features collapsed: table `neural_collapse`."""
        self.notes[COLLAPSE] = json.dumps(asdict(measures)).encode()

    def finish(self) -> None:
        """Write the notes and the digests."""
        self.notes[ROWS_DIGEST] = self._digest.hexdigest().encode()
        self.notes[NOTES_DIGEST] = notes_digest(self.notes).encode()
        self._writer.add_key_value_metadata(self.notes)


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
    schema = shard_schema(len(classifier.biases))
    with (
        replacing(path) as partial,
        pq.ParquetWriter(partial, schema, compression="zstd") as writer,
    ):
        shard = ShardWriter(writer, schema)
        shard.notes[FINGERPRINT] = fingerprint.encode()
        shard.notes[CLASSIFIER] = json.dumps(asdict(classifier)).encode()
        yield shard
        shard.finish()


def notes_digest(notes: Mapping[bytes, bytes]) -> str:
    """SHA-256 over what is noted in a shard, the digest of its rows among it."""
    ours = {
        key: value
        for key, value in notes.items()
        if key.startswith(b"prunescope.") and key != NOTES_DIGEST
    }
    return hashlib.sha256(repr(sorted(ours.items())).encode()).hexdigest()


def shard_classifier(path: Path) -> ClassifierRows:
    """The last layer of the model of a finished shard."""
    return ClassifierRows(**_tuples(json.loads(_notes(path)[CLASSIFIER])))


def _tuples(value: Any) -> Any:
    """Lists of a JSON value as tuples."""
    if isinstance(value, dict):
        return {name: _tuples(one) for name, one in value.items()}
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def shard_change(path: Path) -> float | None:
    """How far the images of a finished shard moved, None where it was not noted."""
    notes = _notes(path)
    return float(notes[CHANGE]) if CHANGE in notes else None


def shard_collapse(path: Path) -> NeuralCollapse | None:
    """How far the features of a finished shard collapsed, None where it was not noted."""
    notes = _notes(path)
    return NeuralCollapse(**json.loads(notes[COLLAPSE])) if COLLAPSE in notes else None


def shard_rows_digest(path: Path) -> str:
    """What `RowsDigest` of the rows of a finished shard was when they were measured."""
    return _notes(path)[ROWS_DIGEST].decode()


def shard_rows_are_whole(path: Path) -> bool:
    """Whether the rows of a finished shard are those that were measured; reads them all."""
    try:
        rows = pq.read_table(path)
        digest = RowsDigest(rows.schema)
        digest.add(rows)
        return digest.hexdigest() == shard_rows_digest(path)
    except (pa.ArrowException, OSError, KeyError):
        return False


def _notes(path: Path) -> dict[bytes, bytes]:
    return pq.read_metadata(path).metadata or {}


def shard_state(path: Path, *, fingerprint: str, sample_count: int) -> ShardState:
    """Whether a shard can be used as it is.

    A Parquet file ends with its own table of contents, so a truncated one is known
    without reading its rows; these are compared with their digest when they are published.
    """
    if not path.exists():
        return ShardState("missing")
    try:
        with pq.ParquetFile(path) as file:
            metadata = file.metadata
            notes = metadata.metadata or {}
            rows = metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        return ShardState(
            "damaged", f"{path} is not a whole Parquet file ({error})".splitlines()[0]
        )
    if notes.get(FINGERPRINT) != fingerprint.encode():
        return ShardState("stale")
    if notes.get(NOTES_DIGEST) != notes_digest(notes).encode():
        return ShardState("damaged", f"{path} does not have the notes that were written")
    if rows != sample_count:
        return ShardState("damaged", f"{path} has {rows} rows, expected {sample_count}")
    return ShardState("finished")
