"""Relative changes against the rows of the study, worked out by polars and scipy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy import stats

from core.display.robustness.panels import FULL
from core.display.robustness.relative_change.frames import (
    ALL,
    BINS,
    METRICS_SHOWN,
    difference_tables,
    paired_differences,
    relative_changes,
)
from core.store.connection import query
from core.store.queries.robustness import metric_under_model
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter
from tests.many_classes import write_many_class_study
from tests.open_study import open_study
from tests.study_file import write_study

NAMES = ["lenet5-dense", "lenet5-magnitude-0.9"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(
        write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb", sample_count=400)
    )


def by_polars(study: Study, metric: str) -> dict[int, pl.DataFrame]:
    """The kept relative changes of each model: condition_id, sample_id, change."""
    rows = study.ask(query, "SELECT * FROM sample_metrics").with_columns(
        value=pl.col(metric).cast(pl.Float64)
    )
    found = {}
    for model_id in (0, 2):
        own = rows.filter(pl.col("model_id") == model_id)
        clean = own.filter(pl.col("condition_id") == 0).select("sample_id", clean="value")
        change = (
            own.filter(pl.col("condition_id") > 0)
            .join(clean, on="sample_id")
            .with_columns(change=(pl.col("clean") - pl.col("value")) / pl.col("clean"))
            .filter(pl.col("change").is_finite())
            .sort("change")
        )
        removed = int(0.005 * change.height)
        found[model_id] = change.slice(removed, change.height - 2 * removed)
    return found


@pytest.mark.parametrize("metric", METRICS_SHOWN)
def test_counts_curves_and_differences_are_those_of_the_rows(study: Study, metric: str) -> None:
    found = relative_changes(study, NAMES, metric, EVERYTHING, tested=True)
    expected = by_polars(study, metric)
    for row, one in zip(found.counts.to_dicts(), expected.values(), strict=True):
        assert row["values"] - row["removed"] == one.height
        assert row["values"] + row["undefined"] == 800
        assert row["mean"] == pytest.approx(one["change"].abs().mean())
    every = np.concatenate([one["change"].to_numpy() for one in expected.values()])
    fog = expected[2].filter(pl.col("condition_id") == 2)["change"].to_numpy()
    heights, _ = np.histogram(fog, bins=BINS, range=(every.min(), every.max()), density=True)
    model = found.counts["model"][1]
    curve = found.curves.filter(pl.col("model") == model, pl.col("corruption") == "fog")
    width = curve["value"][1] - curve["value"][0]
    # a value on an edge may fall on either side
    assert np.abs(curve["density"].to_numpy() - heights).sum() * width < 0.02
    assert curve["density"].sum() * width == pytest.approx(1)
    paired = expected[0].join(expected[2], on=["condition_id", "sample_id"], suffix="_2")
    per_image = paired.group_by("sample_id").agg(
        (pl.col("change_2").abs() - pl.col("change").abs()).mean()
    )
    (row,) = found.differences.filter(pl.col("row") == ALL).to_dicts()
    assert row["value"] == pytest.approx(per_image["change_2"].mean())
    assert row["images"] == per_image.height


def test_the_interval_is_a_bootstrap_over_images() -> None:
    rng = np.random.default_rng(0)
    kept = [rng.normal(1, 1, (3, 200)), rng.normal(1.4, 1, (3, 200))]
    (row,) = paired_differences(kept, ["a", "b"], {ALL: [0, 1, 2]}, tested=True).to_dicts()
    change = (np.abs(kept[1]) - np.abs(kept[0])).mean(axis=0)
    expected = stats.bootstrap((change,), np.mean, method="percentile", rng=1).confidence_interval
    assert (row["low"], row["high"]) == pytest.approx(tuple(expected), abs=0.03)


def test_an_image_without_a_pair_does_not_count() -> None:
    nan = np.nan
    kept = [
        np.array([[1.0, 2.0, nan], [3.0, nan, 1.0]]),
        np.array([[2.0, nan, 5.0], [-7.0, 9.0, nan]]),
    ]
    found = paired_differences(kept, ["a", "b"], {ALL: [0, 1], "fog": [1]}, tested=True)
    assert found.rows() == [(ALL, "b", 2.5, None, None, 1), ("fog", "b", 4.0, None, None, 1)]
    assert paired_differences(kept[:1], ["a"], {ALL: [0]}, tested=True).is_empty()


def test_differences_lie_around_the_middle_of_their_panel() -> None:
    differences = pl.DataFrame(
        {
            "row": [ALL, ALL], "series": ["b", "c"], "value": [0.0, 2.0], "low": [-1.0, None],
            "high": [1.0, None], "images": [9, 9],
        }
    )  # fmt: skip
    tables = difference_tables(differences, ["b", "c"])
    assert tables["dots"]["x"].to_list() == pytest.approx([FULL / 2, 1 + FULL * (2 + 2.1) / 4.2])
    assert tables["dots"]["fill"].to_list() == [1, 0]
    assert tables["ticks"]["label"].to_list()[:5] == ["−2", "0", "+2", "−2", "0"]


def test_samples_are_those_of_the_filter(study: Study) -> None:
    found = relative_changes(study, NAMES, "length", SampleFilter(3), tested=False)
    assert found.images == 100
    assert found.differences["low"].null_count() == found.differences.height


def test_one_model_has_no_difference_and_no_corruption_no_curve(
    study: Study, tmp_path: Path
) -> None:
    assert relative_changes(
        study, NAMES[:1], "margin", EVERYTHING, tested=True
    ).differences.is_empty()
    bare = open_study(write_many_class_study(tmp_path / "bare.duckdb", classes=101))
    names = bare.models["name"].to_list()
    assert relative_changes(bare, names, "margin", EVERYTHING, tested=True).curves.is_empty()


def test_the_query_gives_every_row_of_the_model(study: Study) -> None:
    found = study.ask(metric_under_model, model_id=2, metric="angle", sample_filter=SampleFilter(1))
    expected = study.ask(
        query,
        "SELECT condition_id, angle::DOUBLE AS value FROM sample_metrics "
        "WHERE model_id = 2 AND label = 1 ORDER BY condition_id, sample_id",
    )
    assert_frame_equal(found, expected)
