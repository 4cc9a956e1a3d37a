"""The plots and the scatter of Home, against the study asked in SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.display.home.answers_frames import answers
from core.display.home.frames import home_frames
from core.store.combination import Key
from core.store.queries.paired import PairedSamples
from tests.open_study import open_study
from tests.study_file import write_study


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_study(tmp_path / "tiny.duckdb")


def test_both_plots_show_the_same_images_where_each_model_puts_them(path: Path) -> None:
    found = answers(open_study(path), PairedSamples(Key(0, 0), Key(2, 0)))
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "SELECT sample_id, r.angle, r.length, c.angle, c.length, r.correct, c.correct "
            "FROM sample_metrics r JOIN sample_metrics c USING (condition_id, sample_id) "
            "WHERE condition_id = 0 AND r.model_id = 0 AND c.model_id = 2 "
            "AND r.angle IS NOT NULL AND c.angle IS NOT NULL ORDER BY 1"
        ).fetchall()
    columns = ("reference_angle", "reference_length", "compared_angle", "compared_length")
    points = found.points.sort("sample_id")
    assert points.select("sample_id", *columns).rows() == [row[:5] for row in rows]
    outcome = {(True, True): "both right", (True, False): "broken", (False, True): "fixed"}
    expected = [outcome.get(row[5:], "both wrong") for row in rows]
    assert points["outcome"].to_list() == expected
    order = ["both right", "both wrong", "fixed", "broken"]
    assert [order.index(one) for one in found.points["outcome"]] == sorted(
        order.index(one) for one in expected
    ), "those that one model alone gets right lie on top"
    assert sum(found.counts.values()) == 40


def test_every_model_has_its_mean_over_corrupted_images(path: Path) -> None:
    rows = home_frames(open_study(path)).models
    with duckdb.connect(str(path), read_only=True) as connection:
        expected = connection.execute(
            "SELECT m.name, avg(share), any_value(sparsity) FROM (SELECT model_id, condition_id, "
            "avg(correct::INT) AS share FROM sample_metrics WHERE condition_id > 0 GROUP BY ALL) "
            "JOIN models m USING (model_id) GROUP BY m.model_id, m.name ORDER BY m.model_id"
        ).fetchall()
    assert rows["name"].to_list() == [name for name, _, _ in expected]
    assert rows["accuracy"].to_list() == pytest.approx([mean for _, mean, _ in expected])
    remaining = [max(1e-4, 1 - sparsity) for _, _, sparsity in expected]
    assert rows["remaining"].to_list() == pytest.approx(remaining)
