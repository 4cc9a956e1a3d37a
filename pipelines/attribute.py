"""Make occlusion maps: where in the image a sample's angle, length and margin come from."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.store.rows import ATTRIBUTION, CLEAN
from core.vision.occlusion import METRICS, Windows, default_windows, occlusion_maps
from pipelines.attributions import (
    attribution_fingerprint,
    attribution_path,
    read_maps,
    write_maps,
)
from pipelines.cli import stage_parser, work_on_study
from pipelines.errors import PipelineError
from pipelines.evaluate import measuring
from pipelines.evaluation.combinations import study_models
from pipelines.evaluation.conditions import Condition, study_conditions
from pipelines.fragile_samples import RULE, most_fragile, study_rows
from pipelines.progress import CONSOLE, Advance, StageReport, progress, stage
from pipelines.workspace.model_records import ModelRecord
from pipelines.workspace.workspace import Workspace

SAMPLES_AT_ONCE = 16
"""A kill loses the maps of at most so many."""
MOST_FRAGILE = 50


def attribute_study(
    workspace: Workspace,
    *,
    models: Sequence[str],
    sample_ids: Sequence[int],
    conditions: Sequence[str] = (CLEAN.name,),
    windows: Windows,
) -> StageReport:
    """Make the maps that are not there yet; those of other samples stay if their windows agree.

    Args:
        workspace: of one test set.
        models: names of models with weights.
        sample_ids: of samples of the test set.
        conditions: names of conditions.
        windows: what hides parts of an image.

    Raises:
        PipelineError: no such model, condition or sample, or a model whose features were imported.
        InputError: the window is larger than the images.
    """
    records = _records(workspace, models)
    planned = _conditions(workspace, conditions)
    wanted = np.unique(np.array(sample_ids, dtype=np.int64))
    rows = _rows(workspace, wanted)
    windows.positions(workspace.image_size)
    with stage("attribute", "samples under models and conditions") as report:
        total = len(records) * len(planned) * len(wanted)
        with progress("attribute", total=total) as advance:
            for record in records:
                done = _attribute(
                    workspace, record, planned, rows, windows=windows, advance=advance
                )
                report.done += done
                report.kept += len(planned) * len(wanted) - done
    return report


def _attribute(
    workspace: Workspace,
    record: ModelRecord,
    conditions: Sequence[Condition],
    rows: NDArray[np.int64],
    *,
    windows: Windows,
    advance: Advance,
) -> int:
    """Make the missing maps of one model; how many samples got some."""
    done = 0
    test, model = workspace.test, None
    for condition in conditions:
        advance(0, description=f"attribute {record.row.name}, {condition.row.name}")
        path = attribution_path(workspace, record.row.name, condition.row.name)
        made_from = attribution_fingerprint(workspace, record, condition)
        held = read_maps(path, fingerprint=made_from)
        held = pl.DataFrame(schema=ATTRIBUTION) if held is None else held
        held = held.filter(window_side=windows.side, stride=windows.stride)
        missing = rows[~np.isin(test.sample_ids[rows], held["sample_id"].to_numpy())]
        advance(len(rows) - len(missing))
        for start in range(0, len(missing), SAMPLES_AT_ONCE):
            model = model or measuring(workspace, record, test)
            some = missing[start : start + SAMPLES_AT_ONCE]
            maps = occlusion_maps(
                model.reader, model.directions, condition.images[some], test.labels[some], windows
            )
            made = []
            for sample_id, one in zip(test.sample_ids[some], maps, strict=True):
                made.append(map_rows(int(sample_id), one, windows))
                advance(1)
            held = pl.concat([held, *made])
            write_maps(path, held, fingerprint=made_from)
        done += len(missing)
    return done


def map_rows(sample_id: int, maps: NDArray[np.float32], windows: Windows) -> pl.DataFrame:
    """The maps of one sample, (len(METRICS), rows, columns), as rows of table `attribution`."""
    count = len(METRICS)
    cells = pl.Series(maps.reshape(count, -1).tolist(), dtype=pl.List(pl.Float32))
    columns = {
        "sample_id": [sample_id] * count,
        "metric": METRICS,
        "window_side": [windows.side] * count,
        "stride": [windows.stride] * count,
        "width": [maps.shape[-1]] * count,
        "cells": cells.list.eval(pl.element().fill_nan(None)),
    }
    return pl.DataFrame(columns, schema=ATTRIBUTION)


def _records(workspace: Workspace, names: Sequence[str]) -> list[ModelRecord]:
    known = {model.row.name: model for model in study_models(workspace)}
    records = []
    for name in dict.fromkeys(names):
        model = known.get(name)
        if model is None:
            raise PipelineError(
                f"--models: expected models of the study, such as {next(iter(known))}, found "
                f"{name!r}."
            )
        if not isinstance(model, ModelRecord):
            raise PipelineError(
                f"--models: expected models with weights, which occluded images can be put to, "
                f"found {name}, whose features were imported."
            )
        records.append(model)
    return records


def _conditions(workspace: Workspace, names: Sequence[str]) -> list[Condition]:
    known = {condition.row.name: condition for condition in study_conditions(workspace)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise PipelineError(
            f"--conditions: expected conditions of the study ({', '.join(known)}), found "
            f"{unknown[0]!r}."
        )
    return [known[name] for name in dict.fromkeys(names)]


def _rows(workspace: Workspace, sample_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the test set that hold the samples, in the order of their ids."""
    all_ids = workspace.test.sample_ids
    unknown = sample_ids[~np.isin(sample_ids, all_ids)]
    if len(unknown):
        raise PipelineError(
            f"--samples: expected samples of the test set, such as {all_ids[0]}, found "
            f"{unknown[0]}."
        )
    order = np.argsort(all_ids)
    found: NDArray[np.int64] = order[np.searchsorted(all_ids, sample_ids, sorter=order)]
    return found


