import pickle
import urllib.request
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest

from core.errors import InputError
from core.vision.datasets import load_dataset
from core.vision.torchvision_import import import_torchvision


@pytest.fixture
def offline(monkeypatch):
    def refuse(*arguments, **settings):
        raise URLError("no network here")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


def write_idx(path: Path, values: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, dtype=">i4").tobytes()
    path.write_bytes(header + values.astype(np.uint8).tobytes())


def test_mnist_is_read_from_the_folder_of_torchvision_and_made_32_pixels(tmp_path):
    generator = np.random.default_rng(0)
    raw = tmp_path / "MNIST" / "raw"
    for part, count in (("train", 40), ("t10k", 10)):
        write_idx(raw / f"{part}-images-idx3-ubyte", generator.integers(0, 256, (count, 28, 28)))
        write_idx(raw / f"{part}-labels-idx1-ubyte", np.arange(count) % 10)
    made = load_dataset("mnist", folder=tmp_path, image_size=32, validation_fraction=0.25)
    assert [len(part) for part in (made.train, made.validation, made.test)] == [30, 10, 10]
    assert made.test.images.shape == (10, 32, 32, 3)
    assert made.test.labels.tolist() == list(range(10))
    assert made.test.class_names == tuple("0123456789")


def test_cifar10_is_read_from_the_folder_of_torchvision(tmp_path, monkeypatch):
    cifar = import_torchvision("datasets").CIFAR10
    # the archive's checksums are those of the real images; these are others
    for listing in ("train_list", "test_list"):
        monkeypatch.setattr(cifar, listing, [[name, None] for name, _ in getattr(cifar, listing)])
    monkeypatch.setattr(cifar, "meta", {**cifar.meta, "md5": None})
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for name, _ in cifar.train_list + cifar.test_list:
        batch = {
            "data": generator.integers(0, 256, (10, 3072), dtype=np.uint8),
            "labels": list(range(10)),
        }
        (folder / name).write_bytes(pickle.dumps(batch))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": list("abcdefghij")}))
    made = load_dataset("cifar10", folder=tmp_path, validation_fraction=0.2)
    assert [len(part) for part in (made.train, made.validation, made.test)] == [40, 10, 10]
    planes = batch["data"].reshape(10, 3, 32, 32)
    assert np.array_equal(made.test.images, planes.transpose(0, 2, 3, 1))
    assert made.test.class_names[0] == "airplane"


@pytest.mark.parametrize("name", ["cifar10", "cifar100", "mnist"])
def test_without_files_and_without_a_network_one_sentence_says_so(name, tmp_path, offline):
    with pytest.raises(InputError, match=r"or a network to download it from, found neither"):
        load_dataset(name, folder=tmp_path)
