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
RIM = 0.02


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
            sampling_rank, angle, length, margin, true_probability.
        table: (samples, axes) in the axes' units, NaN where undefined.
        axes: left to right.
        nearest_only: angles beyond the nearest stored ones are undefined, but large.
    """

    samples: pl.DataFrame
    table: np.ndarray
    axes: tuple[Axis, ...]
    nearest_only: bool = False

    @property
    def angle_count(self) -> int:
        """How many axes are angles: the first ones."""
        return sum(axis.class_id is not None for axis in self.axes)

    @property
    def angles(self) -> np.ndarray:
        """(samples, angles): degrees."""
        return self.table[:, : self.angle_count]

    @property
    def zero_features(self) -> int:
        """Samples without any angle, the one to the true class included."""
        return self.samples["angle"].null_count()

    @property
    def outside(self) -> tuple[int, int]:
        """How many angles lie below and above the fixed range of degrees."""
        return int((self.angles < DEGREES[0]).sum()), int((self.angles > DEGREES[1]).sum())

    def on_axes(self, rows: np.ndarray | slice) -> np.ndarray:
        """(rows, axes): the values of some samples, 0 at the foot of an axis and 1 at its top."""
        low, high = np.array([(axis.low, axis.high) for axis in self.axes]).T
        return np.asarray((self.table[rows] - low) / (high - low))

    def heights(self, rows: np.ndarray) -> np.ndarray:
        """(rows, axes): where on the axes some samples are drawn, NaN where nowhere."""
        heights: np.ndarray = self.on_axes(rows).clip(-RIM, 1 + RIM)
        if self.nearest_only:
            measured = self.samples["angle"].is_not_null().to_numpy()[rows]
            angles = heights[:, : self.angle_count]
            angles[np.isnan(angles) & measured[:, None]] = BEYOND
        return heights


def values_under(study: Study, samples: AxisSamples, key: Key) -> Values:
    """The samples under a combination, from the cache where they are there."""
    return study.derive(_values, key, samples.axes, samples.paired.sample_filter)


def _values(study: Study, key: Key, axes: tuple[Axis, ...], sample_filter: SampleFilter) -> Values:
    classes = [axis.class_id for axis in axes if axis.class_id is not None]
    found = study.ask(axis_values, key, class_ids=classes, sample_filter=sample_filter)
    angles = [f"v{i}" for i in range(len(classes))]
    metrics = [axis.name for axis in axes if axis.class_id is None]
    return Values(
        found.drop(angles),
        found.select(*angles, *metrics).to_numpy().astype(float),
        axes,
        nearest_only=study.run(stored_angles).item() < study.classes.height,
    )
