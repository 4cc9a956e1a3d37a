"""Neural collapse by target sparsity and against robustness, from stated measures."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.stats import spearmanr

from core.display.latent_space.collapse.chart import collapse_plot
from core.display.latent_space.collapse.frames import MEASURES, collapse
from core.store.queries.neural_collapse import neural_collapse
from tests.collapsed_study import NC1, write_collapsed
from tests.open_study import open_study
from tests.study_file import write_study


def test_the_query_has_clean_images_only_and_every_model(tmp_path: Path) -> None:
    found = open_study(write_collapsed(tmp_path / "s.duckdb")).run(neural_collapse)
    assert found.columns == ["model_id", "samples", *MEASURES]
    assert found.select("model_id", "nc1").rows() == list(enumerate(NC1))


def test_curves_start_at_the_dense_model_and_leave_out_what_has_no_logarithm(
    tmp_path: Path,
) -> None:
    found = collapse(open_study(write_collapsed(tmp_path / "s.duckdb")))
    expected = pl.DataFrame(
        {
            "series": ["Magnitude", "Magnitude"],
            "ratio": [0.0, 0.5],
            "value": [0.25, 0.5],
            "seeds": pl.Series([1, 1], dtype=pl.UInt32),
        }
    )
    assert_frame_equal(found.by_sparsity["nc1"], expected)
    assert found.by_sparsity["nc4"].rows() == [
        ("Magnitude", 0.0, 1.0, 1),
        ("Magnitude", 0.5, 0.9, 1),
        ("Magnitude", 0.9, 0.8, 1),
        ("Random", 0.0, 1.0, 1),
        ("Random", 0.5, 0.7, 1),
    ]
    assert (found.samples, found.undefined) == (40, 1)


def test_robustness_is_the_mean_accuracy_on_corrupted_images(tmp_path: Path) -> None:
    path = write_collapsed(tmp_path / "s.duckdb")
    found = collapse(open_study(path))
    with duckdb.connect(str(path), read_only=True) as connection:
        means = dict(
            connection.sql(
                "SELECT model_id, avg(correct::INT) FROM sample_metrics WHERE condition_id > 0 "
                "GROUP BY ALL"
            ).fetchall()
        )
    rows = found.by_robustness["nc4"]
    assert rows["robustness"].to_list() == pytest.approx([means[i] for i in range(4)])
    assert rows["model"].n_unique() == 4
    expected = spearmanr(rows["value"], rows["robustness"]).statistic
    assert found.correlations["nc4"] == pytest.approx(expected)
    assert abs(expected) > 0.3
    # the same for all models
    assert found.correlations["nc3"] is None


def test_a_study_that_was_not_measured_gives_no_rows(tmp_path: Path) -> None:
    found = collapse(open_study(write_study(tmp_path / "s.duckdb")))
    assert found.samples == 0
    assert all(one.is_empty() for one in found.by_sparsity.values())
    assert found.colours == {}


@pytest.mark.parametrize("against", ["ratio", "robustness"])
@pytest.mark.parametrize("logarithmic", [True, False])
def test_the_plots_are_valid_and_name_their_axes(against: str, logarithmic: bool) -> None:
    chart = collapse_plot({"a": "#000000"}, title="NC1", logarithmic=logarithmic, against=against)
    layer = chart.to_dict()["layer"][0]["encoding"]
    assert ("logarithmic" in layer["y"]["title"]) == logarithmic
    assert layer["y"]["scale"].get("type") == ("log" if logarithmic else None)
    expected = {"ratio": "target sparsity", "robustness": "mean accuracy on corrupted images"}
    assert layer["x"]["title"] == expected[against]
