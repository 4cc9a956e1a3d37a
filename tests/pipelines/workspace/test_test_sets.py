"""Further test sets: the same models, measured on other images."""

import numpy as np
import pytest
from PIL import Image
from polars.testing import assert_frame_equal

from core.store.connection import connect, query
from pipelines import attribute
from pipelines.cli import run_stage
from pipelines.errors import PipelineError
from pipelines.run import run_study
from pipelines.workspace.workspace import Workspace

STUDY = """
name = "small"
title = "A small study"
[dataset]
name = "digits"
image_size = 32
test_limit = 30
[[network]]
name = "lenet5"
training = { epochs = 1 }
[[pruning]]
method = "magnitude"
ratios = [0.5]
[conditions]
corruptions = ["contrast"]
severities = [3]
[[test_set]]
name = "again"
dataset = "image_folder"
folder = "again"
"""
ROWS = "SELECT * FROM metrics ORDER BY model, condition, sample_id"


@pytest.fixture
def study_file(tmp_path):
    """A study whose own test images are, class by class, the folder of another test set."""
    path = tmp_path / "small.toml"
    path.write_text(STUDY)
    test = Workspace.open(path, runs=tmp_path, published=tmp_path, device="cpu").test
    for row in np.argsort(test.labels, kind="stable"):
        folder = tmp_path / "again" / "test" / test.class_names[test.labels[row]]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(test.images[row]).save(folder / f"{test.sample_ids[row]:05}.png")
    return path


def rows(folder, name):
    with connect((folder / "data" / f"{name}.duckdb").resolve()) as connection:
        return query(connection, ROWS), query(connection, "SELECT title, dataset FROM study")


def test_each_test_set_is_a_study_of_its_own_with_the_same_models(study_file, tmp_path, capsys):
    command = [str(study_file), "--runs", f"{tmp_path}/runs", "--published", f"{tmp_path}/data"]
    assert run_stage("", run_study, command) == 0
    own, _ = rows(tmp_path, "small")
    other, study = rows(tmp_path, "small-again")
    assert study.row(0) == ("A small study, on again", "image_folder")
    assert own.height == other.height == 2 * 2 * 30
    # the same images: sorted by class and id they have the same metrics, where no chance is in it
    metrics = ["model", "condition", "class", "predicted_class", "length", "angle", "margin"]
    assert_frame_equal(
        own.sort("model", "condition", "class", "sample_id").select(metrics),
        other.sort("model", "condition", "class", "sample_id").select(metrics),
        rel_tol=1e-4,
    )
    capsys.readouterr()
    assert run_stage("", run_study, command) == 0
    assert "nothing was done again" in capsys.readouterr().out.replace("\n", " ")


def test_occlusion_maps_are_made_of_the_test_set_that_is_named(study_file, tmp_path):
    command = [str(study_file), "--runs", f"{tmp_path}/runs", "--published", f"{tmp_path}/data"]
    assert run_stage("", run_study, command) == 0
    chosen = ["--models", "lenet5-seed0", "--test-set", "again", "--samples", "0", "7"]
    assert attribute.main([*command, *chosen]) == 0
    assert run_stage("", run_study, command) == 0
    found = []
    for name in ("small", "small-again"):
        with connect((tmp_path / "data" / f"{name}.duckdb").resolve()) as connection:
            rows = query(connection, "SELECT DISTINCT sample_id FROM attribution ORDER BY ALL")
            found.append(rows["sample_id"].to_list())
    assert found == [[], [0, 7]]


def test_other_classes_are_refused(study_file, tmp_path):
    (tmp_path / "again" / "test" / "extra").mkdir()
    Image.new("RGB", (32, 32)).save(tmp_path / "again" / "test" / "extra" / "0.png")
    workspace = Workspace.open(study_file, runs=tmp_path, published=tmp_path, device="cpu")
    with pytest.raises(PipelineError, match=r"test_set again: expected the 10 classes .* found 11"):
        _ = workspace.test_sets()[1].test


def test_arrays_are_a_test_set_whole_and_classes_are_matched_by_name(tmp_path, capsys):
    text = STUDY.replace('"image_folder"\nfolder = "again"', '"arrays"\nfolder = "v"')
    (tmp_path / "small.toml").write_text(text)
    (tmp_path / "v").mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)
    labels = np.arange(20) % 10
    backwards = np.array([str(9 - number) for number in range(10)])
    np.savez(tmp_path / "v" / "test.npz", images=pixels, labels=labels, label_names=backwards)
    own = Workspace.open(tmp_path / "small.toml", runs=tmp_path, published=tmp_path, device="cpu")
    test = own.test_sets()[1].test_images
    assert test.class_names == own.test.class_names
    assert test.labels.tolist() == (9 - labels).tolist()
    assert (test.images[:] == pixels).all()
    assert "test set again: 20 images of 10 classes." in capsys.readouterr().out
    names = np.array([f"n{number}" for number in range(10)])
    np.savez(tmp_path / "v" / "test.npz", images=pixels, labels=labels, label_names=names)
    again = Workspace.open(tmp_path / "small.toml", runs=tmp_path, published=tmp_path, device="cpu")
    assert again.test_sets()[1].test_images.labels.tolist() == labels.tolist()
    said = capsys.readouterr().out
    assert "classes by their number, the names differ: n0 is 0" in said
