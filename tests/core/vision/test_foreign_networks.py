import pytest
import torch

from core.errors import InputError
from core.vision.foreign_networks import network_from_factory

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
