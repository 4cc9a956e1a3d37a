"""The images that the app shows under corruptions are those that the networks were given."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from core.corruptions import CORRUPTIONS, GENERATOR_VERSION
from core.display.components.shown_images import CORRUPTED, ORIGINAL, image_png, kinds
from core.store.combination import Key
from core.store.connection import connect, query
from core.store.queries.class_angles import axis_values
from core.store.rows import StudyContents
from core.store.study import Study
from core.store.writing.build import build_study_file
from core.store.writing.tables import drawing_order
from pipelines import corrupted_images as storing
from pipelines.bundle import bundle
from pipelines.corrupted_images import corrupted_images
from pipelines.evaluation.conditions import study_conditions
from pipelines.publish import study_contents
from pipelines.thumbnails import thumbnail
from pipelines.workspace.workspace import Workspace
from tests.core.store.small_contents import small_contents
from tests.study_file import write_study

DIGITS = 'name = "digits"\nimage_size = 32\ntest_limit = 20\n'
COLOUR = 'name = "image_folder"\nfolder = "pictures"\n'
ALL = 'corruptions = "all"\nseverities = [1, 5]\n'


def write_pictures(folder: Path, side: int) -> None:
    generator = np.random.default_rng(0)
    for part, name in ((part, name) for part in ("train", "test") for name in "ab"):
        (folder / part / name).mkdir(parents=True)
        for number in range(3):
            small = generator.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            smooth = Image.fromarray(small).resize((side, side), Image.Resampling.BICUBIC)
            smooth.save(folder / part / name / f"{number}.png")


@pytest.fixture
def opened(tmp_path: Path, monkeypatch):
    """Makes studies without models: what is told of images doesn't depend on them."""
    monkeypatch.setattr("pipelines.publish.study_models", lambda _: [])

    def make(dataset: str, conditions: str, side: int = 40) -> Workspace:
        if dataset == COLOUR:
            write_pictures(tmp_path / "pictures", side)
        text = f'name = "small"\ntitle = "Small"\nseed = 3\n[dataset]\n{dataset}[conditions]\n'
        (tmp_path / "study.toml").write_text(text + conditions)
        places = {"runs": tmp_path / "runs", "published": tmp_path / "data"}
        return Workspace.open(tmp_path / "study.toml", **places, device="cpu")

    return make


def published(contents: StudyContents, path: Path) -> Study:
    build_study_file(contents, path, published_at=datetime(2026, 1, 2))
    return Study(connect(path), str(path))


def pixels(png: bytes | None) -> np.ndarray:
    assert png is not None
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


@pytest.mark.parametrize("dataset", [DIGITS, COLOUR])
def test_what_is_made_from_the_file_is_what_was_evaluated(opened, tmp_path, dataset):
    workspace = opened(dataset, ALL)
    conditions = study_conditions(workspace)
    assert {c.row.corruption for c in conditions} == {"clean", *CORRUPTIONS}
    contents = study_contents(workspace)
    assert contents.corrupted_images.is_empty()
    study = published(contents, tmp_path / "small.duckdb")
    ids = workspace.test.sample_ids
    for row, sample_id in [*enumerate(ids.tolist())][::3]:
        for condition_id, condition in enumerate(conditions):
            shown = pixels(image_png(study, condition_id, sample_id))
            np.testing.assert_array_equal(shown, condition.images[row : row + 1][0])
            if condition.row.severity:
                words = study.conditions.select(kinds(study, condition_id))
                assert words.to_series().unique().to_list() == [CORRUPTED]


def test_another_version_of_the_generator_shows_the_clean_image(opened, tmp_path, monkeypatch):
    workspace = opened(DIGITS, ALL)
    study = published(study_contents(workspace), tmp_path / "small.duckdb")
    monkeypatch.setattr("core.display.components.shown_images.GENERATOR_VERSION", 99)
    assert study.conditions["generator_version"].to_list() == [None, *[GENERATOR_VERSION] * 38]
    sample_id = int(workspace.test.sample_ids[4])
    np.testing.assert_array_equal(
        pixels(image_png(study, 3, sample_id)), workspace.test.images[4:5][0]
    )
    words = workspace_frame(workspace).select(kinds(study, 3)).to_series()
    assert words.unique().to_list() == [ORIGINAL]


def workspace_frame(workspace: Workspace):
    return study_contents(workspace).samples.select("sample_id")


FILES = """
corruptions = ["fog"]
severities = [3]
frost_textures = "photographs"
[[conditions.file]]
name = "dark"
path = "dark.npy"
severity = 2
[[conditions.file]]
name = "light"
path = "light.npy"
severity = 1
"""


