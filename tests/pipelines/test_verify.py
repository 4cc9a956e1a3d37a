"""`python -m pipelines.verify`, and bits that flip in what a study is made of."""

import json

import duckdb
import numpy as np
import pytest

from core.store.writing.file_check import check_study_file
from core.store.writing.shards import shard_path
from pipelines.verify import main
from pipelines.workspace.model_records import read_imported, record_path
from tests.pipelines.imported_study import STUDY, Place, made

SAMPLES = 1_500


def flipped(content: bytes, bit: int) -> bytes:
    damaged = bytearray(content)
    damaged[bit // 8] ^= 1 << (bit % 8)
    return bytes(damaged)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("whole"), STUDY)
    for condition in ("clean", "fog-1"):
        assert place.bring(made(samples=SAMPLES), condition=condition) == 0
    assert place.publish() == 0
    return place


def test_what_is_whole_is_said_to_be(whole, capsys):
    assert main(whole.command) == 0
    assert "nothing is damaged" in capsys.readouterr().out
    published = whole.folder / "data" / "elsewhere.duckdb"
    assert main([str(published)]) == 0


def test_a_bit_that_flips_in_a_shard_is_never_published(whole, capsys):
    path = shard_path(whole.workspace.shards, "mine", "fog-1")
    content = path.read_bytes()
    rows = whole.shard(condition="fog-1")
    served = (whole.folder / "data" / "elsewhere.duckdb").resolve()
    found = harmless = 0
    bits = np.random.default_rng(0).choice(8 * len(content), 60, replace=False)
    for bit in sorted(bits.tolist()):
        path.write_bytes(flipped(content, bit))
        code = main(whole.command)
        said = capsys.readouterr().err
        if code == 0:  # in a part of the file that says nothing of its rows or notes
            assert whole.shard(condition="fog-1").equals(rows)
            harmless += 1
        else:
            assert code == 2
            assert str(path) in said
            assert "Import its features again." in said
            found += 1
    assert found > 50, (found, harmless)
    # a shard that can still be read, with one value changed, gets as far as publishing
    record = record_path(whole.workspace.models, "mine")
    kept = record.read_text()
    for bit in sorted(bits.tolist())[::8]:
        path.write_bytes(flipped(content, bit))
        if main(whole.command) == 0:
            continue
        # another title, so that there is something to publish
        whole.study.write_text(STUDY.replace('title = "', f'title = "{bit} '))
        assert whole.publish() == 2
        assert (whole.folder / "data" / "elsewhere.duckdb").resolve() == served
    whole.study.write_text(STUDY)
    path.write_bytes(content)
    assert record.read_text() == kept
    assert main(whole.command) == 0


def test_a_bit_that_flips_in_a_record_is_found(whole, capsys):
    path = record_path(whole.workspace.models, "mine")
    content = path.read_bytes()
    model = read_imported(whole.workspace.models, "mine")
    try:
        for bit in range(0, 8 * len(content), 331):
            path.write_bytes(flipped(content, bit))
            capsys.readouterr()
            if read_imported(whole.workspace.models, "mine") == model:
                continue  # white space between two entries
            assert main(whole.command) == 2
            assert f"{path} is damaged. Add or import the model again." in capsys.readouterr().err
            assert whole.publish() == 2
            assert "expected a whole record of each model" in capsys.readouterr().err
    finally:
        path.write_bytes(content)


def test_a_record_from_before_checksums_is_read(whole):
    path = record_path(whole.workspace.models, "mine")
    content = path.read_text()
    model = read_imported(whole.workspace.models, "mine")
    try:
        path.write_text(json.dumps({k: v for k, v in json.loads(content).items() if k != "sha256"}))
        assert read_imported(whole.workspace.models, "mine") == model
    finally:
        path.write_text(content)


def test_a_study_file_with_a_flipped_bit_is_damaged_or_says_the_same(whole, tmp_path):
    content = (whole.folder / "data" / "elsewhere.duckdb").read_bytes()
    path = tmp_path / "copy.duckdb"
    path.write_bytes(content)
    assert check_study_file(path) == []
    found = 0
    for bit in np.random.default_rng(1).choice(8 * len(content), 25, replace=False).tolist():
        path.write_bytes(flipped(content, bit))
        sentences = check_study_file(path)
        assert all(one.startswith("copy.duckdb: ") and "\n" not in one for one in sentences)
        found += bool(sentences)
    assert found > 0


def test_a_study_file_that_lacks_samples_is_named(whole, tmp_path):
    path = tmp_path / "short.duckdb"
    path.write_bytes((whole.folder / "data" / "elsewhere.duckdb").read_bytes())
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "DELETE FROM sample_metrics WHERE condition_id = 1 AND sample_id % 2 = 0"
        )
    (sentence,) = check_study_file(path)
    assert sentence.startswith(
        "short.duckdb: expected every sample once for model mine under fog-1"
    )
