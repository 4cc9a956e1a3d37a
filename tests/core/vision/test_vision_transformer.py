"""A small vision transformer: what is prunable, what it costs, where its feature is."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from core.vision.accounting import account
from core.vision.augmentation import augmentation_named
from core.vision.datasets import ImageSet, load_dataset
from core.vision.inference import FeatureReader
from core.vision.input_norms import input_norms
from core.vision.masks import apply_masks, full_masks, kept_count, prunable_weights
from core.vision.networks import measure_normalisation
from core.vision.pruning import prune
from core.vision.training_data import TrainingData

WIDTH, HEADS, PATCH = 24, 4, 8


class SmallVit(nn.Module):
    """Patches of 8 pixels, a class token, two blocks; the class token's state is classified."""

    def __init__(self, side: int = 32, classes: int = 10) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, WIDTH, PATCH, stride=PATCH)
        self.token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        places = (side // PATCH) ** 2 + 1
        self.places = nn.Parameter(0.1 * torch.randn(1, places, WIDTH))
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 48, dropout=0.0, batch_first=True)
        self.blocks = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, classes)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        tokens = self.patches(pixels).flatten(2).transpose(1, 2)
        token = self.token.expand(len(tokens), -1, -1)
        states = self.blocks(torch.cat([token, tokens], 1) + self.places)
        return self.head(self.norm(states)[:, 0])


