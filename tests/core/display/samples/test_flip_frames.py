"""Mean anatomy of flips: real last layers through a study file, against every sample's own."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from core.display.samples.flips.frames import flip_group, flips
from core.display.samples.inspector.anatomy_frames import NAMES, anatomy
from core.geometry import ClassDirections
from core.store.combination import Key
from core.store.queries.one_sample import sample_class_angles
from core.store.queries.paired import PairedSamples
from core.store.rows import CLEAN, ModelRow, StudyContents, StudyRow
from core.store.study import Study
from core.store.subsets.base import SampleFilter
from core.store.writing.tables import create_study, fill_rollups, insert_frame
from pipelines.evaluation.measure import classifier_rows, measured_rows
from tests.many_classes import write_many_class_study
from tests.open_study import open_study
from tests.study_file import STAMP, write_study

PAIR = PairedSamples(Key(0, 0), Key(1, 0))
COUNT, CLASSES = 60, 4


def study_of_two_networks(path: Path) -> tuple[Study, list[np.ndarray]]:
    """Two random networks on the same samples, and their logits; sample 0 is dead under one."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, CLASSES, COUNT)
    layers, logits, frames = [], [], []
    for model_id, width in enumerate((6, 11)):
        layer = ClassDirections(rng.normal(size=(CLASSES, width)), rng.normal(size=CLASSES))
        features = np.abs(rng.normal(size=(COUNT, width))).astype(np.float32)
        if model_id == 1:
            features[0] = 0
        measured = layer.measure(features, labels)
        rows = measured_rows(measured, labels=labels, sample_ids=np.arange(COUNT))
        frame = pl.from_arrow(rows)
        assert isinstance(frame, pl.DataFrame)
        ids = {"model_id": pl.lit(model_id, pl.UInt16), "condition_id": pl.lit(0, pl.UInt16)}
        layers.append(layer)
        logits.append(features.astype(np.float64) @ layer.weight.T + layer.bias)
        frames.append(frame.with_columns(**ids))
    contents = StudyContents(
        study=StudyRow(name="s", title="s", dataset="d"),
        class_names=[f"class {k}" for k in range(CLASSES)],
        samples=pl.DataFrame({"sample_id": range(COUNT), "label": labels}).with_columns(
            thumbnail=pl.lit(None, pl.Binary)
        ),
        models=[ModelRow(name="a", network="n"), ModelRow(name="b", network="m")],
        conditions=[CLEAN],
        fingerprint="",
        classifiers={name: classifier_rows(one) for name, one in zip("ab", layers, strict=True)},
    )
    with duckdb.connect(str(path)) as connection:
        create_study(connection, contents, published_at=STAMP)
        for frame in frames:
            insert_frame(connection, "sample_metrics", frame)
        fill_rollups(connection)
    own = [one[np.arange(COUNT), labels] for one in logits]
    others = [
        np.where(np.arange(CLASSES) == labels[:, None], -np.inf, one).max(1) for one in logits
    ]
    return open_study(path), [mine - rest for mine, rest in zip(own, others, strict=True)]


def lengths(steps: pl.DataFrame) -> list[float]:
    """Signed length of each step of a waterfall between the gaps."""
    return [
        (high - low) * (1 if kind == "rises" else -1)
        for low, high, kind in steps.select("low", "high", "kind").rows()[1:-1]
    ]


def test_means_over_the_flips_are_those_of_the_samples_one_by_one(tmp_path: Path) -> None:
    study, gaps = study_of_two_networks(tmp_path / "s.duckdb")
    found = flips(study, PAIR)
    assert found.missing is None
    for outcome, chosen in (
        ("broken", (gaps[0] > 0) & (gaps[1] < 0)),
        ("fixed", (gaps[0] < 0) & (gaps[1] > 0)),
    ):
        group = found.groups[outcome]
        ids = np.flatnonzero(chosen)
        assert group.samples == len(ids) > 3
        each = [
            anatomy(
                *(study.run(sample_class_angles, key, int(i)) for key in (Key(0, 0), Key(1, 0)))
            )
            for i in ids
        ]
        expected = np.mean([lengths(one.steps) for one in each], axis=0)
        np.testing.assert_allclose(lengths(group.steps), expected, atol=1e-9)
        change = (gaps[1] - gaps[0])[ids].mean()
        assert sum(lengths(group.steps)) == pytest.approx(change, abs=1e-4)
        sign = -1 if outcome == "broken" else 1
        largest = [int(np.argmax(sign * np.array(lengths(one.steps)))) for one in each]
        assert list(group.largest.values()) == [largest.count(i) for i in range(4)]
    assert any(study.run(sample_class_angles, Key(1, 0), 0)["angle"].is_null())


def test_only_filtered_samples_count(tmp_path: Path) -> None:
    study, _ = study_of_two_networks(tmp_path / "s.duckdb")
    every = flips(study, PAIR).groups
    some = [
        flips(study, PairedSamples(PAIR.reference, PAIR.compared, SampleFilter(k))).groups
        for k in range(CLASSES)
    ]
    for outcome, group in every.items():
        assert sum(one[outcome].samples for one in some) == group.samples


def test_without_flips_there_is_an_empty_picture() -> None:
    rows = pl.DataFrame(schema={"label": pl.UInt16})
    group = flip_group(rows, [])
    assert (group.samples, group.steps.height) == (0, 0)
    assert group.largest == dict.fromkeys(NAMES.values(), 0)


def test_what_cannot_be_computed_is_said(tmp_path: Path) -> None:
    tiny = open_study(write_study(tmp_path / "tiny.duckdb"))
    assert "no norms and biases" in str(flips(tiny, PAIR).missing)
    path = write_many_class_study(tmp_path / "many.duckdb", classes=120)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "INSERT INTO classifier (model_id, class_id, weight_norm, bias) "
            "SELECT m.model_id, c.class_id, 1, 0 FROM models m, classes c"
        )
        connection.execute("UPDATE sample_metrics SET correct = NOT correct WHERE model_id = 1")
    assert "Beyond 100 classes" in str(flips(open_study(path), PAIR).missing)
