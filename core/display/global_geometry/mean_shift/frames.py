"""How far the mean of each axis moves, with a paired bootstrap interval."""

from __future__ import annotations

import numpy as np
import polars as pl

from core.display.global_geometry.values import AxisSamples, Values, values_under
from core.stats.bootstrap import mean_interval
from core.store.study import Study

BINS = 50
_TEXT_ROOM = 0.38


def axis_shifts(study: Study, samples: AxisSamples) -> dict[str, pl.DataFrame]:
    """`shift_tables` from reference to compared."""
    keys = (samples.paired.reference, samples.paired.compared)
    reference, compared = (values_under(study, samples, key) for key in keys)
    return shift_tables(reference, compared)


def differences(reference: Values, compared: Values) -> np.ndarray:
    """Compared minus reference, the same samples: (samples, axes), NaN without a value in both."""
    _, left, right = np.intersect1d(
        reference.samples["sample_id"].to_numpy(),
        compared.samples["sample_id"].to_numpy(),
        assume_unique=True,
        return_indices=True,
    )
    return np.asarray(compared.table[right] - reference.table[left])


def shift_with_interval(change: np.ndarray, *, bins: int = BINS) -> tuple[float, float, float]:
    """The mean of paired differences with its 95 % bootstrap interval: mean, low, high.

    Args:
        change: (samples,), at least one.
        bins: of equal width, whose means stand for the differences in them.
    """
    counts, _ = np.histogram(change, bins)
    sums, _ = np.histogram(change, bins, weights=change)
    filled = counts > 0
    return mean_interval(sums[filled] / counts[filled], counts[filled])


def shift_tables(reference: Values, compared: Values) -> dict[str, pl.DataFrame]:
    """How far each axis's mean moves between two combinations, as the chart takes it.

    Heights are parts of the scale's end: one end in degrees for all angles, one of their own
    for length and margin.
    """
    found = {}
    for i, change in enumerate(differences(reference, compared).T):
        defined = change[np.isfinite(change)]
        if defined.size:
            found[i] = (*shift_with_interval(defined), defined.size)
    reach = {i: max(abs(low), abs(high)) for i, (_, low, high, _) in found.items()}
    angles = reference.angle_count
    end = max([1.0, *(reach[i] for i in found if i < angles)])
    rows = []
    for i, (shift, low, high, samples) in found.items():
        axis, scale = reference.axes[i], end if i < angles else max(reach[i], 1e-9)
        unit = axis.unit
        rows.append({
            "position": float(i),
            "clear": low > 0 or high < 0,
            "middle": shift / scale,
            "foot": low / scale,
            "top": high / scale,
            "label": high / scale + _TEXT_ROOM if shift >= 0 else low / scale - _TEXT_ROOM,
            "text": f"{shift:+.1f}{unit}",
            "axis": axis.title,
            "shift": f"{shift:+.2f}{unit} ({low:+.2f}{unit} to {high:+.2f}{unit})",
            "samples": f"{samples:,}",
        })  # fmt: skip
    heights = dict.fromkeys(("middle", "foot", "top", "label"), pl.Float64)
    words = dict.fromkeys(("text", "axis", "shift", "samples"), pl.String)
    schema = {"position": pl.Float64, "clear": pl.Boolean, **heights, **words}
    ends = {"height": [-1.0, 0.0, 1.0], "text": [f"{-end:+.2g}°", "0°", f"{end:+.2g}°"]}
    return {"shifts": pl.DataFrame(rows, schema=schema), "scale": pl.DataFrame(ends)}
