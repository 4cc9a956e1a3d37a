"""The command that brings in features: again, in place of others, and without torch."""

import subprocess
import sys
from dataclasses import astuple

import numpy as np
import pytest
from polars.testing import assert_frame_equal

from core.store.writing.shards import shard_path
from pipelines import evaluate
from pipelines.cli import run_stage
from pipelines.workspace.model_records import read_imported
from tests.pipelines.imported_study import (
    CLASSES,
    STUDY,
    Place,
    assert_rows,
    expected_row,
    made,
    write,
)
from tests.plain_neural_collapse import plain

DIGITS = """
name = "digits"
title = "Features of a known data set"
[dataset]
name = "digits"
image_size = 32
test_limit = 40
[conditions]
corruptions = ["contrast"]
severities = [5]
"""


WITHOUT_TORCH = """
import runpy, sys
from importlib.abc import MetaPathFinder

class Refuse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "torchvision"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__")
"""


def test_no_torch_is_needed_to_import_and_to_publish(place):
    files = write(place.folder / "mine.safetensors", made())
    for command in (
        ["pipelines.import_features", *place.command, "--model", "mine", "--condition", "clean",
         *files],
        ["pipelines.publish", *place.command],
    ):  # fmt: skip
        subprocess.run([sys.executable, "-c", WITHOUT_TORCH, *command], check=True)
    assert place.ask("SELECT count(*) AS rows FROM sample_metrics").item() == 60


def test_a_study_without_images_says_what_is_known_and_no_more(place):
    clean, fog, own = made(), made(), made()
    fog["features"] = fog["features"] * np.float32(0.5)
    own["features"] = own["features"] + np.float32(0.5)
    assert place.bring(clean, "--network", "vit", "--seed", "4") == 0
    assert place.bring(fog, condition="fog-3") == 0
    assert place.bring(own, condition="sensor_dust-2") == 0
    pruned = ("--method", "magnitude", "--sparsity", "0.75", "--parent", "mine")
    for condition, arrays in (("sensor_dust-2", own), ("clean", clean), ("fog-3", fog)):
        assert place.bring(arrays, *pruned, model="pruned", condition=condition) == 0
    assert place.publish() == 0
    assert place.ask(
        "SELECT name, network, method, ratio, sparsity, sparsity_source, seed, parent, parameters, "
        "nonzero_parameters, macs, macs_theoretical, sparsity_total FROM models ORDER BY model_id"
    ).rows() == [
        ("mine", "vit", "dense", 0.0, 0.0, "stated", 4, None, *[None] * 5),
        ("pruned", "unknown", "magnitude", 0.75, 0.75, "stated", None, "mine", *[None] * 5),
    ]
    assert place.ask("SELECT * FROM conditions ORDER BY condition_id").rows() == [
        (0, "clean", "clean", "clean", 0, "clean", False, None, None, None),
        (1, "fog-3", "fog", "weather", 3, "imported", True, None, None, None),
        (2, "sensor_dust-2", "sensor_dust", "other", 2, "imported", False, None, None, None),
    ]
    assert place.ask("SELECT name FROM classes ORDER BY class_id")["name"].to_list() == list(
        CLASSES
    )
    assert place.ask(
        "SELECT sample_id, label, thumbnail FROM samples ORDER BY sample_id"
    ).rows() == [
        (int(number), int(label), None)
        for number, label in zip(clean["sample_ids"], clean["labels"], strict=True)
    ]
    study = place.ask("SELECT dataset, image_size, corruption_source FROM study").row(0)
    assert study == ("imported", None, "imported")
    for condition, arrays in enumerate((clean, fog, own)):
        predicted = [expected_row(arrays, row)["prediction"] for row in range(60)]
        expected = plain(arrays["features"], arrays["labels"], np.array(predicted),
                         arrays["weight"].astype(float))  # fmt: skip
        collapse = (
            f"SELECT * FROM neural_collapse WHERE model_id = 1 AND condition_id = {condition}"
        )
        assert place.ask(collapse).row(0)[2:] == pytest.approx(astuple(expected), rel=1e-6)
        rows = f"SELECT * FROM sample_metrics WHERE model_id = 1 AND condition_id = {condition}"
        assert_rows(place.ask(f"{rows} ORDER BY sample_id"), arrays)


def test_metrics_beyond_what_is_stored_are_undefined(place):
    arrays = made()
    arrays["features"][5] = 3e38  # its length is beyond float32
    assert place.bring(arrays) == 0
    assert place.publish() == 0
    rows = place.shard()
    assert rows["length"].is_finite().sum() == 59
    found = place.ask("SELECT null_count FROM metric_range WHERE metric = 'length' ORDER BY ALL")
    assert found["null_count"].sum() == 1
    angles = rows.row(5, named=True)["angles"]
    weight = arrays["weight"].astype(float)
    expected = np.degrees(
        np.arccos(weight.sum(1) / np.linalg.norm(weight, axis=1) / np.sqrt(weight.shape[1]))
    )
    assert angles == pytest.approx(expected, abs=1e-3)


def test_the_same_again_says_so_and_changes_nothing(place, capsys):
    arrays = made()
    assert place.bring(arrays) == 0
    before = {p: p.stat().st_mtime_ns for p in (place.folder / "runs").rglob("*") if p.is_file()}
    assert place.bring(arrays) == 0
    assert "imported before as mine under clean: nothing to do" in capsys.readouterr().out
    after = {p: p.stat().st_mtime_ns for p in (place.folder / "runs").rglob("*") if p.is_file()}
    assert after == before


