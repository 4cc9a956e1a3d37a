"""Checkpoints as other tools write them: names, sets, kinds of tensors, masks, folders."""

import json

import pytest
import safetensors.torch
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

from core.errors import InputError
from core.vision.checkpoints import load_into, read_checkpoint
from core.vision.checkpoints.matching import match_names
from tests.core.vision.checkpoints.test_checkpoints import (
    assert_loaded,
    prefixed,
    saved,
    small_network,
)

torch.set_num_threads(1)
CHECKPOINTED = "_checkpoint_wrapped_module"
OPS = torch.zeros(1, dtype=torch.float64)


def through(name: str, wrapper: str, state: dict) -> dict:
    """The state with a wrapper around one layer."""
    return {key.replace(f"{name}.", f"{name}.{wrapper}."): value for key, value in state.items()}


@pytest.mark.parametrize(
    ("wrap", "prefix", "beside"),
    [
        (lambda s: {**s, "total_ops": OPS, "fc.total_params": OPS}, "", 2),
        (lambda s: {**prefixed(s, "module."), "total_ops": OPS}, "module.", 1),
        (
            lambda s: {"state_dict": {**prefixed(s, "model."), "criterion.weight": torch.ones(4)}},
            "model.",
            1,
        ),
        (
            lambda s: {**prefixed(s, "backbone.net."), "head.weight": torch.ones(2)},
            "backbone.net.",
            1,
        ),
        (lambda s: {**s, "aux1.fc.weight": torch.ones(2, 2), "loss_fn.w": torch.ones(1)}, "", 2),
        (lambda s: through("fc", "_orig_mod", s), "", 0),
        (
            lambda s: through("conv", "_checkpoint_wrapped_module", prefixed(s, "model.")),
            "model.",
            0,
        ),
        (lambda s: through("fc", "module", s), "", 0),
    ],
)
def test_the_networks_own_tensors_are_found_and_the_others_named(tmp_path, wrap, prefix, beside):
    source, target = small_network(1), small_network(2)
    report = load_into(target, read_checkpoint(saved(tmp_path, wrap(source.state_dict()))))
    assert_loaded(target, source)
    assert report.stripped_prefix == prefix
    notes = [note for note in report.notes if "beside the network" in note]
    assert len(notes) == bool(beside)
    assert not beside or f"left out {beside} tensors" in notes[0]


def test_a_layer_that_the_network_lacks_is_not_beside_it(tmp_path):
    state = {**small_network(1).state_dict(), "layer4.weight": torch.ones(2, 2)}
    with pytest.raises(InputError, match=r"1 unexpected: layer4\.weight"):
        load_into(small_network(2), read_checkpoint(saved(tmp_path, state)))


def test_two_networks_in_one_file_are_told_apart_by_the_key_alone(tmp_path):
    first, second = small_network(1), small_network(2)
    flat = {**prefixed(first.state_dict(), "student."), **prefixed(second.state_dict(), "teacher.")}
    with pytest.raises(InputError, match=r"several that fit: student, teacher"):
        load_into(small_network(3), read_checkpoint(saved(tmp_path, flat)))
    apart = {"teacher": second.state_dict(), "deep": {"student": first.state_dict()}}
    for key, wanted in (("teacher", second), ("deep.student", first)):
        target = small_network(3)
        load_into(target, read_checkpoint(saved(tmp_path, apart), key=key))
        assert_loaded(target, wanted)
    with pytest.raises(InputError, match=r"expected other in .*, found a dictionary of teacher"):
        read_checkpoint(saved(tmp_path, apart), key="other")


@pytest.mark.parametrize("averaged", ["ema", "state_dict_ema", "model_ema"])
def test_averages_without_statistics_give_way_to_what_fits_and_it_is_said(tmp_path, averaged):
    source, target = small_network(1), small_network(2)
    content = {"model": source.state_dict(), averaged: dict(source.named_parameters())}
    report = load_into(target, read_checkpoint(saved(tmp_path, content)))
    assert_loaded(target, source)
    note = next(note for note in report.notes if note.startswith("took "))
    assert note.startswith(f"took model, not {averaged}, in which 2 missing: norm.running_mean")
    assert note.endswith("--key chooses")
    with pytest.raises(InputError, match=r"2 missing: norm\.running_mean, norm\.running_var$"):
        load_into(target, read_checkpoint(saved(tmp_path, content), key=averaged))


def test_no_set_that_fits_names_them_all(tmp_path):
    content = {"model": {"x": torch.ones(1)}, "ema": {"y": torch.ones(1)}}
    with pytest.raises(InputError, match=r"\(in ema; there are also model, which do not fit"):
        load_into(small_network(), read_checkpoint(saved(tmp_path, content)))


MASK = (torch.arange(20).reshape(4, 5) % 2).float()


@pytest.mark.parametrize(
    "masked",
    [
        lambda s: {**s, "fc.__weight_mma_mask": MASK.bool()},
        lambda s: {**s, "fc.mask": MASK},
        lambda s: {**through("fc", "module", s), "fc.weight_mask": MASK},
        lambda s: {
            **{n: t for n, t in s.items() if n != "fc.weight"},
            "fc.parametrizations.weight.original": s["fc.weight"],
            "fc.parametrizations.weight.0.mask": MASK,
        },
        lambda s: {
            "state_dict": prefixed(s, "module."),
            "compression_sched": {"masks_dict": {"fc.weight": MASK, "conv.weight": None}},
        },
    ],
)
def test_masks_of_other_tools_are_folded(tmp_path, masked):
    source, target = small_network(1), small_network(2)
    report = load_into(target, read_checkpoint(saved(tmp_path, masked(source.state_dict()))))
    assert torch.equal(target.fc.weight, source.fc.weight * MASK)
    assert torch.equal(target.conv.weight, source.conv.weight)
    assert report.sparsity_source == "masks"
    assert torch.equal(report.masks["fc.weight"], MASK.bool())


