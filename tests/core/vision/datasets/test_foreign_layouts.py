"""Data sets as people have them: split folders, other files, tables of labels, arrays, pixels."""

import unicodedata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from core.errors import InputError
from core.vision.datasets import load_dataset, load_test_set
from core.vision.datasets.part_names import part_of
from core.vision.datasets.resizing import square_rgb


def write(root: Path, *places: str, count: int = 4) -> None:
    """Images whose grey level is their number, in each of some folders."""
    for place in places:
        (root / place).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            Image.new("RGB", (8, 8), (10 * number,) * 3).save(root / place / f"{number}.png")


def load(root: Path, name: str = "image_folder", **settings):
    return load_dataset(name, folder=root, **settings)


def sizes(made) -> tuple[int, int, int]:
    return len(made.train), len(made.validation), len(made.test)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        *[(name, "train") for name in ("train", "Training", "TRAIN", "seg_train", "training_set")],
        *[
            (name, "train")
            for name in ("trainset", "train2017", "TrainImages", "data-train", "trn")
        ],
        *[
            (name, "validation")
            for name in ("Valid", "val", "VAL", "eval", "dev", "validation_set")
        ],
        *[
            (name, "test")
            for name in ("Testing", "test_set", "seg_test", "TestSet", "cifar10-test")
        ],
        *[(name, None) for name in ("cat", "trainer", "latest", "contest", "train_test", "Trains")],
    ],
)
def test_words_for_parts_count_whatever_their_case_and_place(name, part):
    assert part_of(name) == part


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [
        ("Training", None, "Testing"),
        ("TRAIN", "VAL", "TEST"),
        ("seg_train", None, "seg_test"),
        ("training_set", "Valid", "test_set"),
        ("train", "eval", "test"),
        ("deep/train", None, "deep/test"),
    ],
)
def test_parts_are_found_by_their_words(tmp_path, train, validation, test):
    for count, part in ((5, train), (3, validation), (2, test)):
        if part is not None:
            write(tmp_path, f"{part}/cat", f"{part}/dog", count=count)
    made = load(tmp_path, validation_fraction=0.2)
    expected = (10, 6, 4) if validation else (8, 2, 4)
    assert sizes(made) == expected
    assert made.test.class_names == ("cat", "dog")
    assert not made.test_is_drawn
    assert f"{expected[2]} for testing; 2 classes: cat, dog" in made.report[0]
    assert any(f"{Path(test).name} for test" in line for line in made.report)


def test_what_is_neither_part_nor_class_is_named(tmp_path):
    write(tmp_path, "train/cat", "train/dog", "test/cat", "test/dog", "extra/cat")
    (tmp_path / "unlabelled_test").mkdir()
    write(tmp_path, "train/cat")
    (tmp_path / "train" / "cat" / "notes.txt").write_text("x")
    (tmp_path / "train" / "cat" / "photo.heic").write_bytes(b"x")
    report = "\n".join(load(tmp_path).report)
    assert "extra: neither a part nor within one, ignored" in report
    assert "unlabelled_test: images without classes, ignored" in report
    assert "ignored in train: cat: 1 .heic, 1 .txt" in report


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        (["fold1/cat", "fold1/dog", "fold2/cat", "fold2/dog"], "2 folders that look like splits"),
        (["cat/train", "cat/test", "dog/train", "dog/test"], "2 folders that look like splits"),
        (["Test/a", "Test/b", "testing/a", "testing/b"], "one folder for the test part in"),
        (["train", "test"], "found images without classes in test, train"),
        (["images"], "found one class, images"),
        (["train/a/x", "train/b/x", "car", "bus"], "both: train beside bus, car"),
    ],
)
def test_what_may_be_parts_or_classes_is_refused(tmp_path, places, sentence):
    write(tmp_path, *places)
    with pytest.raises(InputError, match=sentence):
        load(tmp_path)


def test_a_class_may_be_called_train(tmp_path):
    write(tmp_path, "bus", "car", "train")
    write(tmp_path, "bus/sub", "car/sub")
    assert load(tmp_path, validation_fraction=0.01, test_fraction=0.01).test.class_names == (
        "bus",
        "car",
        "train",
    )


def test_classes_may_all_have_the_one_same_folder_inside(tmp_path):
    write(tmp_path, "test/n01/images", "test/n02/images")
    assert sizes(load(tmp_path)) == (0, 0, 8)


