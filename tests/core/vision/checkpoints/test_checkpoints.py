import argparse
import copy
import struct
from collections import OrderedDict
from pathlib import Path

import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils import prune

from core.errors import InputError
from core.vision.checkpoints import load_into, read_checkpoint

torch.set_num_threads(1)


def small_network(seed: int = 0, *, classes: int = 4) -> nn.Module:
    torch.manual_seed(seed)
    layers = OrderedDict(
        conv=nn.Conv2d(3, 5, 3),
        norm=nn.BatchNorm2d(5),
        relu=nn.ReLU(),
        pool=nn.AdaptiveAvgPool2d(1),
        flat=nn.Flatten(),
        fc=nn.Linear(5, classes),
    )
    return nn.Sequential(layers)


def saved(tmp_path: Path, content, name: str = "model.pth") -> Path:
    torch.save(content, tmp_path / name)
    return tmp_path / name


def prefixed(state: dict, prefix: str) -> dict:
    return {f"{prefix}{name}": tensor for name, tensor in state.items()}


def assert_loaded(network: nn.Module, expected: nn.Module) -> None:
    for (name, found), wanted in zip(
        network.state_dict().items(), expected.state_dict().values(), strict=True
    ):
        assert torch.equal(found, wanted), name


@pytest.mark.parametrize(
    ("wrap", "layout", "prefix"),
    [
        (lambda s: s, "plain", ""),
        (lambda s: {"state_dict": s, "best_prec1": 91.7}, "state_dict", ""),
        (lambda s: {"net": prefixed(s, "module."), "acc": 90.0, "epoch": 3}, "net", "module."),
        (lambda s: {"model": s, "optimizer": {"state": {}}}, "model", ""),
        (lambda s: {"model_state_dict": s, "optim_state_dict": {}}, "model_state_dict", ""),
        (
            lambda s: {"state_dict": prefixed(s, "model."), "pytorch-lightning_version": "2.0"},
            "state_dict",
            "model.",
        ),
        (lambda s: prefixed(s, "_orig_mod."), "plain", "_orig_mod."),
        (lambda s: prefixed(s, "module._orig_mod.net."), "plain", "module._orig_mod.net."),
        (lambda s: {"state_dict": {"model": s, "x": 1}}, "state_dict > model", ""),
        (lambda s: {"epoch": 1, **s}, "plain", ""),
        (
            lambda s: {"n_averaged": torch.tensor(5), **prefixed(s, "module.")},
            "plain",
            "module.",
        ),
    ],
)
def test_every_known_layout_is_unwrapped_and_reported(tmp_path, wrap, layout, prefix):
    source, target = small_network(1), small_network(2)
    checkpoint = read_checkpoint(saved(tmp_path, wrap(source.state_dict())))
    assert (checkpoint.layout, checkpoint.stripped_prefix) == (layout, prefix)
    report = load_into(target, checkpoint)
    assert_loaded(target, source)
    assert (report.layout, report.stripped_prefix) == (layout, prefix)
    assert report.tensor_count == len(source.state_dict())
    assert f"layout: {layout}" in report.lines()


def test_averaged_weights_are_preferred_and_the_choice_is_told(tmp_path):
    averaged, plain, target = small_network(1), small_network(2), small_network(3)
    content = {"model": plain.state_dict(), "model_ema": averaged.state_dict()}
    checkpoint = read_checkpoint(saved(tmp_path, content))
    load_into(target, checkpoint)
    assert_loaded(target, averaged)
    assert checkpoint.layout == "model_ema"
    assert "took model_ema, not model" in checkpoint.notes


def test_a_prefix_is_stripped_only_if_every_name_has_it(tmp_path):
    state = small_network().state_dict()
    mixed = {("module." + name if "fc" in name else name): state[name] for name in state}
    checkpoint = read_checkpoint(saved(tmp_path, mixed))
    assert checkpoint.stripped_prefix == ""
    assert set(checkpoint.state_dict) == set(mixed)


def test_a_name_that_merely_contains_a_prefix_is_left_alone(tmp_path):
    state = {"sub.module.weight": torch.ones(2, 2), "sub.module.bias": torch.ones(2)}
    checkpoint = read_checkpoint(saved(tmp_path, state))
    assert set(checkpoint.state_dict) == set(state)


@pytest.mark.parametrize("saved_prefix", ["", "module."])
def test_a_network_whose_own_names_begin_with_the_prefix_gets_it_back(tmp_path, saved_prefix):
    class Wrapper(nn.Module):
        def __init__(self, seed: int) -> None:
            super().__init__()
            self.model = small_network(seed)

    source, target = Wrapper(1), Wrapper(2)
    path = saved(tmp_path, prefixed(source.state_dict(), saved_prefix))
    report = load_into(target, read_checkpoint(path))
    assert_loaded(target, source)
    assert report.stripped_prefix == saved_prefix


