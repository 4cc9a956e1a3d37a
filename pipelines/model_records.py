"""What is known of finished models, as one JSON file each; reading them needs no torch.

A model with a record is finished. Its weights lie beside the record, see
`pipelines.model_files`; a model whose features were imported has none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.store.records import LayerRow, ModelRow
from core.vision.networks import Normalisation, build_network, is_network
from pipelines.errors import PipelineError
from pipelines.workspace import Workspace, replacing

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Blueprint:
    """How a network is built before its weights are loaded, and how it wants its input."""

    network: str
    class_count: int
    width_multiplier: float
    feature_width: int | None
    normalisation: Normalisation

    def build(self, *, seed: int = 0) -> nn.Module:
        """The network with its initial weights; a user's own comes as its function makes it.

        Raises:
            InputError: no such network, or a function that makes none.
        """
        if not is_network(self.network):
            from core.vision.foreign_networks import network_from_factory  # noqa: PLC0415

            return network_from_factory(self.network, self.class_count)
        return build_network(
            self.network,
            class_count=self.class_count,
            width_multiplier=self.width_multiplier,
            feature_width=self.feature_width,
            seed=seed,
        )


@dataclass(frozen=True)
class ModelRecord:
    """What is known of a finished model.

    Attributes:
        fingerprint: of everything that the weights depend on.
        row: its row in the study file.
        layers: its rows in table `layers`.
        imported: fingerprint of the features of each condition, for a model whose features
            were imported; None for one with weights.
    """

    fingerprint: str
    row: ModelRow
    layers: tuple[LayerRow, ...]
    recipe_for_network: Blueprint | None = field(default=None)
    imported: Mapping[str, str] | None = None

    @property
    def blueprint(self) -> Blueprint:
        """How to build its network.

        Raises:
            PipelineError: its features were imported, so there is no network.
        """
        if self.recipe_for_network is None:
            raise PipelineError(
                f"model {self.row.name}: expected a model with weights, found one whose features "
                "were imported."
            )
        return self.recipe_for_network