@pytest.mark.parametrize(
    "place", [".ipynb_checkpoints", ".thumbnails/deep", "@eaDir/0.png", "__MACOSX", "$RECYCLE.BIN"]
)
def test_no_part_of_a_path_may_be_hidden_or_a_tools(tmp_path, place):
    root = tmp_path / ".cache" / "set"  # what lies above the data set does not count
    write(root, "test/cat", "test/dog")
    write(root, f"test/cat/{place}", place)
    made = load(root)
    assert sizes(made) == (0, 0, 8)
    assert made.test.class_names == ("cat", "dog")
    assert any("1 hidden or a tool's" in line for line in made.report)


def test_a_dead_link_is_named_and_a_linked_folder_read_once(tmp_path):
    write(tmp_path, "set/test/cat", "set/test/dog", "elsewhere")
    cat = tmp_path / "set" / "test" / "cat"
    (cat / "more").symlink_to(tmp_path / "elsewhere")
    (cat / "around").symlink_to(cat)
    (tmp_path / "set" / "test" / "eel").symlink_to(tmp_path / "elsewhere")
    assert load(tmp_path / "set").test.labels.tolist() == [0] * 8 + [1] * 4 + [2] * 4
    (cat / "z.png").symlink_to("/nowhere/z.png")
    with pytest.raises(InputError, match=r"file at .*cat/z\.png, found a link to /nowhere/z\.png"):
        load(tmp_path / "set")


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_names_that_look_equal_are_equal(tmp_path, forms):
    for part, form in zip(("train", "test"), forms, strict=True):
        names = [unicodedata.normalize(form, name) for name in ("café", "thé")]
        write(tmp_path, *(f"{part}/{name}" for name in names))
    assert load(tmp_path).test.class_names == ("café", "thé")


@pytest.mark.parametrize(
    ("values", "dtype", "file", "levels"),
    [
        ([0, 1000, 60000, 65535], np.uint16, "png", [0, 4, 233, 255]),
        ([128, 129, 257, 32767], np.uint16, "tif", [0, 1, 1, 127]),
        ([0, 255, 7, 100], np.uint8, "png", [0, 255, 7, 100]),
        ([True, False, True, True], np.bool_, "png", [255, 0, 255, 255]),
    ],
)
def test_grey_of_any_depth_keeps_its_level(tmp_path, values, dtype, file, levels):
    path = tmp_path / f"x.{file}"
    Image.fromarray(np.array(values, dtype).reshape(2, 2)).save(path)
    with Image.open(path) as image:
        found = square_rgb(image, None)
    assert found[..., 0].flatten().tolist() == levels
    assert (found == found[..., :1]).all()


@pytest.mark.parametrize(("dtype", "found"), [(np.int32, "32-bit integers"), (np.float32, "float")])
def test_pixels_without_a_range_are_refused_with_their_kind(tmp_path, dtype, found):
    write(tmp_path, "test/a", "test/b")
    pixels = np.arange(64, dtype=dtype).reshape(8, 8)
    Image.fromarray(pixels).save(tmp_path / "test" / "b" / "1.tif")
    with pytest.raises(InputError, match=rf"b/1\.tif, found .*its pixels are {found}"):
        load(tmp_path).test.images[:]


def write_table(root: Path, name: str, lines: list[str], encoding: str = "utf-8") -> None:
    (root / name).write_text("\n".join(lines) + "\n", encoding=encoding)


TABLES = {
    "path": ("labels.csv", ["file,label", "images/0.png,dog", "images/1.png,cat"]),
    "name": ("labels.csv", ["filename,class", "1.png,cat", "0.png,dog"]),
    "stem": ("labels.csv", ["id,breed", "1,cat", "0,dog"]),
    "semicolon and mark": ("labels.csv", ["\ufefffile_name;label", "1.png;cat", "0.png;dog"]),
    "tab": ("labels.tsv", ["image\tx\ttarget", "1.png\t5\tcat", "0.png\t7\tdog"]),
}


@pytest.mark.parametrize("kind", TABLES)
def test_images_with_a_table_of_labels_are_read(tmp_path, kind):
    write(tmp_path, "images", count=2)
    write_table(tmp_path, *TABLES[kind])
    made = load(tmp_path, validation_fraction=0.01, test_fraction=0.01)
    everything = made.train
    assert everything.class_names == ("cat", "dog")
    levels = everything.images[:][:, 0, 0, 0].tolist()
    assert dict(zip(levels, everything.labels.tolist(), strict=True)) == {0: 1, 10: 0}
    assert any("labels from labels." in line for line in made.report)


