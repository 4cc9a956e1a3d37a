"""What must not show in the numbers: how many images at once, and how many threads."""

import numpy as np
import polars as pl
import pytest
import torch

from core.geometry import ClassDirections
from core.vision.inference import FeatureReader
from core.vision.networks import Normalisation, build_network
from pipelines.evaluate import measure_images

NORMALISATION = Normalisation(mean=(0.5, 0.4, 0.3), std=(0.2, 0.25, 0.3))


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", ["lenet5", "vgg16_bn_cifar", "resnet18_cifar"])
def test_batch_size_and_threads_do_not_show_in_the_metrics(name, threads):
    images = np.random.default_rng(0).integers(0, 256, (40, 32, 32, 3), dtype=np.uint8)
    rows = np.arange(40)
    width = 1.0 if name == "lenet5" else 0.125

    def measured(batch_size: int, thread_count: int) -> pl.DataFrame:
        threads(thread_count)
        network = build_network(name, class_count=10, width_multiplier=width, seed=1)
        reader = FeatureReader(network, NORMALISATION, "cpu", images[:4])
        reader.batch_size = batch_size
        directions = ClassDirections(reader.weight, reader.bias)
        table = measure_images(reader, directions, images, rows % 10, rows)
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        return frame

    expected = measured(40, 1)
    assert expected["length"].n_unique() == 40
    scale = float(expected["margin"].abs().max())
    for batch_size, thread_count in ((1, 1), (7, 1), (40, 2), (13, 2)):
        found = measured(batch_size, thread_count)
        np.testing.assert_allclose(found["length"], expected["length"], rtol=1e-4)
        np.testing.assert_allclose(found["angle"], expected["angle"], atol=1e-3)
        np.testing.assert_allclose(
            found["angles"].to_numpy(), expected["angles"].to_numpy(), atol=1e-3
        )
        np.testing.assert_allclose(
            found["margin"], expected["margin"], rtol=1e-4, atol=1e-4 * scale
        )