class PlainAttention(nn.Module):
    """Attention from linear layers and torch's own product, as timm writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, WIDTH, 4, stride=4)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.head = nn.Linear(WIDTH, 10)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        tokens = self.stem(pixels).flatten(2).transpose(1, 2)
        shape = (*tokens.shape[:2], 3, HEADS, WIDTH // HEADS)
        query, key, value = self.qkv(tokens).view(shape).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value)
        return self.head(self.out(mixed.transpose(1, 2).flatten(2)).mean(1))


@pytest.fixture
def vit() -> nn.Module:
    torch.manual_seed(0)
    return SmallVit().eval()


def test_the_projections_of_attention_are_prunable(vit: nn.Module) -> None:
    names = list(prunable_weights(vit))
    block = "blocks.layers.0"
    assert names[:5] == [
        "patches.weight",
        f"{block}.self_attn.in_proj_weight",
        f"{block}.self_attn.out_proj.weight",
        f"{block}.linear1.weight",
        f"{block}.linear2.weight",
    ]
    assert names[-1] == "head.weight"
    other = nn.MultiheadAttention(8, 2, kdim=6, vdim=4)
    assert [n.split("_")[0] for n in prunable_weights(other)] == ["q", "k", "v", "out"]


@pytest.mark.parametrize("kind", [SmallVit, PlainAttention])
def test_macs_are_half_of_what_torch_counts(kind: type[nn.Module]) -> None:
    network = kind().eval()
    example = torch.zeros(1, 3, 32, 32)
    with torch.enable_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as count:
        network(example)  # with gradients, no fused attention hides its products
    found = account(network, full_masks(network), example)
    assert found.macs == found.macs_theoretical == count.get_total_flops() // 2
    assert torch.backends.mha.get_fastpath_enabled()


def test_macs_of_attention_by_hand(vit: nn.Module) -> None:
    tokens = 17
    projections = 4 * WIDTH * WIDTH * tokens
    products = 2 * tokens * tokens * WIDTH
    perceptron = 2 * WIDTH * 48 * tokens
    by_hand = 16 * 3 * 64 * WIDTH + 2 * (projections + products + perceptron) + 10 * WIDTH
    masks = full_masks(vit)
    masks["blocks.layers.0.self_attn.in_proj_weight"][: WIDTH // 2] = False
    found = account(vit, masks, torch.zeros(1, 3, 32, 32))
    assert found.macs == by_hand
    assert found.macs_theoretical == by_hand - WIDTH // 2 * WIDTH * tokens
    assert {row.kind for row in found.layers} == {"conv", "linear"}


def test_queries_of_another_length_count_their_own_tokens() -> None:
    class Cross(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(3, 1, batch_first=True)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            tokens = pixels.flatten(2).transpose(1, 2)
            return self.attention(query=tokens[:, :1], key=tokens, value=tokens)[0][:, 0]

    found = account(Cross(), {}, torch.zeros(1, 3, 2, 2))
    assert found.macs == 9 * (1 + 4 + 4) + 9 + 2 * 4 * 3


def test_input_norms_of_attention_are_those_of_its_own_steps(vit: nn.Module) -> None:
    """The first block by hand: projections, softmax over keys, heads side by side."""
    pixels = torch.randn(5, 3, 32, 32)
    found = input_norms(vit, prunable_weights(vit), [(pixels, torch.zeros(5))])
    attention = vit.blocks.layers[0].self_attn
    with torch.no_grad():
        tokens = vit.patches(pixels).flatten(2).transpose(1, 2)
        tokens = torch.cat([vit.token.expand(5, -1, -1), tokens], 1) + vit.places
        rows = tokens @ attention.in_proj_weight.T + attention.in_proj_bias
        heads = []
        for head in range(HEADS):
            size = WIDTH // HEADS
            query, key, value = (
                rows[..., part * WIDTH + head * size : part * WIDTH + (head + 1) * size]
                for part in range(3)
            )
            heads.append((query @ key.transpose(1, 2) / size**0.5).softmax(-1) @ value)
        mixed = torch.cat(heads, -1)
    prefix = "blocks.layers.0.self_attn"
    expected = tokens.double().square().sum((0, 1)).sqrt()
    for row in found[f"{prefix}.in_proj_weight"]:
        torch.testing.assert_close(row, expected, rtol=1e-5, atol=1e-6)
    expected = mixed.double().square().sum((0, 1)).sqrt()
    torch.testing.assert_close(
        found[f"{prefix}.out_proj.weight"][0], expected, rtol=1e-5, atol=1e-6
    )


def test_a_small_one_learns_the_digits_is_pruned_and_its_class_token_is_read() -> None:
    splits = load_dataset(
        "digits", folder=None, image_size=32, validation_fraction=0.1, test_fraction=0.3, seed=0
    )
    normalisation = measure_normalisation(splits.train)
    training = TrainingData(splits.train, normalisation)
    torch.manual_seed(0)
    vit = SmallVit()
    optimiser = torch.optim.AdamW(vit.parameters(), lr=3e-3)
    for epoch in range(25):
        batches = training.epoch(
            batch_size=64,
            augmentation=augmentation_named("none"),
            generator=torch.Generator().manual_seed(epoch),
        )
        for pixels, labels in batches:
            optimiser.zero_grad()
            nn.functional.cross_entropy(vit(pixels), labels).backward()
            optimiser.step()

    def accuracy(network: nn.Module, images: ImageSet) -> float:
        reader = FeatureReader(network, normalisation, "cpu", images.images[:4], class_count=10)
        assert reader.classifier_name == "head"
        features, logits = reader.read_in_batches(images.images)
        assert features.shape == (len(images), WIDTH)
        return float(np.mean(logits.argmax(1).numpy() == images.labels))

    images = splits.validation
    dense = accuracy(vit, images)
    assert dense > 0.8
    for method, options in (
        ("magnitude", {}),
        ("lamp", {}),
        ("wanda", {"batches": 2}),
        ("taylor", {"batches": 2}),
        ("fisher", {"images": 64}),
    ):
        (found,) = prune(method, vit, ratios=[0.3], training=training, options=options)
        total = sum(mask.numel() for mask in found.masks.values())
        assert kept_count(found.masks) == total - round(0.3 * total)
        assert "blocks.layers.1.self_attn.in_proj_weight" in found.masks
        assert accuracy(found.network, images) > dense - 0.25, method


def test_a_ticket_of_attention_is_binarised_throughout(vit: nn.Module) -> None:
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 255, (40, 32, 32, 3)).astype(np.uint8)
    names = tuple("abcdefghij")
    images = ImageSet(pixels, np.arange(40) % 10, np.arange(40), names)
    training = TrainingData(images, measure_normalisation(images))
    options = {"epochs": 1, "batch_size": 20}
    (found,) = prune("multi_prize", vit, ratios=[0.5], training=training, options=options)
    attention = found.network.blocks.layers[0].self_attn
    assert len(attention.in_proj_weight.abs().unique()) == 2
    assert not attention.in_proj_bias.any()


def test_masked_projections_are_zero_in_what_the_network_computes(vit: nn.Module) -> None:
    """Also on the fused path of evaluation."""
    masks = full_masks(vit)
    name = "blocks.layers.0.self_attn.in_proj_weight"
    masks[name][2 * WIDTH :] = False  # no values
    apply_masks(vit, masks)
    nn.init.zeros_(vit.blocks.layers[0].self_attn.in_proj_bias)
    attention = vit.blocks.layers[0].self_attn
    tokens = torch.randn(2, 5, WIDTH)
    with torch.inference_mode():
        out, _ = attention(tokens, tokens, tokens, need_weights=False)
    assert torch.equal(out, attention.out_proj.bias.expand_as(out))
