import io
import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from core.errors import InputError
from core.vision.datasets import load_dataset, parquet


def pixels(count: int, *, size: int = 6) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def encoded(images: np.ndarray) -> list[bytes]:
    result = []
    for image in images:
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "PNG")
        result.append(buffer.getvalue())
    return result


def write(
    path: Path,
    images: list,
    labels: list,
    *,
    struct: bool = False,
    names: list[str] | None = None,
    columns: tuple[str, str] = ("image", "label"),
    rows_per_group: int = 4,
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = [{"bytes": image, "path": None} for image in images] if struct else images
    table = pa.table({columns[0]: values, columns[1]: labels})
    if names:
        features = {columns[1]: {"names": names, "_type": "ClassLabel"}}
        metadata = {"huggingface": json.dumps({"info": {"features": features}})}
        table = table.replace_schema_metadata(metadata)
    pq.write_table(table, path, row_group_size=rows_per_group)


def load(folder: Path, **settings):
    return load_dataset("parquet", folder=folder, **settings)


@pytest.mark.parametrize("struct", [False, True])
@pytest.mark.parametrize("held", [True, False])
def test_images_and_labels_come_back_in_file_order(tmp_path, monkeypatch, struct, held):
    if not held:
        monkeypatch.setattr(parquet, "LARGEST_HELD_BYTES", 0)
    images = pixels(15)
    labels = [number % 3 for number in range(15)]
    write(tmp_path / "test-00000-of-00002.parquet", encoded(images[:9]), labels[:9], struct=struct)
    write(tmp_path / "test-00001-of-00002.parquet", encoded(images[9:]), labels[9:], struct=struct)
    test = load(tmp_path).test
    assert isinstance(test.images, np.ndarray) is held
    assert np.array_equal(test.images[:], images)
    order = np.array([14, 0, 8, 9, 3])
    assert np.array_equal(test.take(order).images[:], images[order])
    assert test.labels.tolist() == labels
    assert test.sample_ids.tolist() == list(range(15))
    assert test.class_names == ("0", "1", "2")


def test_parts_are_read_from_file_names_and_from_folder_names(tmp_path):
    images = encoded(pixels(4))
    write(tmp_path / "data" / "train-00000-of-00001.parquet", images, [0, 1, 0, 1])
    write(tmp_path / "validation" / "0000.parquet", images[:3], [0, 1, 0])
    write(tmp_path / "test" / "0000.parquet", images[:2], [0, 1])
    made = load(tmp_path)
    assert [len(part) for part in (made.train, made.validation, made.test)] == [4, 3, 2]


def test_files_that_name_no_part_are_divided(tmp_path):
    write(tmp_path / "trainees.parquet", encoded(pixels(10)), [0, 1] * 5)
    made = load(tmp_path / "trainees.parquet", validation_fraction=0.2, test_fraction=0.4)
    assert [len(part) for part in (made.train, made.validation, made.test)] == [4, 2, 4]


def test_classes_are_named_by_the_metadata_unless_given(tmp_path):
    write(tmp_path / "test.parquet", encoded(pixels(2)), [0, 1], names=["cat", "dog", "owl"])
    assert load(tmp_path).test.class_names == ("cat", "dog", "owl")
    assert load(tmp_path, class_names=["x", "y"]).test.class_names == ("x", "y")


def test_the_columns_of_the_hubs_cifar_copies_are_known(tmp_path):
    write(tmp_path / "test.parquet", encoded(pixels(3)), [2, 0, 1], columns=("img", "fine_label"))
    assert load(tmp_path).test.labels.tolist() == [2, 0, 1]


def test_grey_images_become_three_equal_channels(tmp_path):
    grey = np.arange(36, dtype=np.uint8).reshape(1, 6, 6)
    write(tmp_path / "test.parquet", encoded(grey), [0])
    assert np.array_equal(load(tmp_path).test.images[0], np.repeat(grey[0][..., None], 3, axis=2))


def test_a_label_out_of_range_is_named_with_file_and_row(tmp_path):
    write(tmp_path / "test.parquet", encoded(pixels(3)), [0, -1, 1])
    with pytest.raises(InputError, match=r"labels in 0..1, found -1 in row 1 of .*test\.parquet"):
        load(tmp_path)
    write(tmp_path / "test.parquet", encoded(pixels(3)), [0, 1, 2])
    with pytest.raises(InputError, match=r"labels in 0..1, found 2 in row 2 of .*test\.parquet"):
        load(tmp_path, class_names=["a", "b"])


def test_an_unreadable_image_is_named_with_file_and_row(tmp_path):
    images = encoded(pixels(6))
    images[5] = images[5][:40]
    write(tmp_path / "test.parquet", images, [0] * 6)
    with pytest.raises(
        InputError, match=r"expected an image in row 5 of .*test\.parquet, found one"
    ):
        load(tmp_path)
    images[5] = None
    write(tmp_path / "test.parquet", images, [0] * 6, struct=True)
    with pytest.raises(InputError, match=r"image in row 5 of .*test\.parquet, found none"):
        load(tmp_path)


def test_a_missing_label_is_named_with_file_and_row(tmp_path):
    write(tmp_path / "test.parquet", encoded(pixels(2)), [0, None])
    with pytest.raises(InputError, match=r"expected a label in row 1 of .*test\.parquet"):
        load(tmp_path)


def test_another_layout_is_refused_with_what_was_found(tmp_path):
    file = tmp_path / "test.parquet"
    write(file, encoded(pixels(1)), [0], columns=("picture", "label"))
    with pytest.raises(InputError, match=r"column image or img in .*, found picture, label"):
        load(tmp_path)
    write(file, encoded(pixels(1)), [0.5])
    with pytest.raises(InputError, match=r"whole numbers in column label of .*, found double"):
        load(tmp_path)
    write(file, ["a/b.png"], [0])
    with pytest.raises(InputError, match=r"encoded bytes or a struct with bytes .*, found string"):
        load(tmp_path)
    file.write_bytes(b"no Parquet at all")
    with pytest.raises(InputError, match=r"expected a Parquet file in"):
        load(tmp_path)
    file.unlink()
    with pytest.raises(InputError, match=r"expected Parquet files in .*, found none"):
        load(tmp_path)


def test_cifar10_in_parquet_files_has_the_official_class_names(tmp_path):
    images = np.zeros((10, 32, 32, 3), dtype=np.uint8)
    for part in ("train", "test"):
        write(tmp_path / f"{part}.parquet", encoded(images), list(range(10)))
    made = load_dataset("cifar10", folder=tmp_path)
    assert made.test.class_names[9] == "truck"


@pytest.mark.real_data
@pytest.mark.skipif("PRUNESCOPE_DATA" not in os.environ, reason="PRUNESCOPE_DATA is not set")
def test_cifar10_as_the_hub_has_it_opens_with_its_official_class_names():
    folder = Path(os.environ["PRUNESCOPE_DATA"]) / "cifar10"
    test = parquet.load(folder / "test-00000-of-00001.parquet", None).test
    assert test.images.shape == (10_000, 32, 32, 3)
    assert np.bincount(test.labels).tolist() == [1000] * 10