def test_tables_say_the_part_by_their_name_or_in_a_column(tmp_path):
    write(tmp_path / "by_name", "all", count=6)
    for part, rows in (("train", "0123"), ("test", "45")):
        write_table(
            tmp_path / "by_name",
            f"{part}.csv",
            ["image,label", *(f"{r}.png,{int(r) % 2}" for r in rows)],
        )
    write_table(tmp_path / "by_name", "sample_submission.csv", ["image,label", "9.png,0"])
    write(tmp_path / "by_column", "all", count=6)
    write_table(
        tmp_path / "by_column",
        "all.csv",
        ["image,label,split", *(f"{r},{r % 2},{'test' if r > 3 else 'train'}" for r in range(6))],
    )
    for root in ("by_name", "by_column"):
        made = load(tmp_path / root, validation_fraction=0.01)
        assert sizes(made) == (4, 0, 2)
        assert made.test.labels.tolist() == [0, 1]
        assert made.test.images[:][:, 0, 0, 0].tolist() == [40, 50]


def test_labels_that_are_numbers_are_in_their_order(tmp_path):
    write(tmp_path, "images", count=3)
    write_table(tmp_path, "l.csv", ["file,label", "0.png,10", "1.png,9", "2.png,100"])
    made = load(tmp_path, validation_fraction=0.01, test_fraction=0.01)
    assert made.train.class_names == ("9", "10", "100")
    assert made.train.labels.tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["file,label", "0.png,cat", "1.png,dog"], r"none for images/2\.png, the first of 2 of 4"),
        (
            ["file,label", "9.png,cat", "1.png,dog"],
            r"the image 9\.png that .* names .*, found none",
        ),
        (["file,label", "0.png,cat", "0.png,dog"], r"each image once in .*, found 0\.png again"),
        (["file,label", "0.png,cat", "1.png,"], r"a file and a label in line 3 of"),
        (["file,label", *(f"{n}.png,cat" for n in range(4))], r"two or more classes in the tables"),
        (["a,b", "0.png,cat"], r"found one class, images"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path, lines, sentence):
    write(tmp_path, "images")
    write_table(tmp_path, "labels.csv", lines)
    with pytest.raises(InputError, match=sentence):
        load(tmp_path)


def test_a_table_beside_flat_folders_says_the_classes_not_the_folders(tmp_path):
    for part in (1, 2):
        (tmp_path / f"images_part_{part}").mkdir()
        for number in range(2):
            Image.new("RGB", (8, 8)).save(tmp_path / f"images_part_{part}" / f"{part}{number}.png")
    write_table(tmp_path, "meta.csv", ["image_id,dx", "10,mel", "11,nv", "20,nv", "21,mel"])
    made = load(tmp_path, validation_fraction=0.01, test_fraction=0.01)
    assert made.train.class_names == ("mel", "nv")
    assert made.train.labels.tolist() == [0, 1, 1, 0]


def encoded(count: int) -> list[bytes]:
    found = []
    for number in range(count):
        sink = pa.BufferOutputStream()
        Image.new("RGB", (8, 8), (number,) * 3).save(pa.PythonFile(sink, mode="w"), "PNG")
        found.append(sink.getvalue().to_pybytes())
    return found


def write_parquet(path: Path, labels, names=None) -> None:
    table = pa.table({"image": encoded(len(labels)), "label": labels})
    if names is not None:
        features = '{"info": {"features": {"label": {"names": %s}}}}'
        listed = "[" + ", ".join(f'"{name}"' for name in names) + "]"
        table = table.replace_schema_metadata({"huggingface": features % listed})
    pq.write_table(table, path)


def test_labels_from_one_are_moved_down_and_named_as_they_were(tmp_path):
    write_parquet(tmp_path / "train.parquet", [1, 2, 3, 3])
    write_parquet(tmp_path / "cifar-test.parquet", [3, 1])
    made = load(tmp_path, "parquet", validation_fraction=0.01)
    assert made.test.class_names == ("1", "2", "3")
    assert made.test.labels.tolist() == [2, 0]
    assert "labels 1..3 count from one: 3 classes" in made.report
    named = load(tmp_path, "parquet", validation_fraction=0.01, class_names=["a", "b", "c"])
    assert (named.test.class_names, named.test.labels.tolist()) == (("a", "b", "c"), [2, 0])


def test_a_class_without_images_is_named(tmp_path):
    write_parquet(tmp_path / "test.parquet", [0, 2, 4])
    assert "no image has the label 1, 3" in load(tmp_path, "parquet").report


