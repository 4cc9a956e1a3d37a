import pytest
import torch

from core.errors import InputError
from core.vision.networks import NETWORKS, build_network, is_network

torch.set_num_threads(1)
BUILT_IN = [name for name in NETWORKS if "<" not in name]


def parameter_count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize(
    ("name", "parameters"),
    # counted by hand from the layers' sizes; the CIFAR forms agree with the published counts
    [
        ("lenet5", (3 * 25 + 1) * 6 + (6 * 25 + 1) * 16 + 401 * 120 + 121 * 84 + 85 * 10),
        ("lenet5_linear", (3 * 25 + 1) * 6 + (6 * 25 + 1) * 16 + 401 * 120 + 121 * 84 + 85 * 10),
        ("vgg16_bn_cifar", 14_728_266),
        ("resnet18_cifar", 11_173_962),
        (
            "alexnet_cifar",
            (27 + 1) * 64
            + (9 * 64 + 1) * 192
            + (9 * 192 + 1) * 384
            + (9 * 384 + 1) * 256
            + (9 * 256 + 1) * 256
            + (1024 + 1) * 4096
            + 4097 * 4096
            + 4097 * 10,
        ),
    ],
)
def test_each_network_has_the_size_it_should_have(name, parameters):
    assert parameter_count(build_network(name, class_count=10)) == parameters


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_network_classifies_32_pixel_images_at_any_width(name):
    network = build_network(name, class_count=7, width_multiplier=0.25).eval()
    with torch.inference_mode():
        assert network(torch.zeros(2, 3, 32, 32)).shape == (2, 7)


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_seed_decides_the_first_weights_and_nothing_else_random(name):
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    first, same, other = (
        build_network(name, class_count=3, width_multiplier=0.125, seed=seed).state_dict()
        for seed in (0, 0, 1)
    )
    assert torch.equal(torch.rand(1), expected)
    assert all(torch.equal(first[key], same[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


@pytest.mark.parametrize("name", ["lenet5", "lenet5_linear", "alexnet_cifar"])
def test_the_width_of_the_feature_can_be_set(name):
    network = build_network(name, class_count=10, width_multiplier=0.25, feature_width=2)
    last = [m for m in network.modules() if isinstance(m, torch.nn.Linear)][-1]
    assert last.weight.shape == (10, 2)


def test_torchvision_networks_come_by_name():
    network = build_network("torchvision:mobilenet_v3_small", class_count=6).eval()
    with torch.inference_mode():
        assert network(torch.zeros(1, 3, 64, 64)).shape == (1, 6)


@pytest.mark.parametrize(
    ("name", "settings", "sentence"),
    [
        (
            "resnet18",
            {},
            r"expected a network among lenet5, .*torchvision:<name>, found 'resnet18'",
        ),
        ("torchvision:resnet", {}, r"torchvision classification model such as .*found 'resnet'"),
        ("torchvision:fcn_resnet50", {}, r"torchvision classification model"),
        ("torchvision:resnet18", {"width_multiplier": 0.5}, r"expected width_multiplier 1"),
        ("vgg16_bn_cifar", {"feature_width": 64}, r"only for lenet5, .*alexnet_cifar, found 64"),
        ("lenet5", {"feature_width": 0}, r"feature_width of at least 1"),
        ("lenet5", {"class_count": 1}, r"expected at least 2 classes, found 1"),
        ("lenet5", {"width_multiplier": 0}, r"expected a positive width multiplier, found 0"),
    ],
)
def test_what_cannot_be_built_is_refused(name, settings, sentence):
    with pytest.raises(InputError, match=sentence):
        build_network(name, **{"class_count": 10, **settings})


def test_names_are_checked_without_building():
    assert all(is_network(name) for name in BUILT_IN)
    assert is_network("torchvision:resnet50")
    assert not is_network("torchvision:") and not is_network("resnet50")


def test_only_the_linear_lenet5_has_features_of_either_sign():
    images = torch.randn(40, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    lowest = {}
    for name in ("lenet5", "lenet5_linear"):
        network = build_network(name, class_count=10, feature_width=4, seed=1).eval()
        seen = []
        network.fc3.register_forward_hook(lambda _, inputs, __, seen=seen: seen.append(inputs[0]))
        with torch.inference_mode():
            network(images)
        lowest[name] = seen[0].min().item()
    assert lowest["lenet5"] == 0
    assert lowest["lenet5_linear"] < 0


def test_lenet5_says_what_size_it_wants():
    with pytest.raises(InputError, match=r"expected images of 32x32 pixels, found 28x28"):
        build_network("lenet5", class_count=10)(torch.zeros(1, 3, 28, 28))
    with pytest.raises(InputError, match=r"expected images of 32x32 pixels, found 64x64"):
        build_network("alexnet_cifar", class_count=10, width_multiplier=0.125)(
            torch.zeros(1, 3, 64, 64)
        )
