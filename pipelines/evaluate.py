"""Measure every model of a study under every condition: one shard for each pair."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import torch

from core.geometry import ClassDirections
from core.stats.neural_collapse import Integers
from core.store.writing.shards import ShardWriter, shard_path, write_shard
from core.vision.datasets import ImageSet
from core.vision.inference import FeatureReader
from pipelines.cli import run_stage
from pipelines.evaluation.collapse import CollapseMeter, measuring_collapse
from pipelines.evaluation.combinations import pair_state, shard_fingerprint, study_models
from pipelines.evaluation.conditions import Condition, study_conditions
from pipelines.evaluation.measure import classifier_rows, measured_rows
from pipelines.progress import CONSOLE, StageReport, progress, stage
from pipelines.workspace.model_files import load_network
from pipelines.workspace.model_records import ModelRecord
from pipelines.workspace.workspace import Workspace

IMAGES_AT_ONCE = 1_024
EXAMPLE_IMAGES = 16
WEIGHTS_AT_ONCE_BYTES = 2 << 30


def evaluate_study(workspace: Workspace) -> StageReport:
    """Compute every shard that is not finished yet.

    Conditions are made chunk by chunk while the networks read them, so that each
    corrupted image is made once and never stored.

    Raises:
        PipelineError: a model of the study is not made yet.
    """
    with stage("evaluate", "model-condition pairs") as report:
        for one in workspace.test_sets():
            done, kept = _evaluate_test_set(one)
            report.done += done
            report.kept += kept
    return report


def _evaluate_test_set(workspace: Workspace) -> tuple[int, int]:
    """Compute the missing shards of one test set; how many those were, and how many stood."""
    # imported models come measured: there is nothing to run
    records = [m for m in study_models(workspace) if isinstance(m, ModelRecord)]
    if not records:
        return 0, 0
    test = workspace.test
    planned = study_conditions(workspace)
    pending = _pending(workspace, records, planned)
    missing = sum(len(names) for names in pending.values())
    if missing:
        with progress("evaluate", total=missing * len(test)) as advance:
            for group in _groups([record for record in records if pending[record.row.name]]):
                models = [measuring(workspace, record, test) for record in group]
                for condition in planned:
                    name = condition.row.name
                    waiting = [m for m in models if name in pending[m.record.row.name]]
                    for count in _evaluate(workspace, waiting, condition, test):
                        advance(count, description=f"evaluate {name}")
    return missing, len(records) * len(planned) - missing


def _pending(
    workspace: Workspace,
    records: list[ModelRecord],
    planned: tuple[Condition, ...],
) -> dict[str, set[str]]:
    """Names of the conditions without a finished shard, by model; a damaged one is named."""
    pending: dict[str, set[str]] = {record.row.name: set() for record in records}
    for record in records:
        for condition in planned:
            state = pair_state(workspace, record, condition)
            if state.status == "damaged":
                CONSOLE.print(f"{state.reason}; it is computed again.", soft_wrap=True)
            if state.status != "finished":
                pending[record.row.name].add(condition.row.name)
    return pending


def _groups(records: list[ModelRecord]) -> Iterator[list[ModelRecord]]:
    """Models whose weights fit in memory together."""
    group: list[ModelRecord] = []
    size = 0
    for record in records:
        weights = 4 * (record.row.parameters or 0)
        if group and size + weights > WEIGHTS_AT_ONCE_BYTES:
            yield group
            group, size = [], 0
        group.append(record)
        size += weights
    if group:
        yield group


@dataclass(frozen=True)
class Measuring:
    """A model ready to be measured: its record, its network, its class directions."""

    record: ModelRecord
    reader: FeatureReader
    directions: ClassDirections


def measuring(workspace: Workspace, record: ModelRecord, test: ImageSet) -> Measuring:
    """A finished model with its weights, on the workspace's device."""
    network, _ = load_network(workspace.models, record)
    reader = FeatureReader(
        network,
        record.blueprint.normalisation,
        workspace.device,
        test.images[:EXAMPLE_IMAGES],
        class_count=len(test.class_names),
    )
    return Measuring(record, reader, ClassDirections(reader.weight, reader.bias))


def _evaluate(
    workspace: Workspace, models: list[Measuring], condition: Condition, test: ImageSet
) -> Iterator[int]:
    """Write the shards of some models under one condition; yield the samples done."""
    if not models:
        return
    with ExitStack() as stack:
        shards: list[ShardWriter] = []
        meters: list[CollapseMeter] = []
        for model in models:
            path = shard_path(workspace.shards, model.record.row.name, condition.row.name)
            rows_of = write_shard(
                path,
                classifier=classifier_rows(model.directions),
                fingerprint=shard_fingerprint(workspace, model.record, condition),
            )
            shards.append(stack.enter_context(rows_of))
            weight = model.reader.weight.cpu().numpy()
            meters.append(stack.enter_context(measuring_collapse(path, weight)))
        change = values = 0
        for start in range(0, len(test), IMAGES_AT_ONCE):
            rows = np.arange(start, min(start + IMAGES_AT_ONCE, len(test)))
            images = condition.images[rows]
            change += absolute_change(test.images[rows], images)
            values += images.size
            for model, shard, meter in zip(models, shards, meters, strict=True):
                metrics = measure_images(
                    model.reader,
                    model.directions,
                    images,
                    test.labels[rows],
                    test.sample_ids[rows],
                    meter=meter,
                )
                shard.append(metrics)
                yield len(rows)
        for shard, meter in zip(shards, meters, strict=True):
            shard.note_change(change / max(1, values))
            shard.note_collapse(meter.measure())


def absolute_change(clean: np.ndarray, changed: np.ndarray) -> int:
    """Sum over uint8 images of the absolute change of each value."""
    return int(np.abs(clean.astype(np.int16) - changed).sum(dtype=np.int64))


def measure_images(
    reader: FeatureReader,
    directions: ClassDirections,
    images: np.ndarray,
    labels: Integers,
    sample_ids: Integers,
    *,
    meter: CollapseMeter | None = None,
) -> pa.Table:
    """The metrics of some images, uint8 (N, H, W, 3), as rows of a shard.

    Args:
        reader: of the network.
        directions: of its last layer.
        images: some of a condition's.
        labels: (N,) true classes.
        sample_ids: (N,).
        meter: takes the features too.
    """
    features, _ = reader.read_in_batches(images)
    geometry = directions.measure(features, torch.from_numpy(labels).to(features.device))
    if meter is not None:
        meter.add(features.cpu().numpy(), labels, geometry.prediction.cpu().numpy())
    return measured_rows(geometry, labels=labels, sample_ids=sample_ids)


if __name__ == "__main__":
    sys.exit(run_stage(__doc__ or "", evaluate_study))
