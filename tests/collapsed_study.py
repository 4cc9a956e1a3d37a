"""A study with stated measures of neural collapse."""

from __future__ import annotations

from pathlib import Path

import duckdb

from core.store.writing.tables import insert_rows
from tests.study_file import write_study

# of the models dense, magnitude 0.5, magnitude 0.9, random 0.5 on clean images
NC1 = (0.25, 0.5, 0.0, None)


def write_collapsed(path: Path) -> Path:
    """The study of `tests/study_file.py` with its measures: one undefined, one zero."""
    write_study(path)
    with duckdb.connect(str(path)) as connection:
        rows = [
            {
                "model_id": model_id, "condition_id": condition_id, "samples": 40,
                "nc1": None if nc1 is None else nc1 + condition_id, "nc1_pinv": 2.0 + model_id,
                "nc2_norms": 0.1, "nc2_cosines": 0.2, "nc3": 0.3, "nc4": 1 - model_id / 10,
            }
            for model_id, nc1 in enumerate(NC1)
            for condition_id in (1, 0)
        ]  # fmt: skip
        insert_rows(connection, "neural_collapse", rows)
    return path
