"""Structured pruning: whole filters and neurons really removed, by Torch-Pruning.

The ratio asked is of channels, not of weights: half of the channels holds about three quarters of
the weights of a convolution between two pruned layers. The sparsity got is counted.
"""

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch_pruning
from torch import Tensor, nn

from core.errors import InputError, UserError, first_line
from core.vision.classifier import find_classifier
from core.vision.gradients import mean_gradients
from core.vision.masks import full_masks, kept_count, masks_for_ratios
from core.vision.pruning import Pruned, Request
from core.vision.running import forward
from core.vision.time_limit import time_limit

GROUPING_SECONDS = 120.0
"""ResNet-18 takes under 10 s, DenseNet-121 under 30 s on one slow core."""
ATTENTION = ("attention", "attn")
HEADS = (
    "num_heads",
    "n_heads",
    "n_head",
    "heads",
    "num_attention_heads",
    "head_dim",
    "window_size",
)
"""Attention by its class's name and what it knows: heads and windows fix numbers of channels."""

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
    _check_no_attention(network)
    example, _ = next(request.training_data.batches(batch_count=1, batch_size=2))
    classifier = request.classifier or find_classifier(network, example).name
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
    groups = _groups(network, example, gradients, classifier)
    importance = IMPORTANCES[options.importance]()
    scores = {}
    for name, group in groups.items():
        with _explained(network, name):
            scores[name] = group.scores(importance)
    best = {name: torch.arange(len(score)) == score.argmax() for name, score in scores.items()}
    sweep = masks_for_ratios(scores, request.ratios, scope=request.scope, protected=best)
    for ratio, kept_channels in zip(request.ratios, sweep, strict=True):
        smaller = copy.deepcopy(network)
        for name, group in _groups(smaller, example, {}, classifier).items():
            with _explained(network, name):
                group.remove(kept_channels[name].logical_not())
        _check_runs(smaller, example)
        yield Pruned(
            network=smaller,
            masks=full_masks(
                smaller,
                include_classifier=request.include_classifier,
                classifier=classifier,
            ),
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


@contextmanager
def _explained(network: nn.Module, layer: str | None = None) -> Iterator[None]:
    """Whatever the library raises as one sentence that names the network and the layer."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        raise InputError(
            "expected a network whose channels can be removed, found that "
            f"{type(network).__name__} is none{'' if layer is None else f' at {layer}'}: "
            f"{type(error).__name__}: {first_line(error)}"
        ) from error


def _check_runs(smaller: nn.Module, example: Tensor) -> None:
    """See that the network of fewer channels still gives a row for each of two images.

    Raises:
        InputError: it does not; the sentence names the network and the layer where it fails.
    """
    try:
        with torch.no_grad():
            output = forward(smaller.eval(), example)
        reason = "" if len(output) == len(example) else f"it gives {len(output)} rows for 2 images"
    except UserError as error:
        reason = str(error).partition("fails on them")[2].partition("; set image_size")[0]
        reason = f"without them it fails{reason}"
    if reason:
        raise InputError(
            "expected a network whose channels can be removed, found that "
            f"{type(smaller).__name__} is none: {reason}; sizes that stand in its "
            "forward don't follow"
        )


def _check_no_attention(network: nn.Module) -> None:
    for name, layer in network.named_modules():
        named = any(word in type(layer).__name__.lower() for word in ATTENTION)
        if isinstance(layer, nn.MultiheadAttention) or (
            named and any(hasattr(layer, one) for one in HEADS)
        ):
            raise InputError(
                "expected a network without attention for structured pruning, found "
                f"{type(network).__name__} with {name or 'itself'} ({type(layer).__name__})"
            )


def _groups(
    network: nn.Module,
    example: Tensor,
    gradients: Mapping[str, Tensor],
    classifier: str,
) -> dict[str, _Group]:
    """Trace which channels hang together: the first layer's name -> group, in network order."""
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(True)
        # |w · mean |g|| is the mean over batches of |g · w|, which the library then sums
        parameter.grad = gradients.get(name)
    network.eval()
    kept = [network.get_submodule(classifier)]
    what = f"the channels of {type(network).__name__} to be grouped"
    with _explained(network), time_limit(GROUPING_SECONDS, what=what):
        graph = torch_pruning.DependencyGraph().build_dependency(network, example_inputs=example)
        found = {
            group[0].dep.target.module: group
            for group in graph.get_all_groups(
                ignored_layers=kept, root_module_types=[nn.Conv2d, nn.Linear]
            )
        }
    return {
        name: _Group(graph=graph, root=layer, members=found[layer])
        for name, layer in network.named_modules()
        if layer in found
    }
