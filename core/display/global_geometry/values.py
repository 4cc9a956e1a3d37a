"""Every filtered sample's value on each axis, as numbers that the page's parts share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display.global_geometry.axes import Axis
from core.display.global_geometry.plot_area import DEGREES
from core.store.combination import Key
from core.store.queries.class_angles import axis_values, stored_angles
from core.store.queries.paired import PairedSamples
from core.store.study import Study
from core.store.subsets.base import SampleFilter

# Where a value stands that is known only to lie beyond those stored.
BEYOND = 1.07
# Values outside the axis stand just outside of it.
_RIM = 0.02


@dataclass(frozen=True)
class AxisSamples:
    """Which samples are shown on which axes, from left to right."""

    paired: PairedSamples
    axes: tuple[Axis, ...]


@dataclass(frozen=True)
class Values:
    """The filtered samples under one combination.

    Attributes:
        samples: sample_id, label and prediction (class ids), correct, confidence,
            sampling_rank, angle, length, margin.
        table: (samples, axes) in the axes' units, NaN where undefined.
        axes: left to right.
        nearest_only: angles beyond the nearest stored ones are undefined, but large.
    """

    samples: pl.DataFrame
    table: np.ndarray
    axes: tuple[Axis, ...]
    nearest_only: bool = False

    @property
    def zero_features(self) -> int:
        """Samples without any angle, the one to the true class included."""
        return int((~self._measured).sum())

    @property
    def outside(self) -> tuple[int, int]:
        """How many angles lie below and above the fixed range of degrees."""
        angles = self.table[:, :-2]
        return int((angles < DEGREES[0]).sum()), int((angles > DEGREES[1]).sum())

    @property
    def _measured(self) -> np.ndarray:
        return np.asarray(self.samples["angle"].is_not_null().to_numpy())

    def defined(self, axis: int) -> np.ndarray:
        """The values on one axis, without those that are undefined."""
        column = self.table[:, axis]
        return np.asarray(column[np.isfinite(column)])

    def heights(self, rows: np.ndarray) -> np.ndarray:
        """(rows, axes): where on the axes the values of some samples stand, NaN where nowhere."""
        low = np.array([axis.low for axis in self.axes])
        span = np.array([axis.high - axis.low for axis in self.axes])
        heights: np.ndarray = np.clip((self.table[rows] - low) / span, -_RIM, 1 + _RIM)
        if self.nearest_only:
            far = np.isnan(heights[:, :-2]) & self._measured[rows][:, None]
            heights[:, :-2][far] = BEYOND
        return heights


def values_under(study: Study, samples: AxisSamples, key: Key) -> Values:
    """The samples under a combination, from the cache where they are there."""
    return study.derive(_values, key, samples.axes, samples.paired.sample_filter)


def stored_directions(study: Study) -> int:
    """To how many class directions each sample's angles are stored."""
    return int(study.run(stored_angles).item())


def _values(study: Study, key: Key, axes: tuple[Axis, ...], sample_filter: SampleFilter) -> Values:
    classes = [axis.class_id for axis in axes if axis.class_id is not None]
    found = study.ask(axis_values, key, class_ids=classes, sample_filter=sample_filter)
    columns = [f"v{i}" for i in range(len(axes))]
    length, margin = columns[-2:]
    return Values(
        found.drop(columns[:-2]).rename({length: "length", margin: "margin"}),
        found.select(columns).to_numpy().astype(float),
        axes,
        nearest_only=stored_directions(study) < study.classes.height,
    )
