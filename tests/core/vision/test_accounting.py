import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.accounting import account
from core.vision.masks import full_masks, masks_from_scores, prunable_weights

EXAMPLE = torch.zeros(1, 3, 8, 8)


def grouped_network() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1),  # 4 x 4 positions, 108 weights
        nn.BatchNorm2d(4),
        nn.Conv2d(4, 8, 3, groups=2),  # 2 x 2 positions, 144 weights
        nn.Flatten(),
        nn.Linear(32, 5),
    )


def test_a_dense_network_is_counted_by_hand() -> None:
    found = account(grouped_network(), {}, EXAMPLE)
    assert found.macs == found.macs_theoretical == 108 * 16 + 144 * 4 + 160
    assert found.prunable_weights == found.kept == 108 + 144 + 160
    assert found.parameters == found.nonzero_parameters == 412 + 4 + 8 + 8 + 5
    assert found.sparsity == found.sparsity_total == 0.0
    assert [(row.name, row.kind, row.weights) for row in found.layers] == [
        ("0", "conv", 108),
        ("2", "conv", 144),
        ("4", "linear", 160),
    ]


def test_macs_by_brute_force_from_the_convolutions_own_sums() -> None:
    """Each output of a network of ones without padding counts its multiply-accumulates."""
    network = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False))
    with torch.no_grad():
        network[0].weight.fill_(1.0)
        products = int(network(torch.ones(1, 3, 8, 8)).sum())
    assert account(network, {}, EXAMPLE).macs == products


def test_masks_decide_what_is_kept_and_which_layer_has_emptied() -> None:
    network = grouped_network()
    masks = full_masks(network)
    masks["2.weight"][:] = False
    masks["4.weight"][0] = False
    found = account(network, masks, EXAMPLE)
    assert [row.kept for row in found.layers] == [108, 0, 128]
    assert [row.emptied for row in found.layers] == [False, True, False]
    assert found.sparsity == pytest.approx(176 / 412)
    assert found.nonzero_parameters == found.parameters - 176
    assert found.macs_theoretical == 108 * 16 + 128


def test_zeros_without_a_mask_are_not_sparsity() -> None:
    network = grouped_network()
    with torch.no_grad():
        network[0].weight.zero_()
    assert account(network, full_masks(network), EXAMPLE).sparsity == 0.0


def test_an_exempt_classifier_is_not_prunable_but_has_its_row() -> None:
    network = grouped_network()
    weights = prunable_weights(network, include_classifier=False)
    masks = masks_from_scores({n: w.abs() for n, w in weights.items()}, 0.5, scope="global")
    found = account(network, masks, EXAMPLE)
    assert found.prunable_weights == 252
    assert found.sparsity == 0.5
    assert found.layers[-1].kept == 160


def test_a_smaller_network_is_counted_against_its_dense_form() -> None:
    dense = nn.Sequential(nn.Conv2d(3, 4, 8), nn.Flatten(), nn.Linear(4, 5))
    small = nn.Sequential(nn.Conv2d(3, 2, 8), nn.Flatten(), nn.Linear(2, 5))
    found = account(small, full_masks(small), EXAMPLE, dense=dense)
    assert (found.prunable_weights, found.kept) == (788, 394)
    assert found.sparsity == 0.5
    assert (found.parameters, found.nonzero_parameters) == (788 + 9, 394 + 7)
    assert (found.macs, found.macs_theoretical) == (788, 394)
    assert [(row.weights, row.kept) for row in found.layers] == [(768, 384), (20, 10)]


def test_a_layer_used_twice_costs_twice() -> None:
    shared = nn.Conv2d(3, 3, 1, bias=False)
    assert account(nn.Sequential(shared, nn.ReLU(), shared), {}, EXAMPLE).macs == 2 * 9 * 64


def test_counting_leaves_mode_hooks_and_statistics_alone() -> None:
    network = grouped_network().train()
    network[1].eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    account(network, {}, EXAMPLE)
    assert network.training and not network[1].training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert all(not module._forward_hooks for module in network.modules())


def test_a_mask_that_fits_no_layer_is_refused() -> None:
    with pytest.raises(InputError, match=r"mask of 9\.weight, found no such layer"):
        account(grouped_network(), {"9.weight": torch.ones(1, dtype=torch.bool)}, EXAMPLE)
