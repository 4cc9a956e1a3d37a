"""What is known of finished models, as one JSON file each; reading them needs no torch.

A model with a record is finished. Its weights lie beside the record, see
`pipelines.workspace.model_files`; a model whose features were imported has none. A record
has a checksum over all else that it says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.files import replacing
from core.store.rows import LayerRow, ModelRow
from core.vision.networks import Normalisation, build_network, is_network

if TYPE_CHECKING:
    from torch import nn


CHECKSUM = "sha256"
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, UserError)


@dataclass(frozen=True)
class Blueprint:
    """How a network is built before its weights are loaded, and how it wants its input."""

    network: str
    class_count: int
    width_multiplier: float
    feature_width: int | None
    normalisation: Normalisation

    def build(self, *, seed: int = 0, pretrained: bool = False) -> nn.Module:
        """The network with its initial weights, or with those that a hub's network comes with.

        Raises:
            InputError: no such network, or a function that makes none.
        """
        if not is_network(self.network):
            from core.vision.foreign_networks import network_from_factory  # noqa: PLC0415

            return network_from_factory(
                self.network, self.class_count, seed=seed, pretrained=pretrained
            )
        return build_network(
            self.network,
            class_count=self.class_count,
            width_multiplier=self.width_multiplier,
            feature_width=self.feature_width,
            seed=seed,
        )


@dataclass(frozen=True)
class ModelRecord:
    """What is known of a model with weights.

    Attributes:
        fingerprint: of everything that the weights depend on.
        row: its row in the study file.
        layers: its rows in table `layers`.
        blueprint: how to build its network.
    """

    fingerprint: str
    row: ModelRow
    layers: tuple[LayerRow, ...]
    blueprint: Blueprint

    @property
    def is_added(self) -> bool:
        """Whether a user added it; the others are made from the study file."""
        return bool(json.loads(self.row.details).get("added"))


@dataclass(frozen=True)
class ImportedModel:
    """What is known of a model whose features were imported: it can't be run.

    Attributes:
        row: its row in the study file.
        classifier: fingerprint of its last layer.
        features: fingerprint of the features of each condition.
    """

    row: ModelRow
    classifier: str
    features: Mapping[str, str]

    @property
    def layers(self) -> tuple[LayerRow, ...]:
        """None are known."""
        return ()


def read_record(models: Path, name: str) -> ModelRecord | None:
    """The record of a finished model with weights, or None where there is none to be read."""
    try:
        content = _read(record_path(models, name))
        blueprint = content["blueprint"]
        normalisation = Normalisation(
            **{key: tuple(values) for key, values in blueprint.pop("normalisation").items()}
        )
        return ModelRecord(
            fingerprint=content["fingerprint"],
            row=_model_row(content["row"]),
            layers=tuple(LayerRow(**layer) for layer in content["layers"]),
            blueprint=Blueprint(**blueprint, normalisation=normalisation),
        )
    except _UNREADABLE:
        return None


def _model_row(columns: Mapping[str, Any]) -> ModelRow:
    """A row as it was recorded; columns that the table had once are left out."""
    known = {field.name for field in fields(ModelRow)}
    return ModelRow(**{name: value for name, value in columns.items() if name in known})


def read_imported(models: Path, name: str) -> ImportedModel | None:
    """The record of an imported model, or None where there is none to be read."""
    try:
        content = _read(record_path(models, name))
        return ImportedModel(
            row=_model_row(content["row"]),
            classifier=content["classifier"],
            features=content["features"],
        )
    except _UNREADABLE:
        return None


def write_record(models: Path, record: ModelRecord | ImportedModel) -> None:
    """Write a record, which makes its model finished."""
    content = asdict(record)
    with replacing(record_path(models, record.row.name)) as partial:
        partial.write_text(
            json.dumps({**content, CHECKSUM: _checksum(content)}, indent=1), encoding="utf-8"
        )


def _read(path: Path) -> dict[str, Any]:
    """What a record says; ValueError where it is not what was written."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    # records of before had none
    if content.pop(CHECKSUM, _checksum(content)) != _checksum(content):
        raise ValueError(f"{path}: another checksum than its own")
    return content


def _checksum(content: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != CHECKSUM}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def added_records(models: Path) -> list[ModelRecord]:
    """Models with weights that a user added to the study, by name."""
    records = (read_record(models, name) for name in _names(models))
    return [record for record in records if record is not None and record.is_added]


def imported_models(models: Path) -> list[ImportedModel]:
    """Models of the study whose features were imported, by name."""
    records = (read_imported(models, name) for name in _names(models))
    return [record for record in records if record is not None]


def damaged_records(models: Path) -> list[str]:
    """Names of models whose record is there and can't be read."""
    return [
        name
        for name in _names(models)
        if read_record(models, name) is None and read_imported(models, name) is None
    ]


def record_path(models: Path, name: str) -> Path:
    """Where the record of a model lies."""
    return models / f"{name}.json"


def _names(models: Path) -> list[str]:
    return sorted(p.stem for p in models.glob("*.json") if not p.name.startswith("."))
