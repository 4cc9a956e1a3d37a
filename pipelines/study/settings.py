"""What a study file may say: every table and key, with type, range and default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

from core.corruptions import CORRUPTIONS, SEVERITIES
from core.vision.datasets import DATASETS
from core.vision.networks import NETWORKS, TORCHVISION_PREFIX, is_network, is_of_timm
from core.vision.pruning import METHODS

IMPORTED = "imported"
MASKS = "masks"
_STRICT = ConfigDict(extra="forbid", strict=True)


def _one_of(names: Mapping[str, Any] | tuple[str, ...]) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"expected one of {', '.join(names)}")
        return name

    return AfterValidator(check)


def _network(name: str) -> str:
    module, _, factory = name.partition(":")
    is_factory = factory.isidentifier() and all(p.isidentifier() for p in module.split("."))
    if not (is_network(name) or is_of_timm(name)) and not (
        is_factory and module != TORCHVISION_PREFIX[:-1]
    ):
        raise ValueError(f"expected one of {', '.join(NETWORKS)}, package.module:factory")
    return name


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) != len(values):
        raise ValueError("expected each value once")
    return values


Fraction = Annotated[float, Field(gt=0, lt=1)]
Severity = Annotated[int, Field(ge=SEVERITIES[0], le=SEVERITIES[-1])]
Ratio = Annotated[float, Field(ge=0, le=1)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Seeds = Annotated[tuple[Seed, ...], Field(min_length=1), AfterValidator(_distinct)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]


@dataclass(frozen=True, config=_STRICT)
class DatasetSettings:
    """Table [dataset]: where the images come from and how they are split.

    Attributes:
        name: one of the known data sets, or "imported" for a study without images, whose
            samples are those of the features that are imported.
        folder: where its files lie, relative to the study file.
        image_size: side in pixels that images are resized to; None leaves them.
        validation_fraction: part of the training images held out to pick epochs.
        test_fraction: part held out for evaluation where there is no official test set.
        test_limit: evaluate at most so many test images.
        test_order: which these are, a seeded stratified choice or the first ones.
        class_names: in the order of the labels, instead of the data set's own.
    """

    name: Annotated[str, _one_of((*DATASETS, IMPORTED))]
    folder: str | None = None
    image_size: Annotated[int, Field(ge=28)] | None = None
    validation_fraction: Fraction = 0.1
    test_fraction: Fraction = 0.3
    test_limit: Annotated[int, Field(ge=1)] | None = None
    test_order: Literal["stratified", "first"] = "stratified"
    class_names: (
        Annotated[tuple[str, ...], Field(min_length=2), AfterValidator(_distinct)] | None
    ) = None


@dataclass(frozen=True, config=_STRICT)
class NetworkSettings:
    """One table [[network]]: an architecture and how it is trained, once per seed.

    Attributes:
        name: the architecture, its name says which stem it has; or a function of the user's own.
        width_multiplier: scales all hidden widths.
        feature_width: width of the last feature layer, where the network lets one choose.
        seeds: one dense model is trained for each.
        training: settings that differ from the architecture's own recipe.
        checkpoint: weights to read instead of training; relative to the study file.
        mean: of each channel of the input, in [0, 1] units; measured if left out.
        std: likewise.
    """

    name: Annotated[str, AfterValidator(_network)]
    width_multiplier: Annotated[float, Field(gt=0)] = 1.0
    feature_width: Annotated[int, Field(ge=1)] | None = None
    seeds: Seeds = (0,)
    training: Mapping[str, int | float | str | bool] = Field(default_factory=dict)
    checkpoint: str | None = None
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None

    @property
    def label(self) -> str:
        """The architecture with what differs from its standard width, and whether it is trained."""
        label = re.sub(r"[^A-Za-z0-9_-]", "-", self.name)
        if self.width_multiplier != 1:
            label += f"-w{self.width_multiplier:g}"
        if self.feature_width is not None:
            label += f"-f{self.feature_width}"
        return f"{label}-untrained" if self.training.get("epochs") == 0 else label


@dataclass(frozen=True, config=_STRICT, kw_only=True)
class PruningSettings:
    """One table [[pruning]]: a method over its ratios, applied to the dense models.

    Attributes:
        method: one of the pruning methods, or "dense" for the fair control of retrained
            models: nothing removed, trained the same extra epochs; "masks" with `masks`.
        masks: a .npz or .safetensors file of another tool's masks, relative to the study file;
            the one ratio is the share that they remove.
        ratios: fractions of the prunable weights to remove (structured: of the channels).
        scope: rank weights over the whole network ("global"), each layer by itself ("layerwise",
            "uniform" with the first one dense), or with ERK's shares for the layers ("erk").
        seeds: one model for each; a method without chance needs one only.
        include_classifier: the last layer's weights are prunable too.
        retrain_epochs: fine-tune afterwards with the mask held.
        rewind_epoch: iterative pruning with rewinding (lottery tickets): each ratio in turn
            starts from the network of the ratio before, is set back to its weights after
            this epoch of the dense training, and is trained for `retrain_epochs`.
        recalibrate: estimate batch-norm statistics anew on training images.
        networks: the dense models it is applied to, by architecture, by label (architecture
            and widths) or by name (label and seed); None means all.
        options: settings of the method itself.
    """

    method: Annotated[str, _one_of(("dense", MASKS, *METHODS))] = MASKS
    masks: str | None = None
    ratios: Annotated[tuple[Ratio, ...], Field(min_length=1), AfterValidator(_distinct)]
    scope: Literal["global", "layerwise", "uniform", "erk"] = "global"
    seeds: Seeds = (0,)
    include_classifier: bool = True
    retrain_epochs: Annotated[int, Field(ge=0)] = 0
    rewind_epoch: Annotated[int, Field(ge=0)] | None = None
    recalibrate: bool = False
    networks: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_distinct)] | None = (
        None
    )
    options: Mapping[str, int | float | str | bool] = Field(default_factory=dict)


@dataclass(frozen=True, config=_STRICT)
class FileCondition:
    """One table [[conditions.file]]: a version of the test set that the user made.

    Attributes:
        name: the corruption's name; with its severity it is the condition's.
        path: a .npy or Parquet file, or a folder of class folders; relative to the study file.
        category: what it is shown under; with one of the nineteen's name and category it is that.
        severity: 1..5.
    """

    name: Name
    path: str
    category: Name = "other"
    severity: Severity = 1


@dataclass(frozen=True, config=_STRICT)
class ConditionSettings:
    """Table [conditions]: the versions of the test set; the clean one is always there.

    Attributes:
        corruptions: names, or "all" for the nineteen.
        severities: 1..5.
        seed: of the generated corruptions.
        official: folder with the authors' files, `<corruption>.npy` and `labels.npy`; what
            is missing there is generated. Paths are relative to the study file.
        frost_textures: folder with photographs of frost, for generated frost.
        folder: further conditions in one of the layouts that they are published in.
        file: further conditions, one by one.
    """

    corruptions: (
        tuple[Annotated[str, _one_of(CORRUPTIONS)], ...] | Annotated[str, _one_of(("all",))]
    ) = ()
    severities: Annotated[tuple[Severity, ...], AfterValidator(_distinct)] = SEVERITIES
    seed: Seed = 0
    official: str | None = None
    frost_textures: str | None = None
    folder: str | None = None
    file: tuple[FileCondition, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The corruptions asked for, in the order of their categories."""
        return tuple(c for c in CORRUPTIONS if self.corruptions == "all" or c in self.corruptions)


