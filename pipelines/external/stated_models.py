"""The row of a model that can't be counted, as its user states it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import replace

from core.store.rows import ModelRow
from pipelines.cli import check_fraction, check_seed
from pipelines.errors import PipelineError
from pipelines.external.imported_features import ImportedFeatures
from pipelines.versions import library_versions
from pipelines.workspace.model_records import ImportedModel, read_imported, read_record
from pipelines.workspace.workspace import Workspace, fingerprint


def add_statements(parser: ArgumentParser) -> None:
    """The flags that state what is known of a model."""
    parser.add_argument("--network", help="what to call its architecture")
    parser.add_argument("--method", help="how it was pruned; dense if it was not")
    parser.add_argument("--ratio", type=float, help="fraction of the weights asked to be removed")
    parser.add_argument("--sparsity", type=float, help="fraction removed; the ratio if left out")
    parser.add_argument("--seed", type=int, help="the seed it was trained or pruned with")
    parser.add_argument("--parent", help="the model of the study that it was pruned from")


def imported_model(row: ModelRow, *, classifier: str, features: Mapping[str, str]) -> ImportedModel:
    """The model with what its row is to say of the classifier and the features."""
    digest = fingerprint(classifier=classifier, features=dict(features))
    return ImportedModel(replace(row, checkpoint_sha256=digest), classifier, features)


def stated_row(
    workspace: Workspace,
    options: Namespace,
    before: ImportedModel | None,
    source: ImportedFeatures,
) -> ModelRow:
    """What is stated now, else what was stated at an earlier import; counts are unknown.

    Raises:
        PipelineError: no fraction, no seed, no ratio of a pruned model, or an unknown parent.
    """
    row = None if before is None else before.row
    method = options.method or (row.method if row else "dense")
    ratio, sparsity = options.ratio, options.sparsity
    check_fraction("--ratio", ratio)
    check_fraction("--sparsity", sparsity)
    check_seed("--seed", options.seed)
    if ratio is None and sparsity is None:
        if row is not None and row.method == method:
            ratio, sparsity = row.ratio, row.sparsity
        elif method == "dense":
            ratio = 0.0
        else:
            raise PipelineError(
                f"--ratio or --sparsity: expected the fraction of weights that {method} removed, "
                "found neither."
            )
    parent: str | None = options.parent
    if parent is None:
        parent = row.parent if row else None
    elif not (read_record(workspace.models, parent) or read_imported(workspace.models, parent)):
        raise PipelineError(f"--parent: expected a model of the study, found {parent!r}.")
    files = {} if row is None else json.loads(row.details)["files"]
    details = {
        "imported": True,
        "files": {**files, options.condition: source.path.name},
        "feature_width": source.weight.shape[1],
        "has_bias": source.bias is not None,
        "versions": library_versions(),
    }
    return ModelRow(
        name=options.model,
        network=options.network or (row.network if row else "unknown"),
        method=method,
        ratio=sparsity if ratio is None else ratio,
        sparsity=ratio if sparsity is None else sparsity,
        sparsity_source="stated",
        seed=options.seed if options.seed is not None else (row.seed if row else None),
        parent=parent,
        details=json.dumps(details),
    )
