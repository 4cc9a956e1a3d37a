"""A study as frames and queries take it, without the app."""

from __future__ import annotations

from pathlib import Path

from core.display.state.context import Context
from core.store.combination import Combination
from core.store.connection import connect
from core.store.study import Cache, Study, no_cache
from core.store.subsets.base import SampleFilter, Subset
from core.store.subsets.combinators import ALL_SAMPLES

DENSE = Combination("lenet5-dense", "clean")
PRUNED = Combination("lenet5-magnitude-0.9", "fog-3")


def open_study(path: Path, cache: Cache = no_cache) -> Study:
    return Study(connect(path), str(path), cache)


def context_of(
    study: Study,
    reference: Combination = DENSE,
    compared: Combination = PRUNED,
    *,
    class_name: str | None = None,
    subset: Subset = ALL_SAMPLES,
) -> Context:
    where = None if subset == ALL_SAMPLES else subset.to_sql(study.names)
    class_id = None if class_name is None else study.names.classes[class_name]
    return Context(
        study,
        reference,
        compared,
        class_name=class_name,
        subset=subset,
        sample_filter=SampleFilter(class_id, where),
    )