def test_safetensors_are_read_by_extension_and_by_content(tmp_path):
    source = small_network(1)
    for name in ("model.safetensors", "model.bin"):
        safetensors.torch.save_file(source.state_dict(), tmp_path / name)
        target = small_network(2)
        load_into(target, read_checkpoint(tmp_path / name))
        assert_loaded(target, source)


def test_files_from_before_torch_1_6_are_read(tmp_path):
    source, target = small_network(1), small_network(2)
    path = tmp_path / "old.pth"
    torch.save(source.state_dict(), path, _use_new_zipfile_serialization=False)
    load_into(target, read_checkpoint(path))
    assert_loaded(target, source)


def test_masks_of_torch_prune_are_folded_and_kept(tmp_path):
    source = small_network(1)
    prune.l1_unstructured(source.conv, "weight", amount=0.3)
    prune.random_unstructured(source.fc, "weight", amount=0.5)
    prune.random_unstructured(source.fc, "bias", amount=2)
    path = saved(tmp_path, {"state_dict": prefixed(source.state_dict(), "module.")})
    expected = {"conv.weight": source.conv.weight_mask, "fc.weight": source.fc.weight_mask}
    target = small_network(2)
    checkpoint = read_checkpoint(path)
    report = load_into(target, checkpoint)
    assert list(checkpoint.state_dict)[:2] != [] and set(checkpoint.masks) == set(expected)
    for name, mask in expected.items():
        assert torch.equal(report.masks[name], mask.bool())
    assert torch.equal(target.conv.weight, source.conv.weight)
    assert torch.equal(target.fc.bias, source.fc.bias)
    assert report.sparsity_source == "masks"
    assert report.sparsity == pytest.approx(1 - (95 + 10) / (135 + 20))


@given(shares=st.tuples(st.floats(0, 1), st.floats(0, 1)), seed=st.integers(0, 5))
def test_folding_loses_nothing_whatever_the_masks(tmp_path_factory, shares, seed):
    source, target = small_network(seed), small_network(seed + 1)
    for layer, share in zip((source.conv, source.fc), shares, strict=True):
        prune.random_unstructured(layer, "weight", amount=share)
    path = saved(tmp_path_factory.mktemp("masks"), source.state_dict())
    report = load_into(target, read_checkpoint(path))
    assert torch.equal(target.conv.weight, source.conv.weight)
    assert torch.equal(target.fc.weight, source.fc.weight)
    kept = source.conv.weight_mask.sum() + source.fc.weight_mask.sum()
    assert report.sparsity == pytest.approx(1 - float(kept) / 155)


def test_masks_beside_final_weights_and_masks_of_open_lth_are_taken(tmp_path):
    source = small_network(1)
    mask = torch.arange(135).reshape(5, 3, 3, 3) % 3 > 0
    with torch.no_grad():
        source.conv.weight.mul_(mask)
    state = source.state_dict()
    beside = saved(tmp_path, {**state, "conv.weight_mask": mask.float()}, "beside.pth")
    lottery = saved(
        tmp_path, {"mask_conv___weight": mask.int(), **prefixed(state, "model.")}, "lottery.pth"
    )
    for path in (beside, lottery):
        target = small_network(2)
        report = load_into(target, read_checkpoint(path))
        assert_loaded(target, source)
        assert torch.equal(report.masks["conv.weight"], mask)
        assert bool(report.masks["fc.weight"].all())


def test_without_masks_exact_zeros_are_counted_and_it_is_told(tmp_path):
    source = small_network(1)
    with torch.no_grad():
        source.fc.weight[0] = 0
    report = load_into(small_network(2), read_checkpoint(saved(tmp_path, source.state_dict())))
    assert report.sparsity_source == "zeros"
    assert report.sparsity == pytest.approx(5 / 155)
    assert int((~report.masks["fc.weight"]).sum()) == 5


def test_a_mask_of_other_numbers_is_refused(tmp_path):
    state = small_network().state_dict()
    state["fc.weight_mask"] = torch.full((4, 5), 0.5)
    with pytest.raises(InputError, match=r"mask of 0 and 1 .* in fc\.weight_mask, found .* 0\.5"):
        read_checkpoint(saved(tmp_path, state))