def test_a_damaged_shard_is_made_again_by_importing_again(place, capsys):
    arrays = made()
    assert place.bring(arrays) == 0
    path = shard_path(place.workspace.shards, "mine", "clean")
    whole = place.shard()
    path.write_bytes(path.read_bytes()[:-50])
    assert place.publish() == 2
    assert "model mine under clean" in capsys.readouterr().err
    assert place.bring(arrays) == 0
    assert_frame_equal(place.shard(), whole, check_exact=True)


def test_new_features_of_a_condition_take_the_place_of_the_old(place):
    arrays = made()
    assert place.bring(arrays) == 0
    arrays["features"] = arrays["features"] * np.float32(2)
    assert place.bring(arrays) == 0
    assert_rows(place.shard(), arrays)


def test_another_classifier_is_another_model_unless_it_replaces(place, capsys):
    arrays = made()
    assert place.bring(arrays) == 0
    arrays["weight"] = arrays["weight"] * np.float32(2)
    assert place.bring(arrays, condition="fog-1") == 2
    assert "expected the classifier that was imported for clean" in capsys.readouterr().err
    assert place.bring(arrays, "--replace", condition="fog-1") == 0
    assert set(read_imported(place.workspace.models, "mine").features) == {"fog-1"}


def test_a_condition_that_is_missing_for_a_model_is_named(place, capsys):
    assert place.bring(made()) == 0
    assert place.bring(made(), model="other", condition="fog-3") == 0
    assert "before the study is published: clean" in capsys.readouterr().out
    assert place.publish() == 2
    assert "features of model mine under fog-3" in capsys.readouterr().err


def digits_arrays(place, *, classes=10):
    samples = place.workspace.samples
    arrays = made(samples=len(samples), classes=classes)
    arrays |= {"labels": samples.labels, "sample_ids": samples.sample_ids}
    return arrays


def test_into_a_known_data_set_it_stands_beside_the_images(tmp_path):
    place = Place(tmp_path, DIGITS)
    arrays = digits_arrays(place)
    assert place.bring(arrays) == 0
    assert place.bring(arrays, condition="contrast-5") == 0
    assert run_stage("", evaluate.evaluate_study, place.command) == 0
    assert place.publish() == 0
    assert_rows(
        place.ask("SELECT * FROM sample_metrics WHERE condition_id = 1 ORDER BY sample_id"), arrays
    )
    assert place.ask("SELECT count(*) AS n FROM samples WHERE thumbnail IS NULL").item() == 0
    assert place.ask("SELECT image_size FROM study").item() == 32


def test_in_a_known_data_set_samples_and_conditions_must_be_the_studys(tmp_path, capsys):
    place = Place(tmp_path, DIGITS)
    arrays = digits_arrays(place)
    other = arrays | {"labels": arrays["labels"].copy()}
    other["labels"][[5, 9]] = (other["labels"][[5, 9]] + 1) % 10
    assert place.bring(other) == 2
    said = capsys.readouterr().err
    assert f"expected in row 5 the study's sample {arrays['sample_ids'][5]}" in said
    assert f"found sample {arrays['sample_ids'][5]} with label {other['labels'][5]}." in said
    assert place.bring({k: v for k, v in arrays.items() if k != "sample_ids"}) == 2
    assert "(the file has no sample ids, so its rows count)" in capsys.readouterr().err
    assert place.bring(arrays, condition="fog-3") == 2
    assert "conditions clean, contrast-5, found 'fog-3'" in capsys.readouterr().err
    assert not (tmp_path / "runs" / "digits").exists()


def test_later_imports_must_have_the_samples_of_the_first(place, capsys):
    arrays = made()
    assert place.bring(arrays) == 0
    shorter = {k: v if k in {"weight", "bias"} else v[:50] for k, v in arrays.items()}
    assert place.bring(shorter, model="other") == 2
    assert "the study's 60 samples, found 50: they differ from row 50 on" in capsys.readouterr().err
    assert place.bring(shorter, "--replace") == 0
    assert len(place.workspace.samples) == 50


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--model", "a/b"], "--model: expected letters"),
        (["--condition", "fog"], "--condition: expected clean or <corruption>-<severity>"),
        (["--condition", "fog-6"], "severity of 1 to 5, found 'fog-6'"),
        (["--method", "magnitude"], "--ratio or --sparsity: expected the fraction"),
        (["--ratio", "50"], "--ratio: expected a fraction in 0..1, found 50.0"),
        (["--ratio", "nan"], "--ratio: expected a fraction in 0..1, found nan"),
        (["--sparsity=-1"], "--sparsity: expected a fraction in 0..1, found -1.0"),
        (["--seed", "1" + "0" * 30], "--seed: expected a seed from 0 to 2^63 - 1, found 1000"),
        (["--seed=-1"], "--seed: expected a seed from 0 to 2^63 - 1, found -1"),
        (["--parent", "nobody"], "--parent: expected a model of the study, found 'nobody'"),
    ],
)
def test_a_wrong_flag_gets_one_sentence(place, capsys, flags, sentence):
    assert place.bring(made(), *flags) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        ("[conditions]\ncorruptions = 'all'", "conditions: expected no such table"),
        ("[[network]]\nname = 'lenet5'", "network: expected no such table"),
    ],
)
def test_a_study_without_images_has_nothing_to_train_or_corrupt(place, capsys, added, sentence):
    place.study.write_text(f"{STUDY}\n{added}\n")
    assert place.bring(made()) == 2
    assert sentence in capsys.readouterr().err
    place.study.write_text(STUDY.replace("class_names", "# class_names"))
    assert place.bring(made()) == 2
    assert "dataset.class_names: expected the names of the classes" in capsys.readouterr().err
