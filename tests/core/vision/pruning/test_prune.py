import dataclasses
import subprocess
import sys

import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.masks import kept_count
from core.vision.pruning import METHODS, checked_options, default_options, prune


def small_network(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, 5)
    )


def test_the_methods_are_known_without_torch() -> None:
    code = (
        "import sys; from core.vision.pruning import METHODS; "
        "assert 'magnitude' in METHODS and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("method", ["random", "magnitude"])
@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_the_network_given_is_never_changed(method: str, scope: str) -> None:
    network = small_network()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    pruned = list(prune(method, network, ratios=[0.0, 0.5, 1.0], scope=scope))
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert [one.ratio for one in pruned] == [0.0, 0.5, 1.0]
    assert [kept_count(one.masks) for one in pruned] == [188, 94, 0]


def test_magnitude_removes_the_smallest_weights() -> None:
    network = small_network()
    (pruned,) = prune("magnitude", network, ratios=[0.7], include_classifier=False)
    assert list(pruned.masks) == ["0.weight"]
    weight = network[0].weight.detach().abs()
    mask = pruned.masks["0.weight"]
    assert weight[mask].min() >= weight[~mask].max()
    assert torch.equal(pruned.network[0].weight == 0, ~mask)


def test_random_depends_on_the_seed_alone() -> None:
    def masks(seed: int, network_seed: int) -> torch.Tensor:
        network = small_network(network_seed)
        (pruned,) = prune("random", network, ratios=[0.5], seed=seed)
        return torch.cat([mask.flatten() for mask in pruned.masks.values()])

    assert torch.equal(masks(1, 0), masks(1, 5))
    assert not torch.equal(masks(1, 0), masks(2, 0))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"method": "magic"}, f"of {', '.join(METHODS)}; found 'magic'"),
        ({"ratios": [0.5, 1.5]}, "from 0 to 1, found 1.5"),
        ({"scope": "local"}, "uniform, erk for magnitude; found 'local'"),
        ({"options": {"speed": 3}}, r"options of magnitude \(pattern\), found 'speed'"),
    ],
)
def test_a_bad_request_is_refused_at_once(arguments: dict[str, object], sentence: str) -> None:
    given = {"method": "magnitude", "ratios": [0.5]} | arguments
    method = str(given.pop("method"))
    with pytest.raises(InputError, match=sentence):
        prune(method, small_network(), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_names_its_options(method: str) -> None:
    defaults = default_options(method)
    assert checked_options(method, dataclasses.asdict(defaults)) == defaults
