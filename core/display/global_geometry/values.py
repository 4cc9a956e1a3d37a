"""Every chosen sample's value on each axis, as numbers that the page's parts share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from core.display.global_geometry.axes import DEGREES, Axis, class_ids
from core.display.query_cache import ask
from core.display.state.context import Combination, View
from core.store.queries import class_angles as direction_queries

# Where a value stands that is known only to lie beyond those stored.
BEYOND = 1.07
# Values outside the axis stand just outside of it.
_RIM = 0.02


@dataclass(frozen=True)
class Values:
    """The chosen samples under one combination.

    Attributes:
        samples: as `direction_queries.axis_values` returns.
        table: (samples, axes) in the axes' units, NaN where undefined.
        nearest_only: angles beyond the nearest stored ones are undefined, but large.
        source: what was asked, which the values follow from.
    """

    samples: pl.DataFrame
    table: np.ndarray
    nearest_only: bool
    source: tuple[Any, ...]

    @property
    def zero_features(self) -> int:
        """Samples without any angle, the own one included."""
        return int((~self._measured).sum())

    @property
    def outside(self) -> tuple[int, int]:
        """How many angles lie below and above the fixed range of degrees."""
        angles = self.table[:, :-2]
        return int((angles < DEGREES[0]).sum()), int((angles > DEGREES[1]).sum())

    @property
    def _measured(self) -> np.ndarray:
        return np.asarray(self.samples["angle"].is_not_null().to_numpy())

    def heights(self, axes: Sequence[Axis], rows: np.ndarray) -> np.ndarray:
        """(rows, axes): where on the axes the values stand, NaN where nowhere.

        Args:
            axes: those of the table.
            rows: which samples.
        """
        low = np.array([axis.low for axis in axes])
        span = np.array([axis.high - axis.low for axis in axes])
        heights: np.ndarray = np.clip((self.table[rows] - low) / span, -_RIM, 1 + _RIM)
        if self.nearest_only:
            far = np.isnan(heights[:, :-2]) & self._measured[rows][:, None]
            heights[:, :-2][far] = BEYOND
        return heights


def values_of(view: View, combination: Combination, axes: Sequence[Axis]) -> Values:
    """The page's samples under a combination."""
    samples = ask(
        direction_queries.axis_values,
        view.resolved,
        combination.key,
        class_ids=class_ids(axes),
        chosen=view.chosen,
    )
    columns = [samples[f"v{i}"].to_numpy() for i in range(len(axes))]
    return Values(
        samples,
        np.column_stack(columns).astype(float),
        has_nearest_only(view),
        source=(view.resolved, combination.key, class_ids(axes), view.chosen),
    )


# For caches of what is computed from values: their source tells them apart.
BY_SOURCE: dict[str | type, Callable[[Any], Any]] = {Values: lambda values: values.source}


def has_nearest_only(view: View) -> bool:
    """Whether the study stores the angles to the nearest class directions only."""
    return stored_directions(view) < view.classes.height


def stored_directions(view: View) -> int:
    """To how many class directions each sample's angles are stored."""
    return int(ask(direction_queries.stored_directions, view.resolved).item())
