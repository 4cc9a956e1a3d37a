"""Make the small study that the repository carries, an excerpt of a finished one."""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.store.rows import ModelRow, StudyContents
from core.store.writing.build import build_study_file
from core.store.writing.shards import shard_path, write_shard
from core.vision.datasets.splits import stratified_rows
from pipelines.cli import explain_mistakes, open_workspace, stage_parser
from pipelines.errors import PipelineError
from pipelines.progress import CONSOLE
from pipelines.publish import study_contents
from pipelines.workspace.workspace import fingerprint


def bundle(
    contents: StudyContents,
    output: Path,
    *,
    sample_count: int,
    severities: tuple[int, ...],
    models: Sequence[str] = (),
    seed: int,
) -> None:
    """Write an excerpt of a study, which says that it is one.

    Args:
        contents: the finished study.
        output: the file to write; its stem becomes the study's name.
        sample_count: test samples to keep, the same share of every class.
        severities: severities to keep; clean always stays.
        models: names of models to keep; all if empty.
        seed: of the choice of samples.

    Raises:
        PipelineError: more samples asked for than there are, or a model that the study has not.
    """
    if not 1 <= sample_count <= contents.samples.height:
        raise PipelineError(
            f"--samples: expected 1..{contents.samples.height}, found {sample_count}."
        )
    rows = _chosen_models(contents, models)
    names = [model.name for model in rows]
    chosen = stratified_rows(
        contents.samples["label"].to_numpy().astype(np.int64), sample_count, seed=seed
    )
    samples = contents.samples[chosen]
    conditions = [c for c in contents.conditions if c.severity in (0, *severities)]
    note = (
        f"An excerpt of the study {contents.study.name}: {len(rows)} of its "
        f"{len(contents.models)} models, {sample_count} of its {contents.samples.height} test "
        f"samples, clean and severities {', '.join(str(s) for s in sorted(severities))}."
    )
    with tempfile.TemporaryDirectory() as folder:
        kept = pc.is_in(
            pq.read_table(next(iter(contents.shards.values())), columns=["sample_id"])["sample_id"],
            value_set=samples["sample_id"].to_arrow(),
        )
        shards = {}
        for model in rows:
            for condition in conditions:
                table = pq.read_table(contents.shards[model.name, condition.name]).filter(kept)
                path = shard_path(Path(folder), model.name, condition.name)
                classifier = contents.classifiers[model.name]
                with write_shard(path, classifier=classifier, fingerprint="excerpt") as shard:
                    shard.append(table)
                shards[model.name, condition.name] = path
        excerpt = replace(
            contents,
            study=replace(
                contents.study,
                name=output.stem,
                description=f"{contents.study.description} {note}",
            ),
            samples=samples,
            models=rows,
            conditions=conditions,
            corrupted_images=contents.corrupted_images.filter(
                pl.col("condition").is_in([c.name for c in conditions]),
                pl.col("sample_id").is_in(samples["sample_id"].implode()),
            ),
            attributions=contents.attributions.filter(
                pl.col("model").is_in(names),
                pl.col("condition").is_in([c.name for c in conditions]),
                pl.col("sample_id").is_in(samples["sample_id"].implode()),
            ),
            shards=shards,
            fingerprint=fingerprint(whole=contents.fingerprint, excerpt=note, seed=seed),
        )
        build_study_file(excerpt, output, published_at=datetime.now(UTC).replace(tzinfo=None))
    size = output.stat().st_size
    CONSOLE.print(f"{output}: {note} {size / 1e6:.1f} MB.", soft_wrap=True)


def _chosen_models(contents: StudyContents, names: Sequence[str]) -> list[ModelRow]:
    """The rows of the models to keep, in the study's order."""
    known = [model.name for model in contents.models]
    missing = [name for name in names if name not in known]
    if missing:
        raise PipelineError(
            f"--models: expected models of the study {contents.study.name}, found "
            f"{', '.join(missing)}."
        )
    return [model for model in contents.models if not names or model.name in names]


def _parser() -> ArgumentParser:
    parser = stage_parser(__doc__ or "", writes=False)
    parser.add_argument("--models", nargs="+", default=[], help="names to keep; all if none")
    parser.add_argument("--output", type=Path, default=Path("data/demo.duckdb"), help="the file")
    parser.add_argument("--samples", type=int, default=320, help="test samples to keep")
    parser.add_argument(
        "--severities", type=int, nargs="+", default=[2, 5], help="severities to keep"
    )
    return parser


def _bundle(options: Namespace) -> None:
    workspace = open_workspace(options)
    bundle(
        study_contents(workspace),
        options.output,
        sample_count=options.samples,
        severities=tuple(options.severities),
        models=tuple(options.models),
        seed=workspace.study.seed,
    )


if __name__ == "__main__":
    parsed = _parser().parse_args()
    sys.exit(explain_mistakes(lambda: _bundle(parsed), debug=parsed.debug))
