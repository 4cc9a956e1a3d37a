"""The tables of the plane: features, directions, regions, one sample's lines and words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.display.components.feature_plane_frames import (
    chosen_sample,
    families,
    plane,
)
from core.display.components.star_frames import star
from core.geometry import sample_geometry
from core.store.subsets.base import SampleFilter
from tests.open_study import open_study
from tests.plane_study import BIAS, CLASSES, MODELS, WEIGHT, features, write_plane_study
from tests.study_file import write_study

VERSIONS = ["flat", "flat-50", "flat-90"]
ALL = SampleFilter()


def test_a_family_goes_from_dense_to_the_highest_ratio(tmp_path: Path) -> None:
    study = open_study(write_plane_study(tmp_path / "s.duckdb"))
    assert families(study) == {"flat": {"lenet5-f2: Magnitude": VERSIONS}}
    alone = open_study(write_plane_study(tmp_path / "one.duckdb", models=MODELS[:1]))
    assert families(alone) == {"flat": {"": ["flat"]}}
    assert families(open_study(write_study(tmp_path / "none.duckdb"))) == {}


def test_points_are_the_features_of_each_version(tmp_path: Path) -> None:
    study = open_study(write_plane_study(tmp_path / "s.duckdb"))
    found = plane(study, VERSIONS, "clean", ALL)
    assert found is not None
    left, right, low, high = found.box
    assert right - left == pytest.approx(high - low, rel=1e-4)
    for i, name in enumerate(VERSIONS):
        own = features(name, 30)
        np.testing.assert_allclose(found.points.select(f"x{i}", f"y{i}").to_numpy(), own, atol=1e-5)
        predicted = (own @ WEIGHT.T + BIAS).argmax(axis=1)
        assert found.points[f"predicted{i}"].to_list() == [CLASSES[k] for k in predicted]
        assert found.points[f"right{i}"].to_list() == (predicted == np.arange(30) % 3).tolist()
        assert (own > [left, low]).all() and (own < [right, high]).all()
        tips = found.arrows.select(f"x{i}", f"y{i}").to_numpy()
        np.testing.assert_allclose(tips[:, 0] * WEIGHT[:, 1], tips[:, 1] * WEIGHT[:, 0], atol=1e-9)
        regions = found.regions.filter(version=i)
        assert regions["class"].unique(maintain_order=True).to_list() == list(CLASSES)
    assert found.titles["title"][0].startswith("dense: ")
    assert found.titles["title"][2].startswith("magnitude, sparsity 90")
    assert (found.samples, found.undetermined) == (30, 0)


def test_one_sample_is_measured_as_the_metrics_say(tmp_path: Path) -> None:
    study = open_study(write_plane_study(tmp_path / "s.duckdb"))
    lines, words = chosen_sample(study, VERSIONS, "clean", ALL, sample_id=7)
    assert words.filter(line=0, version=0)["words"][0].startswith("sample 7: true bee, predicted ")
    for i, name in enumerate(VERSIONS):
        exact = sample_geometry(features(name, 30), WEIGHT, BIAS, np.arange(30) % 3)
        parts = {
            part: lines.filter(version=i, part=part).select("x", "y").to_numpy()
            for part in ("length", "angle", "margin")
        }
        (origin, end), (start, foot) = parts["length"], parts["margin"]
        assert origin.tolist() == [0, 0]
        assert np.linalg.norm(end) == pytest.approx(exact.length[7], abs=1e-5)
        assert np.linalg.norm(foot - start) == pytest.approx(abs(exact.margin[7]), abs=1e-5)
        first, last = parts["angle"][0], parts["angle"][-1]
        cosine = first @ last / np.linalg.norm(first) / np.linalg.norm(last)
        assert np.degrees(np.arccos(cosine)) == pytest.approx(exact.angle[7], abs=1e-3)
        assert words.filter(version=i)["words"][2] == f"angle {exact.angle[7]:.1f}°"


def test_without_a_choice_the_sample_is_one_that_pruning_breaks(tmp_path: Path) -> None:
    study = open_study(write_plane_study(tmp_path / "s.duckdb", count=300))
    found = plane(study, VERSIONS, "clean", ALL)
    assert found is not None
    broken = found.points.filter(right0=True, right2=False)["sample_id"].to_list()
    _, words = chosen_sample(study, VERSIONS, "clean", ALL, sample_id=None)
    assert words["words"][0].startswith(f"sample {broken[0] if broken else 0}:")
    _, unknown = chosen_sample(study, VERSIONS, "clean", ALL, sample_id=9_999)
    assert unknown.equals(words)


def test_the_star_is_of_the_network_with_most_versions_on_clean_images(tmp_path: Path) -> None:
    study = open_study(write_plane_study(tmp_path / "s.duckdb"))
    found = star(study)
    assert found is not None
    assert (found.condition, found.plane.titles.height) == ("clean", 3)
    assert found.plane.points.equals(plane(study, VERSIONS, "clean", ALL).points)
    assert found.words.equals(chosen_sample(study, VERSIONS, "clean", ALL, sample_id=None)[1])
    assert star(open_study(write_study(tmp_path / "none.duckdb"))) is None


def test_many_samples_are_drawn_from_and_the_same_in_every_version(tmp_path: Path) -> None:
    study = open_study(write_plane_study(tmp_path / "s.duckdb", count=1_500))
    found = plane(study, VERSIONS, "clean", ALL)
    assert found is not None
    assert (found.points.height, found.samples) == (1_000, 1_500)
    ids = found.points["sample_id"].to_numpy()
    np.testing.assert_allclose(
        found.points.select("x2", "y2").to_numpy(), features("flat-90", 1_500)[ids], atol=1e-5
    )


def test_a_filter_without_samples_gives_no_picture(tmp_path: Path) -> None:
    study = open_study(write_plane_study(tmp_path / "s.duckdb"))
    nothing = SampleFilter(17)
    assert plane(study, VERSIONS, "clean", nothing) is None
    lines, words = chosen_sample(study, VERSIONS, "clean", nothing, sample_id=1)
    assert (lines.height, words.height) == (0, 0)
