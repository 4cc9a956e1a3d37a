"""Structured pruning: whole filters and neurons really removed, by Torch-Pruning.

The ratio asked is of channels, not of weights: half of the channels holds about three quarters of
the weights of a convolution between two pruned layers. The sparsity got is counted.
"""

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch_pruning
from torch import Tensor, nn

from core.errors import InputError
from core.vision.gradients import mean_gradients
from core.vision.masks import full_masks, kept_count, masks_for_ratios, prunable_weights
from core.vision.pruning import Pruned, Request

SCOPES = ("global", "layerwise")
IMPORTANCES = {
    "magnitude": torch_pruning.importance.GroupMagnitudeImportance,
    "taylor": torch_pruning.importance.GroupTaylorImportance,
}


@dataclass(frozen=True)
class Options:
    """How channels are ranked.

    `importance` is "magnitude" or "taylor"; only the latter reads `batches` of `batch_size`
    training images, but every network is traced on one of them.
    """

    importance: str = "magnitude"
    batches: int = 40
    batch_size: int = 128
    reads_training_data: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.importance not in IMPORTANCES:
            raise InputError(
                f"expected importance {' or '.join(IMPORTANCES)} of structured, "
                f"found {self.importance!r}"
            )
        if self.batches < 1 or self.batch_size < 1:
            raise InputError(
                f"expected at least 1 batch of 1 image for structured, found {self.batches} "
                f"batches of {self.batch_size}"
            )


def prune(network: nn.Module, request: Request) -> Iterator[Pruned]:
    """Remove the channels of least importance, alone or with all that hang on them.

    Channels that a residual connection ties together are one. The classes stay, and at least one
    channel of every group. `scope` "layerwise" removes the ratio of each group. Of the classifier
    only inputs go, with the features that are removed.

    Yields:
        Networks of fewer channels; their masks keep everything that is left.
    """
    options: Options = request.options
    example, _ = next(request.training_data.batches(batch_count=1, batch_size=1))
    gradients: dict[str, Tensor] = {}
    if options.importance == "taylor":
        gradients = mean_gradients(
            network,
            dict(network.named_parameters()),
            request.training_data.batches(
                batch_count=options.batches, batch_size=options.batch_size
            ),
            absolute=True,
            on_batch=lambda done: request.on_progress(done, options.batches),
        )
    groups = _groups(network, example, gradients)
    importance = IMPORTANCES[options.importance]()
    scores = {name: group.scores(importance) for name, group in groups.items()}
    best = {name: torch.arange(len(score)) == score.argmax() for name, score in scores.items()}
    sweep = masks_for_ratios(scores, request.ratios, scope=request.scope, protected=best)
    for ratio, kept_channels in zip(request.ratios, sweep, strict=True):
        smaller = copy.deepcopy(network)
        for name, group in _groups(smaller, example, {}).items():
            group.remove(kept_channels[name].logical_not())
        yield Pruned(
            network=smaller,
            masks=full_masks(smaller, include_classifier=request.include_classifier),
            ratio=ratio,
            details={
                "options": dataclasses.asdict(options),
                "channels": sum(score.numel() for score in scores.values()),
                "channels_kept": kept_count(kept_channels),
            },
        )


@dataclass(frozen=True)
class _Group:
    """Channels of several layers that can only go together, named after the first layer."""

    graph: Any
    root: nn.Module
    members: Any

    @property
    def repeats(self) -> int:
        """How many blocks of equal size a grouped layer makes of the channels."""
        layers = [dependency.target.module for dependency, _ in self.members]
        blocks = [layer.groups for layer in layers if _is_grouped(layer)]
        blocks += [layer.num_groups for layer in layers if isinstance(layer, nn.GroupNorm)]
        return max(blocks, default=1)

    def scores(self, importance: Callable[[Any], Tensor]) -> Tensor:
        """Importance of each channel (channels,), averaged over the blocks of a grouped layer."""
        return importance(self.members).detach().cpu().view(self.repeats, -1).mean(0)

    def remove(self, gone: Tensor) -> None:
        """Cut the channels marked in `gone` (channels,) out of every layer of the group."""
        channels = gone.repeat(self.repeats).nonzero().flatten().tolist()
        if channels:
            handler = self.members[0].dep.handler
            self.graph.get_pruning_group(self.root, handler, channels).prune()


def _is_grouped(layer: Any) -> bool:
    return isinstance(layer, nn.Conv2d) and layer.groups not in (1, layer.out_channels)


def _groups(
    network: nn.Module, example: Tensor, gradients: Mapping[str, Tensor]
) -> dict[str, _Group]:
    """Trace which channels hang together: the first layer's name -> group, in network order."""
    if any(isinstance(layer, nn.MultiheadAttention) for layer in network.modules()):
        raise InputError(
            f"expected a network without attention for structured pruning, found "
            f"{type(network).__name__}"
        )
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(True)
        # |w · mean |g|| is the mean over batches of |g · w|, which the library then sums
        parameter.grad = gradients.get(name)
    network.eval()
    graph = torch_pruning.DependencyGraph().build_dependency(network, example_inputs=example)
    *_, classifier_weight = prunable_weights(network)
    classifier = network.get_submodule(classifier_weight.rpartition(".")[0])
    found = {
        group[0].dep.target.module: group
        for group in graph.get_all_groups(
            ignored_layers=[classifier], root_module_types=[nn.Conv2d, nn.Linear]
        )
    }
    return {
        name: _Group(graph=graph, root=layer, members=found[layer])
        for name, layer in network.named_modules()
        if layer in found
    }
