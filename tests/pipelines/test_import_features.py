"""Features from elsewhere: the same numbers as by hand, from every format, and without torch."""

import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal
from safetensors.numpy import save_file

from core.store.connection import connect, query
from core.store.writing.shards import shard_path
from pipelines import evaluate, publish
from pipelines.cli import run_stage
from pipelines.import_features import main
from pipelines.study.reader import read_study
from pipelines.workspace.model_records import read_imported
from pipelines.workspace.workspace import Workspace

CLASSES = ("ant", "bee", "cat", "dog")
STUDY = f"""
name = "elsewhere"
title = "Features from elsewhere"
[dataset]
name = "imported"
class_names = {list(CLASSES)}
"""
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


def made(*, samples=60, width=7, classes=4, seed=0):
    """Arrays of an import; sample 3 has a zero feature."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, samples)
    weight = random.normal(size=(classes, width)).astype(np.float32)
    features = random.normal(size=(samples, width)).astype(np.float32) + 2 * weight[labels]
    features[3] = 0
    return {
        "features": features,
        "labels": labels,
        "sample_ids": np.sort(random.choice(10 * samples, samples, replace=False)),
        "weight": weight,
        "bias": random.normal(size=classes).astype(np.float32),
    }


def write(path: Path, arrays: dict[str, np.ndarray]) -> list[str]:
    """The arrays in the format that the suffix names; the flags that name the files."""
    if path.suffix == ".npz":
        np.savez_compressed(path, **arrays)
    elif path.suffix == ".safetensors":
        save_file({key: np.ascontiguousarray(value) for key, value in arrays.items()}, path)
    else:
        classifier = path.with_name(f"{path.stem}-classifier.npz")
        np.savez(classifier, **{k: v for k, v in arrays.items() if k in {"weight", "bias"}})
        names = {
            "features": "features",
            "labels": "label",
            "sample_ids": "sample_id",
            "logits": "logits",
        }
        columns = {names[k]: arrays[k] for k in names if k in arrays}
        columns = {k: list(v) if v.ndim > 1 else v for k, v in columns.items()}
        # small row groups, so that chunks and groups do not end together
        pq.write_table(pa.table(columns), path, row_group_size=17)
        return ["--features", str(path), "--classifier", str(classifier)]
    return ["--features", str(path)]


class Place:
    """A study in a folder of its own."""

    def __init__(self, folder: Path, text: str = STUDY) -> None:
        self.folder = folder
        self.study = folder / "study.toml"
        self.study.write_text(text)

    @property
    def command(self) -> list[str]:
        folders = ("--runs", self.folder / "runs", "--published", self.folder / "data")
        return [str(self.study), *map(str, folders)]

    def bring(self, arrays, *flags, model="mine", condition="clean", suffix=".npz") -> int:
        """Import the arrays; the exit code."""
        files = write(self.folder / f"{model}-{condition}{suffix}", arrays)
        return main([*self.command, "--model", model, "--condition", condition, *files, *flags])

    def publish(self) -> int:
        return run_stage("", publish.publish_study, self.command)

    @property
    def workspace(self) -> Workspace:
        return Workspace.open(
            self.study, runs=self.folder / "runs", published=self.folder / "data", device="cpu"
        )

    def shard(self, model="mine", condition="clean") -> pl.DataFrame:
        return pl.read_parquet(shard_path(self.workspace.shards, model, condition))

    def ask(self, sql: str) -> pl.DataFrame:
        name = read_study(self.study).name
        with connect((self.folder / "data" / f"{name}.duckdb").resolve()) as connection:
            return query(connection, sql)


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def expected_row(arrays, row):
    """Every metric of one sample by loops in float64, straight from the definitions."""
    x = arrays["features"][row].astype(float)
    weight = arrays["weight"].astype(float)
    bias = arrays["bias"].astype(float) if "bias" in arrays else np.zeros(len(weight))
    label = int(arrays["labels"][row])
    logits = [float(w @ x + b) for w, b in zip(weight, bias, strict=True)]
    prediction = int(np.argmax(logits))
    length = float(np.sqrt(sum(value**2 for value in x)))
    distances = [
        (logits[prediction] - logits[j]) / np.sqrt(((weight[prediction] - weight[j]) ** 2).sum())
        for j in range(len(weight))
        if j != prediction
    ]
    angles = [
        np.degrees(np.arccos(np.clip(w @ x / (np.sqrt((w**2).sum()) * length), -1, 1)))
        if length
        else None
        for w in weight
    ]
    return {
        "label": label,
        "prediction": prediction,
        "correct": prediction == label,
        "confidence": np.exp(logits[prediction]) / np.exp(logits).sum(),
        "length": length,
        "angle": angles[label],
        "margin": min(distances) * (1 if prediction == label else -1),
        "angles": angles,
    }


def assert_rows(frame: pl.DataFrame, arrays) -> None:
    """A frame of sample_metrics against the loops, within the promised tolerances."""
    ids = arrays.get("sample_ids", np.arange(len(arrays["labels"])))
    assert frame["sample_id"].to_list() == ids.tolist()
    for row, found in enumerate(frame.iter_rows(named=True)):
        expected = expected_row(arrays, row)
        for key in ("label", "prediction", "correct"):
            assert found[key] == expected[key]
        for key in ("length", "margin"):
            assert found[key] == pytest.approx(expected[key], rel=1e-4, abs=1e-6)
        assert found["confidence"] == pytest.approx(expected["confidence"], abs=1e-6)
        if expected["angle"] is None:
            assert found["angle"] is None
            assert found["angles"] == [None] * len(expected["angles"])
        else:
            assert found["angle"] == pytest.approx(expected["angle"], abs=1e-3)
            assert found["angles"] == pytest.approx(expected["angles"], abs=1e-3)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".parquet"])
def test_the_published_rows_are_those_computed_by_hand(place, suffix):
    arrays = made()
    assert place.bring(arrays, suffix=suffix) == 0
    assert place.publish() == 0
    assert_rows(place.ask("SELECT * FROM sample_metrics ORDER BY sample_id"), arrays)


def test_every_format_gives_the_same_shard_and_the_same_fingerprints(tmp_path):
    arrays = made()
    places = []
    for suffix in (".npz", ".safetensors", ".parquet"):
        (tmp_path / suffix).mkdir()
        places.append(Place(tmp_path / suffix))
        assert places[-1].bring(arrays, suffix=suffix) == 0
    first, *others = [(p.shard(), read_imported(p.workspace.models, "mine")) for p in places]
    for frame, model in others:
        assert_frame_equal(frame, first[0], check_exact=True)
        assert model.row.checkpoint_sha256 == first[1].row.checkpoint_sha256


def test_without_ids_rows_count_and_without_a_bias_it_is_zero(place):
    arrays = made()
    del arrays["sample_ids"], arrays["bias"]
    assert place.bring(arrays) == 0
    assert_rows(place.shard(), arrays)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".parquet"])
def test_the_networks_own_logits_are_checked_where_they_come_along(place, capsys, suffix):
    arrays = made()
    logits = arrays["features"] @ arrays["weight"].T + arrays["bias"]
    assert place.bring(arrays | {"logits": logits}, suffix=suffix) == 0
    assert "logits: as W·X + b gives them" in capsys.readouterr().out
    logits[31] += 0.1 * np.abs(logits[31]).max()
    assert place.bring(arrays | {"logits": logits}, suffix=suffix, model="other") == 2
    assert "found others in row 31 (sample " in capsys.readouterr().err
    assert place.bring(arrays | {"logits": logits[:, 1:]}, suffix=suffix, model="other") == 2
    assert "logits of shape (60, 4), found (60, 3)" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [np.float16, np.float64, ">f4"])
def test_any_floating_type_is_measured_in_float64(place, kind):
    arrays = made()
    arrays["features"] = arrays["features"].astype(kind)
    assert place.bring(arrays) == 0
    assert_rows(place.shard(), arrays)


def test_arrays_in_fortran_order_are_the_same_arrays(place):
    arrays = made()
    arrays["features"] = np.asfortranarray(arrays["features"])
    assert place.bring(arrays) == 0
    assert_rows(place.shard(), arrays)


def test_chunks_do_not_change_a_row(place, monkeypatch):
    arrays = made()
    assert place.bring(arrays, model="whole") == 0
    monkeypatch.setattr("pipelines.external.imported_features.VALUES_AT_ONCE", 13 * (4 + 7))
    for suffix in (".npz", ".safetensors", ".parquet"):
        assert place.bring(arrays, model=f"pieces{suffix}", suffix=suffix) == 0
        assert_frame_equal(place.shard(f"pieces{suffix}"), place.shard("whole"), check_exact=True)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_memory_is_that_of_a_chunk_not_of_the_file(place, monkeypatch, suffix):
    monkeypatch.setattr("pipelines.external.imported_features.VALUES_AT_ONCE", 1 << 15)
    peaks = []
    for samples in (2_000, 16_000):
        arrays = made(samples=samples, width=256)
        files = write(place.folder / f"{samples}{suffix}", arrays)
        del arrays
        tracemalloc.start()
        named = [*place.command, "--model", "mine", "--condition", "clean", "--replace"]
        assert main([*named, *files]) == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    features = 14_000 * 256 * 4
    assert peaks[1] - peaks[0] < features / 3


PEAK_OF_READING = """
import sys
from pathlib import Path
import pyarrow
from pipelines.external.array_files import open_array_file

