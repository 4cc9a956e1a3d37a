import sys
from types import SimpleNamespace

import pytest
import torch

from core.errors import InputError
from core.vision.foreign_networks import network_from_factory, takes_one_channel

MODULE = """
import torch
def named(num_classes=1000): return torch.nn.Linear(3, num_classes)
def ours(class_count, width=4): return torch.nn.Linear(width, class_count)
def fixed(): return torch.nn.Linear(3, 5)
def demanding(num_classes, depth): return torch.nn.Linear(3, 5)
def number(): return 3
def grey(): return torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten())
constant = 7
class Network(torch.nn.Linear):
    def __init__(self, n_classes): super().__init__(2, n_classes)
"""


@pytest.fixture(autouse=True)
def users_folder(tmp_path, monkeypatch):
    (tmp_path / "users_package").mkdir()
    (tmp_path / "users_package" / "networks.py").write_text(MODULE)
    (tmp_path / "users_broken.py").write_text("import no_such_package\n")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("factory", "outputs"), [("named", 6), ("ours", 6), ("fixed", 5), ("Network", 6)]
)
def test_a_factory_in_the_current_folder_gets_the_class_count_if_it_takes_it(factory, outputs):
    network = network_from_factory(f"users_package.networks:{factory}", 6)
    assert network.out_features == outputs


def test_built_in_and_torchvision_names_are_networks_too():
    assert network_from_factory("lenet5", 4).fc3.out_features == 4
    network = network_from_factory("torchvision:shufflenet_v2_x0_5", 4)
    assert isinstance(network, torch.nn.Module)


def test_a_network_for_grey_images_gets_one_of_the_three_equal_channels():
    network = network_from_factory("users_package.networks:grey", 6)
    images = torch.rand(2, 1, 5, 5).expand(-1, 3, -1, -1)
    assert torch.equal(network(images), torch.flatten(network[0](images[:, :1]), 1))
    assert list(network.state_dict()) == ["0.weight", "0.bias"]


@pytest.mark.parametrize(
    ("specification", "sentence"),
    [
        ("networks", r"package\.module:factory or torchvision:<name>, found 'networks'"),
        ("users_absent:f", r"module users_absent that can be imported, found: No module named"),
        ("users_broken:f", r"users_broken that can be imported, found: No module named 'no_such_"),
        ("users_package.networks:f", r"function f in users_package\.networks, found none"),
        ("users_package.networks:constant", r"function constant in .*found int"),
        ("users_package.networks:demanding", r"no argument but the number of classes, .*'depth'"),
        ("users_package.networks:number", r"to give a torch\.nn\.Module, found int"),
    ],
)
def test_what_gives_no_network_is_refused(specification, sentence):
    with pytest.raises(InputError, match=sentence):
        network_from_factory(specification, 6)


MORE = """
import torch
from torch import nn

class Net(nn.Linear):
    def __init__(self, num_classes=1000): super().__init__(8, num_classes)

def handed_on(pretrained=False, **kwargs): return Net(**kwargs)
def labels(num_labels): return Net(num_labels)
def half(num_classes): return Net(num_classes).half()
def loads(): return open("no such file")
def quits(): raise RuntimeError("first line\\nsecond line")
def silent(): raise AssertionError
def perceptron(num_classes): return nn.Sequential(nn.Flatten(), nn.Linear(784, num_classes))
def coloured(num_classes): return nn.Sequential(nn.Flatten(), nn.Linear(3072, num_classes))
class Late(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.head, self.conv = nn.Linear(16, num_classes), nn.Conv2d(3, 16, 3)
class Pair(Net):
    def forward(self, x): return (super().forward(x), x) if self.training else super().forward(x)
"""


@pytest.fixture
def more(tmp_path):
    (tmp_path / "users_more.py").write_text(MORE)
    (tmp_path / "users_failing.py").write_text("1 / 0\n")
    (tmp_path / "users_leaving.py").write_text("import sys; sys.exit('no GPU')\n")


@pytest.mark.usefixtures("more")
@pytest.mark.parametrize("factory", ["handed_on", "labels"])
def test_the_class_count_finds_its_way(factory):
    assert network_from_factory(f"users_more:{factory}", 6).out_features == 6


@pytest.mark.usefixtures("more")
def test_networks_compute_in_float32_and_start_the_same_from_the_same_seed():
    first, again, other = (network_from_factory("users_more:half", 6, seed=s) for s in (1, 1, 2))
    assert first.weight.dtype == torch.float32
    assert torch.equal(first.weight, again.weight)
    assert not torch.equal(first.weight, other.weight)


@pytest.mark.usefixtures("more")
@pytest.mark.parametrize(
    ("specification", "sentence"),
    [
        ("users_more:loads", r"users_more:loads to make a network, .*FileNotFoundError: .*no such"),
        ("users_more:quits", r"that it fails: RuntimeError: first line$"),
        ("users_more:silent", r"that it fails: AssertionError: AssertionError$"),
        ("users_failing:f", r"users_failing that can be imported, found: ZeroDivisionError: div"),
        ("users_leaving:f", r"users_leaving that can be imported, found: SystemExit: no GPU"),
    ],
)
def test_whatever_users_code_raises_is_one_sentence(specification, sentence):
    with pytest.raises(InputError, match=sentence):
        network_from_factory(specification, 6)


@pytest.mark.usefixtures("more")
@pytest.mark.parametrize(("factory", "one"), [("perceptron", True), ("coloured", False)])
def test_a_linear_layer_says_how_many_channels_it_takes(factory, one):
    network = network_from_factory(f"users_more:{factory}", 6)
    images = torch.rand(2, 1, 28 if one else 32, 28 if one else 32).expand(-1, 3, -1, -1)
    expected = network[1](torch.flatten(images[:, :1] if one else images, 1))
    assert torch.equal(network(images), expected)


@pytest.mark.usefixtures("more")
def test_a_linear_head_named_before_the_convolutions_says_nothing_of_channels():
    assert not takes_one_channel(network_from_factory("users_more:Late", 6))


@pytest.mark.usefixtures("more")
@pytest.mark.parametrize("training", [True, False])
def test_in_training_too_a_network_gives_its_logits_alone(training):
    network = network_from_factory("users_more:Pair", 6).train(training)
    assert network(torch.rand(3, 8)).shape == (3, 6)


@pytest.mark.parametrize("name", ["timm:tiny", "hf-hub:someone/tiny"])
def test_timm_makes_its_networks_and_those_of_a_hub(monkeypatch, name):
    calls = []

    def create_model(name, **settings):
        calls.append((name, settings))
        return torch.nn.Linear(8, settings.get("num_classes", 6))

    monkeypatch.setitem(sys.modules, "timm", SimpleNamespace(create_model=create_model))
    assert network_from_factory(name, 6, pretrained=name.startswith("hf")).out_features == 6
    expected = {
        "timm:tiny": ("tiny", {"pretrained": False, "num_classes": 6}),
        "hf-hub:someone/tiny": ("hf-hub:someone/tiny", {"pretrained": True}),
    }
    assert calls == [expected[name]]


def test_without_timm_one_sentence_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(InputError, match=r"package timm for timm:resnet18, .*pip install timm"):
        network_from_factory("timm:resnet18", 6)
