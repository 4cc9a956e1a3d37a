import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.errors import InputError
from core.vision.datasets import DATASETS, load_dataset


def test_digits_are_all_there_in_stratified_parts_at_32_pixels():
    made = load_dataset("digits", image_size=32, validation_fraction=0.1, test_fraction=0.2, seed=0)
    assert [len(part) for part in (made.train, made.validation, made.test)] == [1258, 180, 359]
    assert made.train.class_names == tuple("0123456789")
    assert made.test.images.shape == (359, 32, 32, 3) and made.test.images.dtype == np.uint8
    counts = np.bincount(made.test.labels, minlength=10)
    assert counts.min() >= 34 and counts.max() <= 37


def test_digits_are_grey_and_have_the_labels_and_pixels_of_their_ids():
    made = load_dataset("digits", seed=3)
    source = load_digits()
    images = made.test.images
    assert np.array_equal(images[..., 0], images[..., 2])
    expected = source.images[made.test.sample_ids] * 255 / 16
    assert np.abs(images[..., 1] - expected).max() <= 0.5
    assert np.array_equal(made.test.labels, source.target[made.test.sample_ids])


def test_an_unknown_data_set_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match=r"among digits, cifar10, .*found 'digit'"):
        load_dataset("digit")


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "digits"])
def test_every_other_data_set_wants_a_folder(name):
    with pytest.raises(InputError, match=rf"expected a folder for the data set {name}, found none"):
        load_dataset(name)


@pytest.mark.parametrize("name", ["image_folder", "parquet"])
def test_a_folder_that_is_not_there_is_named(name, tmp_path):
    with pytest.raises(InputError, match=r"absent, found no such folder"):
        load_dataset(name, folder=tmp_path / "absent")


def test_names_of_data_sets_networks_and_digits_need_no_torch():
    program = (
        "import sys\n"
        "from core.vision.datasets import load_dataset\n"
        "from core.vision.networks import NETWORKS, is_network, Normalisation\n"
        "load_dataset('digits')\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