def with_files(opened, tmp_path, conditions=FILES) -> Workspace:
    workspace = opened(DIGITS, conditions)
    np.save(tmp_path / "dark.npy", workspace.test.images // 2)
    np.save(tmp_path / "light.npy", 255 - workspace.test.images // 2)
    return workspace


def test_images_from_files_are_stored_for_the_samples_that_charts_draw_first(
    opened, tmp_path, monkeypatch
):
    monkeypatch.setattr(storing, "MOST_SAMPLES", 6)
    workspace = with_files(opened, tmp_path)
    contents = study_contents(workspace)
    stored = contents.corrupted_images
    first = drawing_order(contents.samples["sample_id"])[:6]
    assert sorted(stored.select("condition", "sample_id").rows()) == sorted(
        (name, one) for name in ("dark-2", "light-1") for one in first
    )
    study = published(contents, tmp_path / "small.duckdb")
    ids = workspace.test.sample_ids.tolist()
    names = {c.row.name: i for i, c in enumerate(study_conditions(workspace))}
    words = contents.samples.select("sample_id", kind=kinds(study, names["dark-2"]))
    assert words.rows() == [(one, CORRUPTED if one in first else ORIGINAL) for one in ids]
    for row, one in enumerate(ids):
        clean = workspace.test.images[row : row + 1][0]
        expected = clean // 2 if one in first else clean
        np.testing.assert_array_equal(pixels(image_png(study, names["dark-2"], one)), expected)


def test_the_stored_images_have_a_limit_in_bytes_and_are_of_the_same_samples(
    opened, tmp_path, monkeypatch
):
    workspace = with_files(opened, tmp_path)
    conditions = study_conditions(workspace)
    everything = corrupted_images(workspace, conditions)
    assert everything.height == 2 * 20
    room = int(everything["image"].bin.size().sum()) // 2
    monkeypatch.setattr(storing, "MOST_BYTES", room)
    some = corrupted_images(workspace, conditions)
    assert 0 < some["image"].bin.size().sum() <= room
    assert some.rows() == everything.rows()[: some.height]
    assert set(some.group_by("sample_id").len()["len"]) == {2}


def test_frost_from_photographs_is_stored(opened, tmp_path):
    (tmp_path / "photographs").mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "photographs" / "frost1.png")
    conditions = 'corruptions = ["frost", "fog"]\nseverities = [3]\n'
    workspace = opened(DIGITS, conditions + 'frost_textures = "photographs"\n')
    versions = {c.row.name: c.row.generator_version for c in study_conditions(workspace)}
    assert versions == {"clean": None, "frost-3": None, "fog-3": GENERATOR_VERSION}
    contents = study_contents(workspace)
    assert contents.corrupted_images["condition"].unique().to_list() == ["frost-3"]
    study = published(contents, tmp_path / "small.duckdb")
    one = contents.corrupted_images.row(0, named=True)
    assert image_png(study, study.names.conditions["frost-3"], one["sample_id"]) == one["image"]


def test_of_images_too_large_for_the_file_corrupted_ones_are_stored_shrunk(opened, tmp_path):
    workspace = opened(COLOUR, 'corruptions = ["contrast"]\nseverities = [5]\n', side=120)
    contents = study_contents(workspace)
    assert contents.corrupted_images.height == len(workspace.test) == 6
    study = published(contents, tmp_path / "small.duckdb")
    _, corrupted = study_conditions(workspace)
    for row, one in enumerate(workspace.test.sample_ids.tolist()):
        expected = thumbnail(corrupted.images[row : row + 1][0])
        assert image_png(study, 1, one) == expected
        assert pixels(expected).shape == (96, 96, 3)


def test_an_excerpt_keeps_the_images_of_its_samples_and_conditions(tmp_path):
    contents = small_contents(tmp_path / "shards")
    images = pl.DataFrame(
        [(name, one, f"{name} {one}".encode()) for name in ("fog-1", "fog-2") for one in (2, 5, 9)],
        schema=contents.corrupted_images.schema,
        orient="row",
    )
    whole = replace(contents, corrupted_images=images)
    bundle(whole, tmp_path / "excerpt.duckdb", sample_count=3, severities=(2,), seed=0)
    with connect(tmp_path / "excerpt.duckdb") as connection:
        kept = query(connection, "SELECT sample_id FROM samples")["sample_id"].to_list()
        found = query(connection, "SELECT * FROM corrupted_images ORDER BY sample_id")
    assert len(kept) == 3
    assert set(kept) & {2, 5, 9}
    assert found.rows() == [(1, one, f"fog-2 {one}".encode()) for one in (2, 5, 9) if one in kept]


def test_the_order_is_the_one_of_the_charts(tmp_path):
    with connect(write_study(tmp_path / "tiny.duckdb")) as connection:
        found = axis_values(connection, Key(0, 0), class_ids=())
    expected = found.sort("sampling_rank", "sample_id")["sample_id"].to_list()
    assert drawing_order(found["sample_id"].sort()) == expected
    assert expected != sorted(expected)
