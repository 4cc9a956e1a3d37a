"""What models are made from: models of before are not made again by a version that knows more.

The hashes are those of the version before the table [[pruning]] and the options of multi_prize
had more keys.
"""

from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines import prune, train
from pipelines.study.plan import dense_models, sweeps
from pipelines.study.reader import read_study

STUDIES = Path(__file__).parents[2] / "pipelines" / "studies"
PRUNED = {
    "digits/lenet5-seed0-random-0.1-seed0": "f5755ce9577e333ad333c8250972abc8fa115a9a3c9eafd50622b9b5bc025a41",
    "digits/lenet5-seed0-magnitude-0.1-seed0": "9b05dcf2d68f0202fcefe9e6b0dd12bf9fd743c53928a12fe4896f9613ec4d43",
    "digits/lenet5-seed0-taylor-0.1-seed0": "821d0a254df62a23a9eccf65e51b25526cff15dc006009a95de18d0350dc0480",
    "digits/lenet5-seed0-multi_prize-0.5-seed0": "b06fe9d731a8b4f99ddbf6777e0279532b42f5a19963e4302fff0ed7748d7a00",
    "digits/lenet5-seed0-structured-0.1-seed0": "a743eae530089eaa004c3f37687d08f0f17bf84930bc3365b0078478c6c40e78",
    "digits/lenet5-seed0-layerwise_shuffle-0.5-seed0": "b09b946d8123792869182511092a6bbe117acb1e381a875eeae2c4b376ba263d",
    "digits/lenet5-seed0-magnitude-0.9-seed0-retrained5": "9c741e58b90fc6b6d73b28eac14f04284d5c6ac545e747c5d406686aa47e7875",
    "digits/lenet5-seed0-dense-0-seed0-retrained5": "42f79ba1cfedabebc7972fa6270b7106fcb62f31894fb191f0b9b3f3d3f02c67",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-random-0.3-seed0": "350ba47aaca8e5f23dc3e34bacaf7bd4c8f41adb964cd04f9b25e7936cdf1719",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-magnitude-0.3-seed0": "1a48abfb8ec57441c81881554164b53668069e67cc34472716a465fc5e535cc3",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-taylor-0.3-seed0": "1f2921c7ee052ad81b9a26a2aa972362081fdc7992654c7d3ee59ff022032d18",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-layerwise_shuffle-0.5-seed0": "b09b946d8123792869182511092a6bbe117acb1e381a875eeae2c4b376ba263d",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-structured-0.1-seed0": "a743eae530089eaa004c3f37687d08f0f17bf84930bc3365b0078478c6c40e78",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-magnitude-0.9-seed0-retrained5": "2f48e04d5481b5751d27e8f36f0080007a3675d629469313d552b5fecaff8951",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-dense-0-seed0-retrained5": "160d980f77f2c0778100d24218ea6153b1f81bfbe1615f6f1f74147e5d11be8e",
    "cifar10/vgg16_bn_cifar-w0.5-seed0-multi_prize-0.5-seed0": "b06fe9d731a8b4f99ddbf6777e0279532b42f5a19963e4302fff0ed7748d7a00",
    "taylor_gradient/lenet5-seed0-taylor-0.8-seed0": "17052fb3f55136f644b0611571aec26f5e282e2ead46c848110f92bad88b8641",
}
DENSE = "292f3ae0d2409df28673c8dedf432e70ae5fabd3add74f6fd7b685a84536cc95"


@pytest.mark.parametrize("name", PRUNED)
def test_a_pruned_model_of_before_is_finished(name: str) -> None:
    study, model_name = name.split("/", 1)
    parent = SimpleNamespace(row=SimpleNamespace(checkpoint_sha256="0" * 64))
    found = {
        model.name: prune._fingerprint(model, parent)  # type: ignore[arg-type]
        for sweep in sweeps(read_study(STUDIES / f"{study}.toml"))
        for model in sweep.models
    }
    assert found[model_name] == PRUNED[name]


def test_a_dense_model_of_before_is_finished() -> None:
    study = read_study(STUDIES / "digits.toml")
    workspace = SimpleNamespace(splits=SimpleNamespace(fingerprint="1" * 64))
    assert train._fingerprint(workspace, dense_models(study)[0]) == DENSE  # type: ignore[arg-type]