def test_spectral_norm_has_no_mask_and_is_reported_as_unexpected(tmp_path):
    network = small_network()
    state = dict(network.state_dict())
    state["fc.weight_orig"] = state.pop("fc.weight")
    with pytest.raises(InputError, match=r"missing: fc\.weight; 1 unexpected: fc\.weight_orig"):
        load_into(network, read_checkpoint(saved(tmp_path, state)))


def test_scores_are_left_out_beside_final_weights_and_refused_beside_random_ones(tmp_path):
    source = small_network(1)
    state = {**source.state_dict(), "fc.scores": torch.rand(4, 5)}
    with pytest.raises(InputError, match=r"final weights beside fc\.scores, found random weights"):
        read_checkpoint(saved(tmp_path, state))
    with torch.no_grad():
        source.fc.weight.copy_(0.3 * torch.sign(source.fc.weight))
        source.fc.weight[1] = 0
    state = {**source.state_dict(), "fc.scores": torch.rand(4, 5)}
    target = small_network(2)
    report = load_into(target, read_checkpoint(saved(tmp_path, state)))
    assert_loaded(target, source)
    assert "left out 1 tensors of scores" in report.notes


def test_every_missing_unexpected_and_misshapen_name_is_listed_and_nothing_is_loaded(tmp_path):
    state = dict(small_network(1, classes=7).state_dict())
    for name in ("conv.weight", "norm.bias"):
        state[f"other.{name}"] = state.pop(name)
    target = small_network(2)
    before = copy.deepcopy(target)
    with pytest.raises(InputError) as refusal:
        load_into(target, read_checkpoint(saved(tmp_path, state)))
    sentence = str(refusal.value)
    assert "2 missing: conv.weight, norm.bias" in sentence
    assert "2 unexpected: other.conv.weight, other.norm.bias" in sentence
    assert "2 of another shape: fc.weight of (7, 5) instead of (4, 5), fc.bias" in sentence
    assert_loaded(target, before)


def test_batch_norm_counters_may_be_missing_and_half_precision_is_converted(tmp_path):
    source = small_network(1)
    state = {n: t.half() for n, t in source.state_dict().items() if "tracked" not in n}
    target = small_network(2)
    report = load_into(target, read_checkpoint(saved(tmp_path, state)))
    assert torch.equal(target.fc.weight, source.fc.weight.half().float())
    assert "converted from torch.float16" in report.notes
    assert any("batch norm counters" in note for note in report.notes)


def test_pickled_objects_are_refused_until_they_are_trusted(tmp_path):
    source, target = small_network(1), small_network(2)
    options = saved(tmp_path, {"state_dict": source.state_dict(), "args": argparse.Namespace(a=1)})
    with pytest.raises(InputError, match=r"found Python objects \(argparse\.Namespace\).*--trust-"):
        read_checkpoint(options)
    load_into(target, read_checkpoint(options, trust_pickle=True))
    assert_loaded(target, source)
    whole = saved(tmp_path, source, "whole.pth")
    with pytest.raises(InputError, match=r"found Python objects \(torch\.nn"):
        read_checkpoint(whole)
    checkpoint = read_checkpoint(whole, trust_pickle=True)
    assert checkpoint.layout == "pickled Sequential"


def test_a_git_lfs_pointer_is_named_as_such(tmp_path):
    path = tmp_path / "model.pth"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n")
    with pytest.raises(InputError, match=r"model\.pth, found a Git-LFS pointer .* git lfs pull"):
        read_checkpoint(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"rubbish", b"PK\x03\x04 and then nothing", b"<html>not found</html>", b"\x80\x02}q"],
)
@pytest.mark.parametrize("trust_pickle", [False, True])
def test_what_is_no_checkpoint_is_refused(tmp_path, content, trust_pickle):
    path = tmp_path / "model.pth"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"expected a checkpoint that torch can read in .*found a"):
        read_checkpoint(path, trust_pickle=trust_pickle)


def test_a_truncated_file_is_refused(tmp_path):
    path = saved(tmp_path, small_network().state_dict())
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(InputError, match=r"model\.pth, found a file that it cannot"):
        read_checkpoint(path)
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", 10**6) + b'{"a"')
    with pytest.raises(InputError, match=r"expected a safetensors file in .*model\.safetensors"):
        read_checkpoint(path)
    with pytest.raises(InputError, match=r"expected a checkpoint file .*absent, found none"):
        read_checkpoint(tmp_path / "absent")


def test_a_file_without_tensors_is_refused_with_its_keys(tmp_path):
    with pytest.raises(InputError, match=r"found a dictionary of epoch, lr"):
        read_checkpoint(saved(tmp_path, {"epoch": 1, "lr": 0.1}))
    with pytest.raises(InputError, match=r"found an object of type list"):
        read_checkpoint(saved(tmp_path, [1, 2]))
