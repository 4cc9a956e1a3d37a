"""What the maps of one sample show: cells in pixels, one scale, and why one is missing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.display.samples.attribution.frames import (
    IMPORTED,
    NOT_MADE,
    Attribution,
    attribution_frames,
    map_cells,
    summary,
)
from core.metrics import METRICS
from tests.open_study import DENSE, PRUNED, open_study
from tests.study_file import write_study

# of images of 8 pixels: cells of 3 pixels, the last ones of 2
REFERENCE = "(0, 0, 7, 'margin', 6, 3, 3, [0, 1, 2, -4, 0, 0, 0, 0, 0.5])"
COMPARED = "(2, 2, 7, 'margin', 6, 3, 3, [0, 1, 2, 4, NULL, 0, 0, 0, 0.5])"


def frames(path: Path, *rows: str, sql: str = "SELECT 1", metric: str = "margin") -> Attribution:
    write_study(path)
    with duckdb.connect(str(path)) as connection:
        for row in rows:
            connection.execute(f"INSERT INTO attribution VALUES {row}")
        connection.execute(sql)
    return attribution_frames(open_study(path), 7, DENSE, PRUNED, metric)


def test_both_maps_and_their_difference_have_one_scale(tmp_path: Path) -> None:
    found = frames(tmp_path / "tiny.duckdb", REFERENCE, COMPARED)
    expected = pl.DataFrame(
        {
            "left": [0, 3, 6] * 3,
            "top": [0, 0, 0, 3, 3, 3, 6, 6, 6],
            "right": [3, 6, 8] * 3,
            "bottom": [3, 3, 3, 6, 6, 6, 8, 8, 8],
            "strength": [0.0, 0.125, 0.25, -0.5, 0, 0, 0, 0, 0.0625],
            "words": ["0.000", "+1.000", "+2.000", "−4.000", *["0.000"] * 4, "+0.500"],
            "largest": ["8.00"] * 9,
        }
    )
    assert_frame_equal(found.panels["reference"], expected, check_dtypes=False)
    difference = found.panels["difference"]
    assert difference["strength"].to_list() == [0, 0, 0, 1, None, 0, 0, 0, 0]
    assert difference["words"][4] == "undefined: the feature is zero or has no boundary"
    assert found.summaries == {
        "reference": "−4.000 to +2.000",
        "compared": "0.000 to +4.000",
        "difference": "0.000 to +8.000",
    }
    assert found.windows == {"reference": (6, 3), "compared": (6, 3)}
    assert found.missing == {}


def test_maps_of_different_windows_have_no_difference(tmp_path: Path) -> None:
    other = "(2, 2, 7, 'margin', 8, 4, 2, [0, 1, 2, 3])"
    found = frames(tmp_path / "tiny.duckdb", REFERENCE, other)
    assert list(found.panels) == ["reference", "compared"]
    assert found.panels["compared"]["right"].to_list() == [4, 8, 4, 8]


def test_one_map_is_shown_alone_and_the_other_is_missing(tmp_path: Path) -> None:
    found = frames(tmp_path / "tiny.duckdb", REFERENCE)
    assert list(found.panels) == ["reference"]
    assert found.missing == {"compared": NOT_MADE}


def test_a_metric_without_a_map_is_missing_under_both(tmp_path: Path) -> None:
    found = frames(tmp_path / "tiny.duckdb", REFERENCE, metric="angle")
    assert found.panels == {}
    assert found.missing == {"reference": NOT_MADE, "compared": NOT_MADE}


def test_imported_features_have_none_and_say_so(tmp_path: Path) -> None:
    stated = "UPDATE models SET sparsity_source = 'stated' WHERE model_id = 2"
    found = frames(tmp_path / "tiny.duckdb", REFERENCE, sql=stated)
    assert found.missing == {"compared": IMPORTED}


@pytest.mark.parametrize(
    ("values", "strengths", "words"),
    [([0.0, 0.0], [0.0, 0.0], "0.00 to 0.00°"), ([None, None], [None, None], "undefined")],
)
def test_a_map_where_nothing_changes_or_is_defined(
    values: list[float | None], strengths: list[float | None], words: str
) -> None:
    rows = pl.DataFrame(
        {"row": [0, 0], "column": [0, 1], "value": pl.Series(values, dtype=pl.Float64)}
    )
    cells = map_cells(rows, 4, 8, 0.0, METRICS["angle"])
    assert cells["strength"].to_list() == strengths
    assert summary(rows, METRICS["angle"]) == words
