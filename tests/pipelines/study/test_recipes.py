import numpy as np
import torch

from core.vision.datasets import load_dataset
from core.vision.inference import FeatureReader
from core.vision.networks import NETWORKS, build_network, measure_normalisation
from core.vision.training import train_network
from pipelines.study.recipes import DEFAULT_RECIPE, RECIPES, recipe_for

torch.set_num_threads(1)


def test_every_built_in_network_has_a_recipe_of_its_own():
    assert set(RECIPES) == {name for name in NETWORKS if "<" not in name}
    assert recipe_for("torchvision:resnet18") is DEFAULT_RECIPE
    assert recipe_for("lenet5") is RECIPES["lenet5"]


def test_lenet5_on_the_digits_gets_97_percent_of_the_test_set_right():
    splits = load_dataset(
        "digits", image_size=32, validation_fraction=0.1, test_fraction=0.2, seed=0
    )
    normalisation = measure_normalisation(splits.train)
    network = build_network("lenet5", class_count=10, seed=0)
    train_network(
        network,
        train=splits.train,
        validation=splits.validation,
        recipe=recipe_for("lenet5"),
        normalisation=normalisation,
        seed=0,
    )
    reader = FeatureReader(network, normalisation, "cpu", splits.test.images)
    predicted = reader.read(splits.test.images)[1].argmax(1).numpy()
    assert np.mean(predicted == splits.test.labels) >= 0.97
