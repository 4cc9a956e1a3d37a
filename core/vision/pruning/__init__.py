"""Pruning methods: one module each, named as a study names it.

A method is a module of this folder (a leading underscore marks one that is not) with

- `Options`, a frozen dataclass: what a study may set, with defaults; `reads_training_data` is
  True on it (a class variable or a property) if the method looks at training images; and either
- `score(network, request)`: a score for every prunable weight, higher = kept longer; the lowest
  are removed, one ranking for all ratios; or
- `prune(network, request)`: for methods that do more than rank, an iterator of `Pruned`.

Both may change the network they are given: it is a copy. A module may also have `SCOPES`, where it
does not know them all, `AT_INITIALISATION = True`, if what it prunes is a network before its
training, and `RECIPES`, settings by the name that its option `recipe` gives them. An option that
came later, with `metadata=QUIET`, is on record only where it is not at its default: what was made
before it stays of one series with what is made after it. Importing this package needs no torch.
"""

from __future__ import annotations

import copy
import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from torch import nn

    from core.vision.masks import Masks, Scope
    from core.vision.training_data import TrainingData

METHODS: tuple[str, ...] = tuple(
    sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name[0] != "_")
)


QUIET: Mapping[str, bool] = {"quiet": True}


@dataclass(frozen=True)
class Pruned:
    """A network pruned at one ratio, its masks, and what else belongs to its history."""

    network: nn.Module
    masks: Masks
    ratio: float
    details: dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What a method is asked for.

    `options` is an instance of the method's own `Options`; `classifier` the name of the layer that
    gives the logits, where it is to be left out and there are images to find it with.
    """

    ratios: tuple[float, ...]
    scope: Scope
    seed: int
    include_classifier: bool
    training: TrainingData | None
    options: Any
    resume_folder: Path | None
    on_progress: Callable[[int, int], None]
    classifier: str | None = None

    def prunable_weights(self, network: nn.Module) -> dict[str, nn.Parameter]:
        """The weights that may go, by name in network order."""
        from core.vision.masks import prunable_weights  # noqa: PLC0415

        return prunable_weights(
            network, include_classifier=self.include_classifier, classifier=self.classifier
        )

    @property
    def training_data(self) -> TrainingData:
        """The training images, which a method that reads them cannot do without."""
        from core.errors import InputError  # noqa: PLC0415 - only now may torch be imported

        if self.training is None:
            raise InputError("expected training images for a method that reads them, found none")
        return self.training


def prune(
    method: str,
    network: nn.Module,
    *,
    ratios: Sequence[float],
    scope: Scope = "global",
    seed: int = 0,
    include_classifier: bool = True,
    training: TrainingData | None = None,
    options: Mapping[str, Any] | None = None,
    resume_folder: Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[Pruned]:
    """Prune copies of a network, one for each ratio, in the order asked.

    Args:
        method: one of METHODS.
        network: the dense network; it is never changed.
        ratios: fractions of the prunable weights to remove, 0..1 (structured: of the channels).
        scope: how what is kept is shared out among the layers, see `masks_from_scores`.
        seed: seed of every random choice.
        include_classifier: whether the classifier's weights are prunable. It is the layer that
            gives the logits of training images; without any, the last layer.
        training: training images, for methods that read data.
        options: the method's own settings; `default_options` tells names and defaults.
        resume_folder: where methods that take long keep their state, to go on after a kill.
        on_progress: called with (steps done, steps in all) by methods that take long.

    Raises:
        InputError: an unknown method, option or scope, a ratio outside 0..1, or no training data
            for a method that needs it. Raised at once, before the first model is asked for.
    """
    module = _method_module(method)
    images = getattr(training, "images", None)  # a source of batches need not hold any
    if images is not None and not len(images):
        training = None
    checked = check_request(method, ratios=ratios, scope=scope, options=options or {})
    request = Request(
        ratios=tuple(ratios),
        scope=scope,
        seed=seed,
        include_classifier=include_classifier,
        training=training,
        options=checked,
        resume_folder=resume_folder,
        on_progress=on_progress or (lambda _done, _total: None),
        classifier=None if include_classifier else _classifier(network, training),
    )
    if reads_training_data(method, request.options):
        _ = request.training_data
    if hasattr(module, "score"):
        return pruned_by_masks(network, ranked_masks(method, network, request), request)
    pruned: Iterator[Pruned] = module.prune(copy.deepcopy(network), request)
    return pruned


def _classifier(network: nn.Module, training: TrainingData | None) -> str | None:
    if training is None:
        return None
    from core.vision.classifier import find_classifier  # noqa: PLC0415

    images, _ = next(training.batches(batch_count=1, batch_size=2))
    return find_classifier(network, images).name


def check_request(
    method: str, *, ratios: Sequence[float], scope: str, options: Mapping[str, Any]
) -> Any:
    """The method's own `Options`, once they, the ratios and the scope are found to go together.

    Raises:
        InputError: they don't, or one of them is none.
    """
    from core.errors import InputError  # noqa: PLC0415
    from core.vision.masks import SCOPES, removed_count  # noqa: PLC0415
    from core.vision.patterns import check_pattern  # noqa: PLC0415

    known = getattr(_method_module(method), "SCOPES", SCOPES)
    if scope not in known:
        raise InputError(f"expected a scope of {', '.join(known)} for {method}; found {scope!r}")
    for ratio in ratios:
        removed_count(ratio, 1)
    checked = checked_options(method, options)
    if getattr(checked, "pattern", ""):
        check_pattern(checked.pattern, ratios=ratios, scope=scope)
    return checked


def default_options(method: str) -> Any:
    """The method's own `Options` at their defaults."""
    return _method_module(method).Options()


