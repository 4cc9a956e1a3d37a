"""The made-up study is a study: it opens, is in order, and answers as the real ones do."""

from __future__ import annotations

from pathlib import Path

from benchmarks.synthetic_study import write_synthetic_study
from core.store.connection import connect, query
from core.store.queries.accuracy import accuracy
from core.store.queries.study import study


def test_a_synthetic_study_is_whole_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "made-up.duckdb"
    write_synthetic_study(path, samples=20, seeds=1)
    with connect(path) as connection:
        assert study(connection)["rows"].item() == 21 * 96 * 20
        rows = accuracy(connection)
        assert rows.height == 21 * 96
        assert 0.3 < rows["correct"].sum() / rows["samples"].sum() < 0.95
        disorder = query(
            connection,
            """
            SELECT count(*) AS rows FROM (
                SELECT (model_id, condition_id, sample_id) AS key,
                       lag((model_id, condition_id, sample_id)) OVER (ORDER BY rowid) AS before
                FROM sample_metrics
            ) WHERE before >= key
            """,
        )
        assert disorder.item() == 0
