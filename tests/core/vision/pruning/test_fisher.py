"""Fisher scores against one backward pass an image, float64."""

import copy

import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.masks import masks_from_scores, prunable_weights
from core.vision.pruning import prune
from core.vision.training_data import TrainingData


def by_hand(network: nn.Module, training: TrainingData, images: int) -> dict[str, torch.Tensor]:
    """½ · w² · mean of g², image by image."""
    exact = copy.deepcopy(network).double().eval()
    weights = prunable_weights(exact)
    totals = {name: torch.zeros_like(w) for name, w in weights.items()}
    for pixels, labels in training.batches(batch_count=images, batch_size=1):
        exact.zero_grad()
        logits = exact(pixels.double())
        (logits.logsumexp(1) - logits[0, labels[0]]).sum().backward()
        for name, weight in weights.items():
            totals[name] += weight.grad**2
    return {n: (0.5 * totals[n] / images * w**2).detach() for n, w in weights.items()}


@pytest.mark.parametrize("ratio", [0.3, 0.8])
def test_masks_are_those_of_single_images_squared_gradients(
    ratio: float, network: nn.Module, training: TrainingData
) -> None:
    (found,) = prune("fisher", network, ratios=[ratio], training=training, options={"images": 230})
    scores = by_hand(network, training, 230)
    expected = masks_from_scores(scores, ratio, scope="global")
    assert sum(int((found.masks[n] != expected[n]).sum()) for n in expected) <= 2


def test_it_is_the_loss_that_a_quadratic_loses() -> None:
    """One weight, L = -log softmax: F is the variance of the score that Gaussian labels have."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(1, 2, bias=False))
    with torch.no_grad():
        network[1].weight.copy_(torch.tensor([[1.0], [-1.0]]))

    class OneImage:
        def batches(self, *, batch_count: int, batch_size: int):
            for label in (0, 1):
                yield torch.ones(batch_size, 1), torch.tensor([label])

    (found,) = prune("fisher", network, ratios=[0.5], training=OneImage(), options={"images": 2})  # type: ignore[arg-type]
    # by symmetry both weights score the same, and of equals the first one goes
    assert found.masks["1.weight"].flatten().tolist() == [False, True]


def test_no_image_is_refused(network: nn.Module, training: TrainingData) -> None:
    with pytest.raises(InputError, match="at least 1 of images for fisher, found 0"):
        prune("fisher", network, ratios=[0.5], training=training, options={"images": 0})
