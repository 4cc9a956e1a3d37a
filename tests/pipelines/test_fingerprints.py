"""What models are made from: models of before are not made again by a version that knows more.

The hashes (their first digits) are those of the version before the table [[pruning]] and the
options of multi_prize had more keys.
"""

from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines import prune, train
from pipelines.study.plan import dense_models, sweeps
from pipelines.study.reader import read_study

STUDIES = Path(__file__).parents[2] / "pipelines" / "studies"
PRUNED = {
    "digits/lenet5-seed0-random-0.1-seed0": "f5755ce9577e333a",
    "digits/lenet5-seed0-magnitude-0.1-seed0": "9b05dcf2d68f0202",
    "digits/lenet5-seed0-taylor-0.1-seed0": "821d0a254df62a23",
    "digits/lenet5-seed0-multi_prize-0.5-seed0": "b06fe9d731a8b4f9",
    "digits/lenet5-seed0-structured-0.1-seed0": "a743eae530089eaa",
    "digits/lenet5-seed0-layerwise_shuffle-0.5-seed0": "b09b946d81237928",
    "digits/lenet5-seed0-magnitude-0.9-seed0-retrained5": "9c741e58b90fc6b6",
    "digits/lenet5-seed0-dense-0-seed0-retrained5": "42f79ba1cfedabeb",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-random-0.3-seed0": "350ba47aaca8e5f2",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-magnitude-0.3-seed0": "1a48abfb8ec57441",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-taylor-0.3-seed0": "1f2921c7ee052ad8",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-layerwise_shuffle-0.5-seed0": "b09b946d81237928",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-structured-0.1-seed0": "a743eae530089eaa",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-magnitude-0.9-seed0-retrained5": "2f48e04d5481b575",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-dense-0-seed0-retrained5": "160d980f77f2c077",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-multi_prize-0.5-seed0": "b06fe9d731a8b4f9",
    "taylor_gradient/lenet5-seed0-taylor-0.8-seed0": "17052fb3f55136f6",
}
DENSE = "292f3ae0d2409df2"


@pytest.mark.parametrize("name", PRUNED)
def test_a_pruned_model_of_before_is_finished(name: str) -> None:
    study, model_name = name.split("/", 1)
    parent = SimpleNamespace(row=SimpleNamespace(checkpoint_sha256="0" * 64))
    found = {
        model.name: prune._fingerprint(model, parent)  # type: ignore[arg-type]
        for sweep in sweeps(read_study(STUDIES / f"{study}.toml"))
        for model in sweep.models
    }
    assert found[model_name].startswith(PRUNED[name])


def test_a_dense_model_of_before_is_finished() -> None:
    study = read_study(STUDIES / "digits.toml")
    workspace = SimpleNamespace(splits=SimpleNamespace(fingerprint="1" * 64))
    found = train._fingerprint(workspace, dense_models(study)[0])  # type: ignore[arg-type]
    assert found.startswith(DENSE)
