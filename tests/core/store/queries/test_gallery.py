"""Pages of samples under two combinations, against Python on every sort."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.metrics import METRICS
from core.store.combination import Key
from core.store.connection import Connection, connect
from core.store.queries.gallery import SORTS, gallery_page, largest_changes
from core.store.queries.paired import PairedSamples
from core.store.subsets.base import SampleFilter
from tests.study_file import CLASSES, write_study

PAIRED = PairedSamples(Key(0, 0), Key(2, 2))
OUTCOMES = {(True, True): "both right", (True, False): "broken", (False, True): "fixed"}


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Connection:
    """A study with equal margins and with metrics that are undefined under one of the two."""
    path = write_study(tmp_path_factory.mktemp("tied") / "tiny.duckdb")
    with duckdb.connect(str(path)) as writer:
        writer.execute("UPDATE sample_metrics SET margin = 1 WHERE sample_id % 3 = 0")
        writer.execute("UPDATE sample_metrics SET true_probability = NULL WHERE sample_id = 7")
    return connect(Path(path))


def expected(connection: Connection, paired: PairedSamples) -> list[dict[str, Any]]:
    """The pairs, joined in Python."""
    sides: list[dict[int, dict[str, Any]]] = []
    for key in (paired.reference, paired.compared):
        frame = connection.cursor().sql(
            "SELECT * FROM sample_metrics WHERE model_id = $model_id "
            "AND condition_id = $condition_id",
            params=key.values(),
        )
        sides.append({row["sample_id"]: row for row in frame.pl().iter_rows(named=True)})
    rows = []
    for sample_id in sides[0]:
        before, after = (side[sample_id] for side in sides)
        rows.append(
            {
                "sample_id": sample_id,
                "class": CLASSES[before["label"]],
                "predicted_before": CLASSES[before["prediction"]],
                "predicted_after": CLASSES[after["prediction"]],
                "outcome": OUTCOMES.get((before["correct"], after["correct"]), "both wrong"),
                **{f"reference_{name}": before[name] for name in METRICS},
                **{f"compared_{name}": after[name] for name in METRICS},
            }
        )
    return rows


def value(row: dict[str, Any], sort: str) -> float | None:
    if sort == "id":
        return float(row["sample_id"])
    if sort in row:
        return row[sort]
    metric = "true_probability" if sort == "lost" else sort.removeprefix("change_")
    before, after = row[f"reference_{metric}"], row[f"compared_{metric}"]
    if before is None or after is None:
        return None
    return before - after if sort == "lost" else after - before


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sort", SORTS)
def test_pages_are_all_samples_in_order(tied: Connection, sort: str, descending: bool) -> None:
    rows = expected(tied, PAIRED)
    sign = -1 if descending else 1

    def order(row: dict[str, Any]) -> tuple[bool, float, int]:
        found = value(row, sort)
        return found is None, sign * (found or 0.0), row["sample_id"]

    pages = [
        gallery_page(tied, PAIRED, sort=sort, descending=descending, limit=15, offset=offset)
        for offset in (0, 15, 30, 45)
    ]
    assert [page.height for page in pages] == [15, 15, 10, 0]
    assert_frame_equal(
        pl.concat(pages), pl.DataFrame(sorted(rows, key=order), schema=pages[0].schema)
    )


def test_only_filtered_samples_are_on_it(tied: Connection) -> None:
    paired = PairedSamples(PAIRED.reference, PAIRED.compared, SampleFilter(2))
    page = gallery_page(tied, paired, sort="id", descending=False, limit=99, offset=0)
    assert page["sample_id"].to_list() == list(range(2, 40, 4))
    assert set(page["class"]) == {"bird"}


def test_largest_changes_are_over_the_filtered_samples(tied: Connection) -> None:
    for sample_filter in (SampleFilter(), SampleFilter(1)):
        paired = PairedSamples(PAIRED.reference, PAIRED.compared, sample_filter)
        rows = [
            row
            for row in expected(tied, paired)
            if sample_filter.class_id is None or row["class"] == "car"
        ]
        changes = {
            name: [abs(one) for row in rows if (one := value(row, f"change_{name}")) is not None]
            for name in METRICS
        }
        (found,) = largest_changes(tied, paired).iter_rows(named=True)
        assert found == pytest.approx({name: max(some) for name, some in changes.items()})


def test_nothing_has_no_largest_change(tied: Connection) -> None:
    paired = PairedSamples(PAIRED.reference, Key(99, 0))
    assert largest_changes(tied, paired).row(0) == (None,) * len(METRICS)
    assert gallery_page(tied, paired, sort="lost", descending=True, limit=5, offset=0).is_empty()


def test_an_unknown_sort_is_refused(tied: Connection) -> None:
    with pytest.raises(KeyError):
        gallery_page(tied, PAIRED, sort="1; --", descending=True, limit=1, offset=0)