@dataclass(frozen=True, config=_STRICT)
class TestSetSettings:
    """One table [[test_set]]: other images of the same classes, for the same models.

    Each is published as a study of its own, `<study>-<name>`, under the corruptions of the
    study, which are generated for it.

    Attributes:
        name: short name.
        dataset: one of the known data sets; its test part is taken, or all if it has no parts.
        folder: where its files lie; relative to the study file.
        class_names: in the order of the labels, instead of the data set's own.
    """

    __test__ = False  # no test case, whatever its name

    name: Name
    dataset: Annotated[str, _one_of(DATASETS)]
    folder: str | None = None
    class_names: (
        Annotated[tuple[str, ...], Field(min_length=2), AfterValidator(_distinct)] | None
    ) = None


@dataclass(frozen=True, config=_STRICT)
class Study:
    """A whole study.

    Attributes:
        name: short name; the published file is `<name>.duckdb`.
        title: one line for people.
        description: what the study asks.
        seed: of the split.
        dataset: images and splits.
        network: architectures to train; none for a study of models that are added.
        pruning: methods.
        conditions: versions of the test set.
        test_set: further test sets.
    """

    name: Name
    title: str
    dataset: DatasetSettings
    network: tuple[NetworkSettings, ...] = ()
    pruning: tuple[PruningSettings, ...] = ()
    conditions: ConditionSettings = Field(default_factory=ConditionSettings)
    test_set: tuple[TestSetSettings, ...] = ()
    description: str = ""
    seed: Seed = 0

    def as_json(self) -> str:
        """The study with its defaults filled in, keys in the order of the classes."""
        return TypeAdapter(Study).dump_json(self).decode()
