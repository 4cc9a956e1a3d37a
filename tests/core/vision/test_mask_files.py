import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import prune as torch_prune

from core.errors import InputError
from core.vision.mask_files import check_masks, read_masks


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 2), nn.ReLU(), nn.Flatten(), nn.Linear(4, 5))


def masks_of(share: float) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    return {
        "3.weight": generator.random((5, 4)) >= share,
        "0.weight": generator.random((4, 3, 2, 2)) >= share,
    }


@pytest.mark.parametrize("kind", [bool, np.uint8, np.float32, np.int64])
@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_masks_of_any_kind_of_number_are_read(kind: type, suffix: str, tmp_path) -> None:
    path = tmp_path / f"masks{suffix}"
    arrays = {name: mask.astype(kind) for name, mask in masks_of(0.5).items()}
    if suffix == ".npz":
        np.savez(path, **arrays)
    else:
        save_file({name: torch.from_numpy(array) for name, array in arrays.items()}, path)
    found = check_masks(read_masks(path), network())
    assert list(found) == ["0.weight", "3.weight"]
    for name, mask in masks_of(0.5).items():
        assert found[name].dtype == torch.bool
        assert np.array_equal(found[name].numpy(), mask)


def test_masks_that_torch_keeps_are_read_under_their_own_names(tmp_path) -> None:
    pruned = network()
    layers = [(pruned[0], "weight"), (pruned[3], "weight")]
    torch_prune.global_unstructured(layers, torch_prune.L1Unstructured, amount=0.5)
    buffers = {name: value for name, value in pruned.state_dict().items() if "_mask" in name}
    save_file(buffers, tmp_path / "torch.safetensors")
    found = check_masks(read_masks(tmp_path / "torch.safetensors"), network(), ratio=0.5)
    assert torch.equal(found["3.weight"], pruned[3].weight_mask.bool())


@pytest.mark.parametrize(
    ("changed", "arguments", "sentence"),
    [
        ({"3.weight": np.ones((4, 5), bool)}, {}, r"shape \(5, 4\) for 3.weight, found \(4, 5\)"),
        ({"3.bias": np.ones(5, bool)}, {}, r"\(0.weight, 3.weight\), found one of '3.bias'"),
        ({"3.weight": None}, {}, "stays dense\\), found none for 3.weight"),
        ({}, {"include_classifier": False}, "no mask of the classifier 3.weight with include"),
        ({}, {"ratio": 0.9}, r"remove 0.9 of the 68 prunable weights, found 0.\d{4} \(\d+\)"),
        (
            {"0.weight": np.ones((4, 3, 2, 2)), "3.weight": np.ones((5, 4))},
            {},
            "found masks that keep all",
        ),
        ({"3.weight": np.full((5, 4), 0.5)}, {}, "only 0 and 1 in the mask of 3.weight"),
        ({"3.weight": np.full((5, 4), np.nan)}, {}, "only 0 and 1 in the mask of 3.weight"),
        ({"3.weight": None, "0.weight": None}, {}, "by parameter name, found none"),
    ],
)
def test_each_mistake_has_its_sentence(changed, arguments, sentence, tmp_path) -> None:
    arrays = {n: a for n, a in (masks_of(0.5) | changed).items() if a is not None}
    np.savez(tmp_path / "masks.npz", **arrays)
    with pytest.raises(InputError, match=sentence):
        check_masks(read_masks(tmp_path / "masks.npz"), network(), **arguments)


def test_a_ratio_may_be_written_to_two_digits() -> None:
    masks = {
        "0.weight": torch.arange(48).view(4, 3, 2, 2) >= 16,
        "3.weight": torch.ones(5, 4, dtype=torch.bool),
    }
    assert list(check_masks(masks, network(), ratio=0.24)) == ["0.weight", "3.weight"]  # 0.2353


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("masks.npz", None, "expected a file of masks, found none"),
        ("masks.pt", b"", "as .npz or .safetensors, found masks.pt"),
        ("masks.npz", b"PK\x03\x04 broken", "expected a whole file of arrays"),
        ("masks.npz", b"", "expected a whole file of arrays"),
        ("masks.safetensors", b"version https://git-lfs", "expected a whole file of arrays"),
    ],
)
def test_what_is_no_file_of_masks_is_refused(name, content, sentence, tmp_path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=sentence):
        read_masks(tmp_path / name)


def test_pickled_objects_are_not_read(tmp_path) -> None:
    np.savez(tmp_path / "masks.npz", **{"0.weight": np.array([{}], dtype=object)})
    with pytest.raises(InputError, match="expected a whole file of arrays"):
        read_masks(tmp_path / "masks.npz")
