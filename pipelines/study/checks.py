"""Checks of a study file that need its methods, networks and recipes, before any work begins."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import InputError
from core.vision.pruning import check_request, checked_options, prunes_at_initialisation
from pipelines.study.plan import (
    DENSE,
    AddedModel,
    DenseModel,
    dense_models,
    model_names,
    study_recipe,
)
from pipelines.study.reader import StudyFileError
from pipelines.study.settings import (
    IMPORTED,
    MASKS,
    ConditionSettings,
    DatasetSettings,
    NetworkSettings,
    PruningSettings,
    Study,
)


def check_plan(study: Study, added: Sequence[AddedModel] = ()) -> None:
    """Find what only the methods and recipes know to be wrong, before any work begins.

    Args:
        study: what is asked for.
        added: dense models that a user added.

    Raises:
        StudyFileError: an unknown setting of a recipe or method, or a model asked for twice.
    """
    model_names(study, added)
    if study.dataset.name == IMPORTED:
        _check_imported(study)
    for network in study.network:
        study_recipe(network)
        _check_network(network)
    for number, settings in enumerate(study.pruning):
        _check_combination(f"pruning[{number}]", settings)
        _check_networks(f"pruning[{number}]", settings, (*dense_models(study), *added))
        _check_options(f"pruning[{number}]", settings)


def _check_options(table: str, settings: PruningSettings) -> None:
    """Settings of the method itself; the control of retrained models has none."""
    try:
        if settings.method not in (DENSE, MASKS):
            checked_options(settings.method, settings.options)
        elif settings.options:
            raise InputError(f"expected none, found {next(iter(settings.options))!r}")
    except InputError as error:
        raise StudyFileError(f"{table}.options of {settings.method}: {error}.") from error
    if settings.method in (DENSE, MASKS):
        return
    try:
        check_request(
            settings.method,
            ratios=settings.ratios,
            scope=settings.scope,
            options=settings.options,
        )
    except InputError as error:
        raise StudyFileError(f"{table}: {error}.") from error


def _check_combination(table: str, settings: PruningSettings) -> None:
    """Settings that are each right but don't go together."""
    extra = settings.retrain_epochs > 0
    if (settings.method == MASKS) != (settings.masks is not None):
        raise StudyFileError(
            f'{table}: expected a method, or masks = "FILE" without one, found '
            f"{'neither' if settings.masks is None else f'both ({settings.method})'}."
        )
    if settings.method == MASKS and (len(settings.ratios) != 1 or settings.scope != "global"):
        raise StudyFileError(
            f"{table}: expected one ratio, that of the masks, and no scope, found "
            f"{list(settings.ratios)} and {settings.scope}."
        )
    if settings.method == DENSE and (settings.ratios != (0.0,) or not extra):
        raise StudyFileError(
            f"{table}: expected ratios = [0] and retrain_epochs of at least 1 for method dense, "
            f"found {list(settings.ratios)} and {settings.retrain_epochs}."
        )
    if settings.rewind_epoch is not None and not (settings.method == "magnitude" and extra):
        raise StudyFileError(
            f"{table}: expected method magnitude and retrain_epochs of at least 1 with "
            f"rewind_epoch, found {settings.method} and {settings.retrain_epochs}."
        )
    if settings.rewind_epoch is not None and settings.options:
        raise StudyFileError(
            f"{table}.options: expected none with rewind_epoch, found "
            f"{next(iter(settings.options))!r}."
        )
    if prunes_at_initialisation(settings.method) and not extra:
        raise StudyFileError(
            f"{table}: expected retrain_epochs of at least 1 for method {settings.method}, which "
            "prunes before training, found 0."
        )


def _check_networks(table: str, settings: PruningSettings, models: Sequence[DenseModel]) -> None:
    """A pruning table that is for some networks only names networks of the study."""
    known = dict.fromkeys(name for model in models for name in model.known_as)
    for name in settings.networks or ():
        if name not in known:
            raise StudyFileError(
                f"{table}.networks: expected networks of the study ({', '.join(known) or 'none'}), "
                f"found {name!r}."
            )


def _check_imported(study: Study) -> None:
    """A study without images has nothing to train, prune or corrupt."""
    names = study.dataset.class_names
    if names is None:
        raise StudyFileError(
            f'dataset.class_names: expected the names of the classes with name = "{IMPORTED}", '
            "found none."
        )
    for table, found, allowed in (
        ("dataset", study.dataset, DatasetSettings(name=IMPORTED, class_names=names)),
        ("network", study.network, ()),
        ("pruning", study.pruning, ()),
        ("test_set", study.test_set, ()),
        ("conditions", study.conditions, ConditionSettings()),
    ):
        if found != allowed:
            expected = "name and class_names only" if table == "dataset" else "no such table"
            raise StudyFileError(
                f"{table}: expected {expected} with the data set {IMPORTED}, which has no images "
                "to work on, found more."
            )


def _check_network(network: NetworkSettings) -> None:
    if network.checkpoint is not None and len(network.seeds) > 1:
        raise StudyFileError(
            f"network {network.name}: expected one seed with a checkpoint, found "
            f"{list(network.seeds)}."
        )
    if (network.mean is None) != (network.std is None):
        raise StudyFileError(
            f"network {network.name}: expected mean and std together, found one of them."
        )