def checked_options(method: str, given: Mapping[str, Any]) -> Any:
    """The method's own `Options` with what is given, the rest at its defaults.

    Raises:
        InputError: an unknown method or option, or a value of another type or out of range.
    """
    from core.errors import InputError  # noqa: PLC0415

    module = _method_module(method)
    defaults = dataclasses.asdict(module.Options())
    for name, value in given.items():
        if name not in defaults:
            known = ", ".join(defaults) or "none"
            raise InputError(f"expected options of {method} ({known}), found {name!r}")
        expected = type(defaults[name])
        if type(value) is not expected and not (expected is float and type(value) is int):
            raise InputError(
                f"expected {expected.__name__} as option {name} of {method}, "
                f"found {type(value).__name__} {value!r}"
            )
    preset = getattr(module, "RECIPES", {}).get(given.get("recipe"), {})
    return module.Options(**{**preset, **given})


def recorded_options(options: Any) -> dict[str, Any]:
    """What a model's record says of its method's `Options`."""
    return {
        field.name: getattr(options, field.name)
        for field in dataclasses.fields(options)
        if not field.metadata.get("quiet") or getattr(options, field.name) != field.default
    }


def prunes_at_initialisation(method: str) -> bool:
    """Whether a method is for a network before its training."""
    return method in METHODS and getattr(_method_module(method), "AT_INITIALISATION", False)


def ranking_methods() -> tuple[str, ...]:
    """The methods that score a trained network's weights; each can be asked for masks alone."""
    return tuple(
        method
        for method in METHODS
        if hasattr(_method_module(method), "score") and not prunes_at_initialisation(method)
    )


def reads_training_data(method: str, options: Any = None) -> bool:
    """Whether a method looks at training images, under some of its `Options` or the defaults."""
    options = options or default_options(method)
    return getattr(options, "reads_training_data", False) is True


def ranked_masks(method: str, network: nn.Module, request: Request) -> Iterator[Masks]:
    """Score the network once by a ranking method; yield the masks of every ratio asked."""
    from core.vision.masks import masks_for_ratios  # noqa: PLC0415
    from core.vision.patterns import pattern_masks  # noqa: PLC0415

    scores = _method_module(method).score(copy.deepcopy(network), request)
    pattern = getattr(request.options, "pattern", "")
    if pattern:
        masks = pattern_masks(scores, pattern)
        yield from ({name: mask.clone() for name, mask in masks.items()} for _ in request.ratios)
    else:
        yield from masks_for_ratios(scores, request.ratios, scope=request.scope)


def pruned_by_masks(
    network: nn.Module, masks_of_ratios: Iterator[Masks], request: Request
) -> Iterator[Pruned]:
    """Apply each ratio's masks to a copy of the network of its own."""
    from core.vision.masks import apply_masks  # noqa: PLC0415

    for ratio, masks in zip(request.ratios, masks_of_ratios, strict=True):
        pruned = copy.deepcopy(network)
        apply_masks(pruned, masks)
        details = {"options": recorded_options(request.options)}
        yield Pruned(network=pruned, masks=masks, ratio=ratio, details=details)


def _method_module(method: str) -> ModuleType:
    from core.errors import InputError  # noqa: PLC0415

    if method not in METHODS:
        raise InputError(f"expected a pruning method of {', '.join(METHODS)}; found {method!r}")
    return importlib.import_module(f"{__name__}.{method}")
