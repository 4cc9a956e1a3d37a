"""What a study asks for, model by model, with stable names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import PurePath
from typing import Any

from core.vision.recipe import Recipe
from pipelines.errors import PipelineError
from pipelines.study.reader import StudyFileError
from pipelines.study.recipes import recipe_for
from pipelines.study.settings import NetworkSettings, PruningSettings, Study

DENSE = "dense"
_ADDED_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class DenseModel:
    """A network trained from one seed."""

    network: NetworkSettings
    seed: int

    @property
    def name(self) -> str:
        """Stable name; the study's own name and order are not in it."""
        return f"{self.network.label}-seed{self.seed}"

    @property
    def known_as(self) -> tuple[str, str, str]:
        """What a pruning table can call it: architecture, label of the network, own name."""
        return self.network.name, self.network.label, self.name

    def takes_part_in(self, settings: PruningSettings) -> bool:
        """Whether a pruning table is for this model, too."""
        return settings.networks is None or not set(self.known_as).isdisjoint(settings.networks)


@dataclass(frozen=True)
class AddedModel(DenseModel):
    """A dense model that a user added; it is pruned as a trained one is."""

    own_name: str

    @property
    def name(self) -> str:
        """The name it was added under."""
        return self.own_name

    def takes_part_in(self, settings: PruningSettings) -> bool:
        """Whether a pruning table is for this model, too; how it was trained is not known."""
        return settings.rewind_epoch is None and super().takes_part_in(settings)


@dataclass(frozen=True)
class PrunedModel:
    """A dense model pruned by one method at one ratio from one seed."""

    parent: DenseModel
    settings: PruningSettings
    ratio: float
    seed: int

    @property
    def name(self) -> str:
        """Stable name, with whatever differs from the plainest form of the method."""
        settings = self.settings
        parts = [self.parent.name, settings.method, f"{self.ratio:g}", f"seed{self.seed}"]
        if settings.scope != "global":
            parts.insert(2, settings.scope)
        if settings.masks is not None:
            parts.append(re.sub(r"[^A-Za-z0-9._-]", "-", PurePath(settings.masks).stem))
        if not settings.include_classifier:
            parts.append("dense-classifier")
        parts.extend(
            f"{key}-{value}".replace(":", "of") for key, value in sorted(settings.options.items())
        )
        if settings.rewind_epoch is not None:
            parts.append(f"rewound{settings.rewind_epoch}")
        if settings.retrain_epochs:
            parts.append(f"retrained{settings.retrain_epochs}")
        if settings.recalibrate:
            parts.append("recalibrated")
        return "-".join(parts)


@dataclass(frozen=True)
class Sweep:
    """All ratios of one method over one dense model and seed: scored once, masked many times."""

    parent: DenseModel
    settings: PruningSettings
    seed: int
    models: tuple[PrunedModel, ...]


def dense_models(study: Study) -> tuple[DenseModel, ...]:
    """One for each network and seed, in the order of the study file."""
    return tuple(
        DenseModel(network=network, seed=seed)
        for network in study.network
        for seed in network.seeds
    )


def sweeps(study: Study, added: Sequence[AddedModel] = ()) -> tuple[Sweep, ...]:
    """One for each dense model, of the study or added, pruning table and seed."""
    return tuple(
        Sweep(
            parent=parent,
            settings=settings,
            seed=seed,
            models=tuple(PrunedModel(parent, settings, ratio, seed) for ratio in settings.ratios),
        )
        for parent in (*dense_models(study), *added)
        for settings in study.pruning
        if parent.takes_part_in(settings)
        for seed in settings.seeds
    )


def model_names(study: Study, added: Sequence[AddedModel] = ()) -> tuple[str, ...]:
    """Names of all models in publishing order, each dense one before what was made from it.

    Args:
        study: what is asked for.
        added: dense models that a user added.

    Raises:
        StudyFileError: two entries of the study give the same model.
    """
    names = [
        name
        for dense in (*dense_models(study), *added)
        for name in (
            dense.name,
            *(m.name for one in sweeps(study, added) if one.parent == dense for m in one.models),
        )
    ]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise StudyFileError(f"{study.name}: expected each model once, found {twice[0]} twice.")
    return tuple(names)


def check_added_name(study: Study, flag: str, name: str, added: Sequence[AddedModel] = ()) -> None:
    """Whether a model of the user's own can have this name.

    Raises:
        PipelineError: it can't be a file's name, or the study uses it itself.
    """
    if not _ADDED_NAME.fullmatch(name):
        raise PipelineError(f"{flag}: expected letters, digits, '.', '_' and '-', found {name!r}.")
    if name in set(model_names(study, added)) - {model.name for model in added}:
        raise PipelineError(
            f"{flag}: expected a name that the study {study.name} does not use itself, "
            f"found {name!r}."
        )


def study_recipe(network: NetworkSettings) -> Recipe:
    """The network's own recipe with what the study changes of it.

    Raises:
        StudyFileError: a setting that a recipe does not have, or a value of another kind.
    """
    recipe = recipe_for(network.name)
    known = [field.name for field in fields(recipe)]
    for key, value in network.training.items():
        if key not in known:
            raise StudyFileError(
                f"network.training of {network.name}: expected keys among {', '.join(known)}, "
                f"found {key!r}."
            )
        standard = getattr(recipe, key)
        kinds = (int, float) if isinstance(standard, float) else type(standard)
        if not isinstance(value, kinds) or isinstance(value, bool) != isinstance(standard, bool):
            raise StudyFileError(
                f"network.training.{key} of {network.name}: expected {type(standard).__name__} "
                f"as in {standard!r}, found {value!r}."
            )
    changes: dict[str, Any] = dict(network.training)
    return replace(recipe, **changes)


def retraining_recipe(network: NetworkSettings, settings: PruningSettings) -> Recipe:
    """The network's recipe with the epochs that training goes on for after pruning."""
    return replace(study_recipe(network), epochs=settings.retrain_epochs)
