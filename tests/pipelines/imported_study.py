"""A study whose features were made elsewhere: its files, its folder, and its numbers by hand."""

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors.numpy import save_file

from core.store.connection import connect, query
from core.store.writing.shards import shard_path
from pipelines import publish
from pipelines.cli import run_stage
from pipelines.import_features import main
from pipelines.study.reader import read_study
from pipelines.workspace.workspace import Workspace

CLASSES = ("ant", "bee", "cat", "dog")
STUDY = f"""
name = "elsewhere"
title = "Features from elsewhere"
[dataset]
name = "imported"
class_names = {list(CLASSES)}
"""


def made(*, samples=60, width=7, classes=4, seed=0):
    """Arrays of an import; sample 3 has a zero feature."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, samples)
    weight = random.normal(size=(classes, width)).astype(np.float32)
    features = random.normal(size=(samples, width)).astype(np.float32) + 2 * weight[labels]
    features[3] = 0
    return {
        "features": features,
        "labels": labels,
        "sample_ids": np.sort(random.choice(10 * samples, samples, replace=False)),
        "weight": weight,
        "bias": random.normal(size=classes).astype(np.float32),
    }


def write(path: Path, arrays: dict[str, np.ndarray]) -> list[str]:
    """The arrays in the format that the suffix names; the flags that name the files."""
    if path.suffix == ".npz":
        np.savez_compressed(path, **arrays)
    elif path.suffix == ".safetensors":
        save_file({key: np.ascontiguousarray(value) for key, value in arrays.items()}, path)
    else:
        classifier = path.with_name(f"{path.stem}-classifier.npz")
        np.savez(classifier, **{k: v for k, v in arrays.items() if k in {"weight", "bias"}})
        names = {
            "features": "features",
            "labels": "label",
            "sample_ids": "sample_id",
            "logits": "logits",
        }
        columns = {names[k]: arrays[k] for k in names if k in arrays}
        columns = {k: list(v) if v.ndim > 1 else v for k, v in columns.items()}
        # small row groups, so that chunks and groups do not end together
        pq.write_table(pa.table(columns), path, row_group_size=17)
        return ["--features", str(path), "--classifier", str(classifier)]
    return ["--features", str(path)]


class Place:
    """A study in a folder of its own."""

    def __init__(self, folder: Path, text: str = STUDY) -> None:
        self.folder = folder
        self.study = folder / "study.toml"
        self.study.write_text(text)

    @property
    def command(self) -> list[str]:
        folders = ("--runs", self.folder / "runs", "--published", self.folder / "data")
        return [str(self.study), *map(str, folders)]

    def bring(self, arrays, *flags, model="mine", condition="clean", suffix=".npz") -> int:
        """Import the arrays; the exit code."""
        files = write(self.folder / f"{model}-{condition}{suffix}", arrays)
        return main([*self.command, "--model", model, "--condition", condition, *files, *flags])

    def publish(self) -> int:
        return run_stage("", publish.publish_study, self.command)

    @property
    def workspace(self) -> Workspace:
        return Workspace.open(
            self.study, runs=self.folder / "runs", published=self.folder / "data", device="cpu"
        )

    def shard(self, model="mine", condition="clean") -> pl.DataFrame:
        return pl.read_parquet(shard_path(self.workspace.shards, model, condition))

    def ask(self, sql: str) -> pl.DataFrame:
        name = read_study(self.study).name
        with connect((self.folder / "data" / f"{name}.duckdb").resolve()) as connection:
            return query(connection, sql)


def expected_row(arrays, row):
    """Every metric of one sample by loops in float64, straight from the definitions."""
    x = arrays["features"][row].astype(float)
    weight = arrays["weight"].astype(float)
    bias = arrays["bias"].astype(float) if "bias" in arrays else np.zeros(len(weight))
    label = int(arrays["labels"][row])
    logits = [float(w @ x + b) for w, b in zip(weight, bias, strict=True)]
    prediction = int(np.argmax(logits))
    length = float(np.sqrt(sum(value**2 for value in x)))
    distances = [
        (logits[prediction] - logits[j]) / np.sqrt(((weight[prediction] - weight[j]) ** 2).sum())
        for j in range(len(weight))
        if j != prediction
    ]
    angles = [
        np.degrees(np.arccos(np.clip(w @ x / (np.sqrt((w**2).sum()) * length), -1, 1)))
        if length
        else None
        for w in weight
    ]
    return {
        "label": label,
        "prediction": prediction,
        "correct": prediction == label,
        "confidence": np.exp(logits[prediction]) / np.exp(logits).sum(),
        "length": length,
        "angle": angles[label],
        "margin": min(distances) * (1 if prediction == label else -1),
        "angles": angles,
    }


def assert_rows(frame: pl.DataFrame, arrays) -> None:
    """A frame of sample_metrics against the loops, within the promised tolerances."""
    ids = arrays.get("sample_ids", np.arange(len(arrays["labels"])))
    assert frame["sample_id"].to_list() == ids.tolist()
    for row, found in enumerate(frame.iter_rows(named=True)):
        expected = expected_row(arrays, row)
        for key in ("label", "prediction", "correct"):
            assert found[key] == expected[key]
        for key in ("length", "margin"):
            assert found[key] == pytest.approx(expected[key], rel=1e-4, abs=1e-6)
        assert found["confidence"] == pytest.approx(expected["confidence"], abs=1e-6)
        if expected["angle"] is None:
            assert found["angle"] is None
            assert found["angles"] == [None] * len(expected["angles"])
        else:
            assert found["angle"] == pytest.approx(expected["angle"], abs=1e-3)
            assert found["angles"] == pytest.approx(expected["angles"], abs=1e-3)
