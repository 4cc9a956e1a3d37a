"""The plane that pictures and charts of parallel axes share: positions, heights, degrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# The same degrees under every class, model and study, so that pictures compare. Values
# outside stand on the rim.
DEGREES = (20.0, 140.0)
WIDTH = 1200
"""Of a picture, before it is stretched over the plane."""
UNITS = 4
"""Of a picture in a pixel; its coordinates are whole numbers."""
NAMES_HEIGHT = 64
"""Room for names of axes at a slant."""
# Under the feet of the axes, as a part of their length.
_AIR = 0.03


@dataclass(frozen=True)
class PlotArea:
    """Axes stand at positions 0, 1, … and reach from height 0 to 1.

    Attributes:
        axis_count: axes.
        top: highest height shown.
        pixels: height of the plane.
        names: of these, pixels at the bottom for the names of the axes.
    """

    axis_count: int
    top: float = 1.03
    pixels: int = 400
    names: int = 0

    @property
    def positions(self) -> tuple[float, float]:
        """The left and right end."""
        return -0.45, self.axis_count - 0.4

    @property
    def heights(self) -> tuple[float, float]:
        """The lower and upper end."""
        axes = self.top + _AIR
        return -_AIR - self.names * axes / (self.pixels - self.names), self.top

    def across(self, positions: np.ndarray) -> np.ndarray:
        """Whole units of the picture from the left."""
        left, right = self.positions
        return np.rint((positions - left) / (right - left) * WIDTH * UNITS).astype(np.int64)

    def down(self, heights: np.ndarray) -> np.ndarray:
        """Units of the picture from the top."""
        foot, top = self.heights
        return (top - heights) / (top - foot) * self.pixels * UNITS
