"""Arrays of every format are the same arrays, read in pieces; a file that is none is named."""

import io
import subprocess
import sys
import tracemalloc
import zipfile

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from polars.testing import assert_frame_equal
from safetensors.torch import save_file as save_torch

from pipelines.errors import PipelineError
from pipelines.external.array_files import open_array_file
from pipelines.import_features import main
from pipelines.workspace.model_records import read_imported
from tests.pipelines.imported_study import (
    Place,
    made,
    write,
)


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


@pytest.mark.parametrize("shape", [(5, 3), (4,), (7, 1)])
def test_bfloat16_of_safetensors_is_read_exactly_in_chunks(tmp_path, shape):
    values = torch.randn(shape, generator=torch.Generator().manual_seed(0)).bfloat16()
    other = torch.arange(6, dtype=torch.int64)
    save_torch({"a": other, "features": values, "z": other.clone()}, tmp_path / "f.safetensors")
    file = open_array_file(tmp_path / "f.safetensors")
    found = list(file.chunks("features", 2))
    assert [len(chunk) for chunk in found] == [2] * (shape[0] // 2) + [1] * (shape[0] % 2)
    assert np.array_equal(np.concatenate(found), values.float().numpy())
    assert found[0].dtype == np.float32


@pytest.mark.parametrize(("kind", "named"), [("V2", "bfloat16"), ("V1", r"\|V1")])
def test_numbers_that_numpy_does_not_have_are_named(tmp_path, kind, named):
    np.savez(tmp_path / "f.npz", features=np.zeros((3, 2), kind))
    file = open_array_file(tmp_path / "f.npz")
    with pytest.raises(PipelineError, match=rf"writes {named} of JAX: .*astype\(float32\)"):
        list(file.chunks("features", 2))


def test_an_archive_whose_header_promises_more_than_it_holds_is_refused(tmp_path):
    """NumPy makes room for what the header says: 8 TB here, in a file of 300 bytes."""
    path = tmp_path / "lies.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": True, "shape": (10**6, 10**6)}
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("features.npy", header.getvalue() + bytes(64))
    array_file = open_array_file(path)
    for ask in (array_file.shape, lambda name: next(array_file.chunks(name, 10))):
        with pytest.raises(PipelineError, match=r"expected 8,000,000,000,\d+ bytes of features"):
            ask("features")