def _parser() -> ArgumentParser:
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--models", nargs="+", required=True, metavar="NAME", help="models to run")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--samples", nargs="+", type=int, metavar="ID", help="samples, by id")
    which.add_argument(
        "--most-fragile", type=int, default=MOST_FRAGILE, metavar="N", help=f"the samples {RULE}"
    )
    parser.add_argument(
        "--conditions", nargs="+", default=[CLEAN.name], metavar="NAME", help="whose images"
    )
    parser.add_argument("--test-set", help="a further test set of the study; its own by default")
    parser.add_argument(
        "--window",
        type=int,
        help="side of the hidden square in pixels; by default four strides, "
        "about a quarter of the image",
    )
    parser.add_argument(
        "--stride", type=int, help="pixels between squares, a divisor of the window"
    )
    return parser


def _windows(options: Namespace, image_size: int) -> Windows:
    window, stride = options.window, options.stride
    if window is None and stride is None:
        return default_windows(image_size)
    if stride is None:
        return Windows(window, window if window % 4 else window // 4)
    return Windows(4 * stride if window is None else window, stride)


def _test_set(workspace: Workspace, options: Namespace) -> Workspace:
    sets = {one.name: one for one in workspace.test_sets()}
    own = next(iter(sets))
    name = own if options.test_set is None else f"{own}-{options.test_set}"
    if name not in sets:
        raise PipelineError(
            f"--test-set: expected a further test set of the study, found {options.test_set!r}."
        )
    return sets[name]


def _attribute_asked(study: Workspace, options: Namespace) -> None:
    if options.most_fragile < 1:
        raise PipelineError(
            f"--most-fragile: expected at least 1 sample, found {options.most_fragile}."
        )
    workspace = _test_set(study, options)
    _records(workspace, options.models)  # imported features have no images to look at
    sample_ids = options.samples or most_fragile(study_rows(workspace), options.most_fragile)
    if not sample_ids:
        raise PipelineError(
            f"{workspace.name}: expected samples that every dense model gets right, found none; "
            "name samples with --samples."
        )
    report = attribute_study(
        workspace,
        models=options.models,
        sample_ids=sample_ids,
        conditions=options.conditions,
        windows=_windows(options, workspace.image_size),
    )
    if report.done:
        CONSOLE.print(
            f"Publish the study to see them: python -m pipelines.publish {options.study}",
            soft_wrap=True,
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(arguments)
    return work_on_study(options, lambda workspace: _attribute_asked(workspace, options))


if __name__ == "__main__":
    sys.exit(main())