def test_class_names_come_from_the_training_part_and_others_are_put_in_its_order(tmp_path):
    write_parquet(tmp_path / "a-test.parquet", [0, 1], names=["dog", "cat"])
    write_parquet(tmp_path / "b-train.parquet", [0, 1, 1], names=["cat", "dog"])
    made = load(tmp_path, "parquet", validation_fraction=0.01)
    assert made.test.class_names == ("cat", "dog")
    assert made.test.labels.tolist() == [1, 0]
    write_parquet(tmp_path / "a-test.parquet", [0, 1], names=["dog", "cow"])
    with pytest.raises(InputError, match=r"classes cat, dog of the training part .*, found cow"):
        load(tmp_path, "parquet")


def test_labels_may_be_names_and_a_part_may_have_none(tmp_path):
    write_parquet(tmp_path / "train.parquet", ["cat", "dog", "ant"])
    write_parquet(tmp_path / "validation.parquet", ["dog", "ant"])
    made = load(tmp_path, "parquet")
    assert made.validation.class_names == ("ant", "cat", "dog")
    assert made.validation.labels.tolist() == [2, 0]
    write_parquet(tmp_path / "train.parquet", [0, 1])
    write_parquet(tmp_path / "validation.parquet", [1, 0])
    write_parquet(tmp_path / "test.parquet", [-1, -1])
    made = load(tmp_path, "parquet", validation_fraction=0.01)
    assert sizes(made) == (2, 0, 2)
    assert "test: images without labels (-1), ignored" in made.report


IMAGES = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])


@pytest.mark.parametrize(
    ("files", "given"),
    [
        ({"cifar10.1_v6_data": IMAGES, "cifar10.1_v6_labels": LABELS}, ""),
        (
            {
                "v4_data": IMAGES[:2],
                "v4_labels": LABELS[:2],
                "v6_data": IMAGES,
                "v6_labels": LABELS,
            },
            "v6_data.npy",
        ),
        ({"x_test": IMAGES, "y_test": LABELS[:, None]}, ""),
        ({"test_images": IMAGES.transpose(0, 3, 1, 2), "test_labels": LABELS + 1}, ""),
    ],
)
def test_arrays_that_belong_together_by_name_are_a_test_set(tmp_path, files, given):
    for name, array in files.items():
        np.save(tmp_path / f"{name}.npy", array)
    test, report = load_test_set("arrays", folder=tmp_path / given)
    assert np.array_equal(test.images[:], IMAGES)
    assert test.labels.tolist() == LABELS.tolist()
    assert "6 images of 3 classes" in report[0]


def test_an_npz_of_parts_with_names_is_read(tmp_path):
    np.savez(
        tmp_path / "cifar102_test.npz",
        images=IMAGES,
        labels=LABELS,
        label_names=np.array(["a", "b", "c"]),
    )
    test, _ = load_test_set("arrays", folder=tmp_path)
    assert test.class_names == ("a", "b", "c")
    np.savez(
        tmp_path / "mnist.npz",
        x_train=IMAGES[:4, ..., 0],
        y_train=LABELS[:4],
        x_test=IMAGES[4:, ..., 0].astype(np.uint16) * 257,
        y_test=LABELS[4:],
    )
    made = load_dataset("arrays", folder=tmp_path / "mnist.npz", validation_fraction=0.01)
    assert sizes(made) == (4, 0, 2)
    assert np.array_equal(made.test.images[:], IMAGES[4:, ..., :1].repeat(3, 3))


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a_data": IMAGES, "b_data": IMAGES, "a_labels": LABELS}, r"images and one of labels"),
        (
            {"v4_data": IMAGES, "v4_labels": LABELS, "v6_data": IMAGES, "v6_labels": LABELS},
            r"give th",
        ),
        ({"data": IMAGES / 255, "labels": LABELS}, r"uint8 images .*found float64 of shape"),
        ({"data": IMAGES, "labels": LABELS[:4]}, r"each of the 6 images of data in .*, found 4"),
        ({"data": IMAGES[..., :2], "labels": LABELS}, r"1 or 3 channels in .*\(6, 8, 8, 2\)"),
        ({"labels": LABELS}, r"an array of images .*, found labels \(6,\)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, files, sentence):
    for name, array in files.items():
        np.save(tmp_path / f"{name}.npy", array)
    with pytest.raises(InputError, match=sentence):
        load_dataset("arrays", folder=tmp_path)


def test_a_test_set_without_parts_is_read_whole(tmp_path):
    write(tmp_path, "cat", "dog")
    test, report = load_test_set("image_folder", folder=tmp_path)
    assert test.labels.tolist() == [0] * 4 + [1] * 4
    assert "all images, since there is no test part" in report