def test_a_network_that_holds_its_masks_itself_gets_them(tmp_path):
    class Masked(nn.Linear):
        def __init__(self) -> None:
            super().__init__(5, 4)
            self.register_buffer("mask", torch.ones(4, 5))

    source, target = nn.Sequential(Masked()), nn.Sequential(Masked())
    source[0].mask.copy_(MASK)
    report = load_into(target, read_checkpoint(saved(tmp_path, source.state_dict())))
    assert torch.equal(target[0].mask, MASK)
    assert torch.equal(report.masks["0.weight"], MASK.bool())


def test_pruning_hooks_of_the_factory_are_no_reason_to_refuse(tmp_path):
    source, target = small_network(1), small_network(2)
    prune.l1_unstructured(source.fc, "weight", amount=0.5)
    expected = source.fc.weight.detach().clone()
    prune.identity(target.fc, "weight")
    prune.identity(target.conv, "weight")
    report = load_into(target, read_checkpoint(saved(tmp_path, source.state_dict())))
    assert torch.equal(target.fc.weight, expected)
    assert int((~report.masks["fc.weight"]).sum()) == 10


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("norm", [nn.utils.weight_norm, parametrizations.weight_norm])
def test_a_weight_normed_network_is_loaded_and_made_plain(tmp_path, norm):
    source, target = small_network(1), small_network(2)
    norm(source.fc)
    norm(target.fc)
    report = load_into(target, read_checkpoint(saved(tmp_path, source.state_dict())))
    assert torch.allclose(target.fc.weight, source.fc.weight)
    assert isinstance(target.fc.weight, nn.Parameter)
    assert report.sparsity == 0
    assert "made plain what a norm computes: fc" in report.notes


def test_sparse_and_quantised_tensors_become_numbers(tmp_path):
    source, target = small_network(1), small_network(2)
    state = dict(source.state_dict())
    state["fc.weight"] = (state["fc.weight"] * MASK).to_sparse()
    state["conv.weight"] = torch.quantize_per_tensor(state["conv.weight"], 0.01, 0, torch.qint8)
    checkpoint = read_checkpoint(saved(tmp_path, state), trust_pickle=True)
    report = load_into(target, checkpoint)
    assert torch.equal(target.fc.weight, source.fc.weight * MASK)
    assert torch.equal(target.conv.weight, state["conv.weight"].dequantize())
    assert any("made 1 sparse tensors dense" in note for note in report.notes)
    assert any("dequantised 1 tensors (conv.weight)" in note for note in report.notes)


@pytest.mark.parametrize("kind", [torch.int8, torch.uint8, torch.int32])
def test_whole_numbers_without_a_scale_are_refused(tmp_path, kind):
    state = dict(small_network(1).state_dict())
    state["fc.weight"] = (100 * state["fc.weight"]).to(kind)
    with pytest.raises(InputError, match=r"whole numbers without their scale: fc\.weight of torch"):
        load_into(small_network(2), read_checkpoint(saved(tmp_path, state)))


def test_bfloat16_of_safetensors_is_read_exactly(tmp_path):
    source, target = small_network(1), small_network(2)
    state = {
        n: t.bfloat16() if t.is_floating_point() else t for n, t in source.state_dict().items()
    }
    safetensors.torch.save_file(state, tmp_path / "half.safetensors")
    load_into(target, read_checkpoint(tmp_path / "half.safetensors"))
    assert torch.equal(target.fc.weight, state["fc.weight"].float())


class Shared(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.conv = nn.Conv2d(3, 4, 3)
        self.body = nn.Sequential(self.conv)
        self.fc = nn.Linear(4, 2)


def test_a_second_name_of_a_tensor_is_not_missing(tmp_path):
    source, target = Shared(1), Shared(2)
    safetensors.torch.save_model(source, str(tmp_path / "shared.safetensors"))
    load_into(target, read_checkpoint(tmp_path / "shared.safetensors"))
    assert_loaded(target, source)
    assert target.body[0].weight is target.conv.weight


def test_folders_of_save_pretrained_are_read_whole_and_in_parts(tmp_path):
    source = small_network(1)
    state = source.state_dict()
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    safetensors.torch.save_file(state, whole / "model.safetensors")
    names = {name: f"model-0000{1 + (name > 'g')}-of-00002.safetensors" for name in state}
    for file in set(names.values()):
        part = {name: state[name] for name in state if names[name] == file}
        safetensors.torch.save_file(part, parts / file)
    (parts / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    for folder in (whole, parts):
        target = small_network(2)
        load_into(target, read_checkpoint(folder))
        assert_loaded(target, source)
    with pytest.raises(InputError, match=r"folder with one of model\.safetensors, .*the folder"):
        read_checkpoint(tmp_path)


def test_a_layer_that_waits_for_its_input_is_loaded(tmp_path):
    source = nn.Sequential(nn.Flatten(), nn.Linear(12, 4))
    target = nn.Sequential(nn.Flatten(), nn.LazyLinear(4))
    load_into(target, read_checkpoint(saved(tmp_path, source.state_dict())))
    images = torch.rand(2, 3, 2, 2)
    assert torch.equal(target(images), source(images))


def test_wrappers_on_the_networks_side_are_looked_through():
    match = match_names(["conv.weight", "fc.weight"], ["conv._orig_mod.weight", "fc.weight"])
    assert match.names == {"conv.weight": "conv._orig_mod.weight", "fc.weight": "fc.weight"}
    match = match_names(["conv.weight"], ["model.conv.weight"])
    assert match.names == {"conv.weight": "model.conv.weight"}