for chunk in open_array_file(Path(sys.argv[1])).chunks("features", 500):
    assert chunk.shape == (500, 128)
print(pyarrow.default_memory_pool().max_memory())
"""


def test_a_row_group_of_parquet_is_never_in_memory_as_a_whole(place):
    features = made(samples=20_000, width=128)["features"]
    pq.write_table(pa.table({"features": list(features)}), place.folder / "f.parquet")
    # pyarrow's own peak, in a process that has read nothing else
    told = subprocess.run(
        [sys.executable, "-c", PEAK_OF_READING, str(place.folder / "f.parquet")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert 0 < int(told) < features.nbytes / 2


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
        (0, "clean", "clean", "clean", 0, "clean"),
        (1, "fog-3", "fog", "weather", 3, "imported"),
        (2, "sensor_dust-2", "sensor_dust", "other", 2, "imported"),
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
        rows = f"SELECT * FROM sample_metrics WHERE model_id = 1 AND condition_id = {condition}"
        assert_rows(place.ask(f"{rows} ORDER BY sample_id"), arrays)


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
    assert not (tmp_path / "runs").exists()


def test_later_imports_must_have_the_samples_of_the_first(place, capsys):
    arrays = made()
    assert place.bring(arrays) == 0
    shorter = {k: v if k in {"weight", "bias"} else v[:50] for k, v in arrays.items()}
    assert place.bring(shorter, model="other") == 2
    assert "the study's 60 samples, found 50: they differ from row 50 on" in capsys.readouterr().err
    assert place.bring(shorter, "--replace") == 0
    assert len(place.workspace.samples) == 50


def changed(key, change):
    def apply(arrays):
        return arrays | {key: change(arrays[key].copy())}

    return apply


def put(key, row, value):
    def change(array):
        array[row] = value
        return array

    return changed(key, change)


def without(*keys):
    return lambda arrays: {k: v for k, v in arrays.items() if k not in keys}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (put("features", (41, 2), np.nan), "found NaN or infinity in row 41 \\(sample "),
        (put("features", (59, 0), np.inf), "found NaN or infinity in row 59"),
        (put("labels", 7, 4), r"labels in 0\.\.3, found 4 in row 7"),
        (put("labels", 8, -1), r"labels in 0\.\.3, found -1 in row 8"),
        (put("bias", 1, np.nan), "finite floating-point bias, found NaN"),
        (put("sample_ids", 0, 2**31), "sample_ids in 0..2147483647, found 2147483648 in row 0"),
        (without("features"), "features and labels, found bias, labels, sample_ids, weight"),
        (without("weight"), "expected weight, found bias, features, labels, sample_ids"),
        (changed("features", lambda a: a[:, :, None]), r"\(samples, m\), found \(60, 7, 1\)"),
        (changed("features", lambda a: a[:, 1:]), r"shape \(4, 6\).*found \(4, 7\)\."),
        (changed("features", lambda a: a.astype(int)), "floating-point numbers in features"),
        (changed("weight", lambda a: a.T), r"found \(7, 4\) \(a kernel of JAX or Keras"),
        (changed("bias", lambda a: a[1:]), r"bias of shape \(4,\).*found \(3,\)"),
        (changed("labels", lambda a: a[1:]), r"labels of shape \(60,\).*found \(59,\)"),
        (changed("labels", lambda a: a.astype(float)), "integers in labels, found float64"),
        (
            changed("sample_ids", lambda a: np.r_[a[:20], a[4], a[21:]]),
            r"distinct sample_ids, found \d+ in row 4 and row 20",
        ),
    ],
)
@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_arrays_that_do_not_fit_get_one_sentence_and_leave_no_model(
    place, capsys, change, sentence, suffix
):
    assert place.bring(change(made()), suffix=suffix) == 2
    error = capsys.readouterr().err
    assert re.search(sentence, error), error
    assert error.count("\n") == 1
    assert not list(place.folder.rglob("*.json"))
    assert not list(place.folder.rglob("*.partial"))


def table(**columns):
    return pa.table({"features": [[1.0, 2.0], [3.0, 4.0]], "label": [0, 1], **columns})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (table(features=[[1.0, 2.0], [3.0]]), "expected 2 values in features as in row 0, found 1"),
        (table(features=[[1.0, 2.0], None]), "a value in features, found none in row 1"),
        (table(features=[[1.0, 2.0], [3.0, None]]), "a value in features, found none in row 1"),
        (table(label=[0, None]), "a value in label, found none in row 1"),
        (pa.table({"features": [[1.0]], "target": [0]}), "label, found features, target"),
    ],
)
def test_a_parquet_table_that_does_not_fit_is_named(place, capsys, content, sentence):
    np.savez(place.folder / "c.npz", weight=np.ones((4, 2), np.float32))
    path = place.folder / "f.parquet"
    pq.write_table(content, path)
    flags = ["--features", str(path), "--classifier", str(place.folder / "c.npz")]
    assert main([*place.command, "--model", "mine", "--condition", "clean", *flags]) == 2
    assert sentence in capsys.readouterr().err


def test_lists_of_one_length_and_fixed_size_lists_are_the_same(place):
    arrays = made()
    files = write(place.folder / "lists.parquet", arrays)
    fixed = pl.read_parquet(place.folder / "lists.parquet").with_columns(
        pl.col("features").list.to_array(7)
    )
    common = [*place.command, "--condition", "clean"]
    assert main([*common, "--model", "lists", *files]) == 0
    fixed.write_parquet(place.folder / "fixed.parquet")
    files[1] = str(place.folder / "fixed.parquet")
    assert main([*common, "--model", "fixed", *files]) == 0
    assert_frame_equal(place.shard("fixed"), place.shard("lists"), check_exact=True)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("f.csv", b"1,2", "a file ending in .npz, .safetensors, .parquet, found .csv"),
        ("f.npz", b"version https://git-lfs", "found one that cannot be read"),
        ("f.safetensors", b"x" * 40, "found one that cannot be read"),
        ("f.parquet", b"PAR1xxxxPAR1", "found one that cannot be read"),
        ("f.npz", None, "expected a file, found none"),
    ],
)
def test_a_file_that_is_none_of_these_gets_one_sentence(place, capsys, name, content, sentence):
    path = place.folder / name
    if content is not None:
        path.write_bytes(content)
    common = [*place.command, "--model", "mine", "--condition", "clean"]
    assert main([*common, "--features", str(path)]) == 2
    error = capsys.readouterr().err
    assert f"{path}: expected a" in error
    assert sentence in error
    assert error.count("\n") == 1


def test_pickled_objects_are_never_loaded(place, capsys):
    assert place.bring(made() | {"labels": np.array([{}] * 60, dtype=object)}) == 2
    assert "numbers in labels, found pickled Python objects" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--model", "a/b"], "--model: expected letters"),
        (["--condition", "fog"], "--condition: expected clean or <corruption>-<severity>"),
        (["--condition", "fog-6"], "severity of 1 to 5, found 'fog-6'"),
        (["--method", "magnitude"], "--ratio or --sparsity: expected the fraction"),
        (["--ratio", "50"], "--ratio: expected a fraction in 0..1, found 50.0"),
        (["--parent", "nobody"], "--parent: expected a model of the study, found 'nobody'"),
    ],
)
def test_a_wrong_flag_gets_one_sentence(place, capsys, flags, sentence):
    assert place.bring(made(), *flags) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_a_weight_in_two_places_is_no_classifier(place, capsys):
    np.savez(place.folder / "c.npz", weight=np.ones((4, 7)))
    assert place.bring(made(), "--classifier", str(place.folder / "c.npz")) == 2
    assert "found it in both" in capsys.readouterr().err


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


def test_with_a_thousand_classes_the_nearest_ten_are_kept(place):
    classes, samples, width = 1_000, 2_000, 64
    names = ", ".join(f'"c{number}"' for number in range(classes))
    place.study.write_text(STUDY.replace(str(list(CLASSES)), f"[{names}]"))
    arrays = made(samples=samples, width=width, classes=classes)
    assert place.bring(arrays, suffix=".safetensors") == 0
    assert place.publish() == 0
    x, weight = arrays["features"].astype(float), arrays["weight"].astype(float)
    cosines = (x / np.maximum(np.linalg.norm(x, axis=1), 1e-30)[:, None]) @ (
        weight / np.linalg.norm(weight, axis=1)[:, None]
    ).T
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    rows = place.ask("SELECT * FROM sample_metrics ORDER BY sample_id")
    defined = np.arange(samples) != 3  # its feature is zero
    own = angles[np.arange(samples), arrays["labels"]]
    np.testing.assert_allclose(rows["angle"].to_numpy()[defined], own[defined], atol=1e-3)
    assert rows["angle"][3] is None
    found, kept = rows["angles"].to_numpy()[defined], rows["angle_classes"].to_numpy()[defined]
    assert found.shape == kept.shape == (samples - 1, 10)
    np.testing.assert_allclose(found, np.sort(angles[defined])[:, :10], atol=1e-3)
    np.testing.assert_allclose(found, np.take_along_axis(angles[defined], kept, 1), atol=1e-3)
    assert rows["angles"][3].to_list() == [None] * 10
    for row in (0, 1, samples - 1):
        expected = expected_row(arrays, row)
        assert rows["margin"][row] == pytest.approx(expected["margin"], rel=1e-4)
        assert rows["confidence"][row] == pytest.approx(expected["confidence"], rel=1e-4)
