"""How far the mean of each axis moves, with a paired bootstrap interval."""

from __future__ import annotations

import numpy as np
import polars as pl

from core.display.global_geometry.axes import Axis
from core.display.global_geometry.values import AxisSamples, Values, values_under
from core.stats.bootstrap import mean_interval
from core.store.study import Study

BINS = 50
_TEXT_ROOM = 0.38


def differences(reference: Values, compared: Values, *, bins: int = BINS) -> pl.DataFrame:
    """Compared minus reference on each axis, the same samples, as a histogram.

    Returns:
        axis, bin, samples (in the bin), mean (of the differences in the bin), by axis and
        bin; `bins` equal bins between the smallest and the largest difference. Samples
        without a value on either side are left out.
    """
    _, left, right = np.intersect1d(
        reference.samples["sample_id"].to_numpy(),
        compared.samples["sample_id"].to_numpy(),
        assume_unique=True,
        return_indices=True,
    )
    change = compared.table[right] - reference.table[left]
    rows = []
    for axis in range(change.shape[1]):
        defined = change[np.isfinite(change[:, axis]), axis]
        if not defined.size:
            continue
        low, high = defined.min(), defined.max()
        span = high - low if high > low else 1.0
        place = np.minimum(np.floor((defined - low) / span * bins), bins - 1).astype(np.int64)
        counts = np.bincount(place, minlength=bins)
        sums = np.bincount(place, weights=defined, minlength=bins)
        rows += [
            (axis, int(i), int(counts[i]), float(sums[i] / counts[i]))
            for i in np.flatnonzero(counts)
        ]
    schema = {"axis": pl.Int64, "bin": pl.Int64, "samples": pl.Int64, "mean": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def shifts_with_intervals(differences: pl.DataFrame) -> pl.DataFrame:
    """Mean of the paired differences on each axis with its 95 % bootstrap interval.

    Args:
        differences: axis, bin, samples, mean, as `differences` gives.

    Returns:
        axis, pairs, shift, low, high, in the axis's unit, by axis.
    """
    rows = [
        (axis, int(bins["samples"].sum()), *mean_interval(bins["mean"].to_numpy(),
                                                          bins["samples"].to_numpy()))
        for (axis,), bins in differences.group_by("axis", maintain_order=True)
    ]  # fmt: skip
    schema = {"axis": pl.Int64, "pairs": pl.Int64, "shift": pl.Float64, "low": pl.Float64,
              "high": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row").sort("axis")


def axis_shifts(study: Study, samples: AxisSamples) -> dict[str, pl.DataFrame]:
    """`shift_tables` from reference to compared."""
    keys = (samples.paired.reference, samples.paired.compared)
    reference, compared = (values_under(study, samples, key) for key in keys)
    return shift_tables(reference, compared)


def shift_tables(reference: Values, compared: Values) -> dict[str, pl.DataFrame]:
    """How far each axis's mean moves between two combinations, as the chart takes it.

    Heights are parts of the scale's end: one end in degrees for all angles, one of their own
    for length and margin.
    """
    axes = reference.axes
    rows = shifts_with_intervals(differences(reference, compared)).to_dicts()
    for row in rows:
        row["angle"] = axes[row["axis"]].class_id is not None
        row["reach"] = max(abs(row["low"]), abs(row["high"]))
    end = max([1.0, *(row["reach"] for row in rows if row["angle"])])
    placed = [
        _placed(row, axes[row["axis"]], end if row["angle"] else max(row["reach"], 1e-9))
        for row in rows
    ]
    schema = {"position": pl.Float64, "clear": pl.Boolean, "middle": pl.Float64,
              "foot": pl.Float64, "top": pl.Float64, "label": pl.Float64, "text": pl.String,
              "axis": pl.String, "shift": pl.String, "samples": pl.String}  # fmt: skip
    scale = {"height": [-1.0, 0.0, 1.0], "text": [f"{-end:+.2g}°", "0°", f"{end:+.2g}°"]}
    return {"shifts": pl.DataFrame(placed, schema=schema), "scale": pl.DataFrame(scale)}


def _placed(row: dict[str, float], axis: Axis, end: float) -> dict[str, object]:
    shift, low, high, unit = row["shift"], row["low"], row["high"], axis.unit
    room = high / end + _TEXT_ROOM if shift >= 0 else low / end - _TEXT_ROOM
    return {
        "position": float(row["axis"]),
        "clear": low > 0 or high < 0,
        "middle": shift / end,
        "foot": low / end,
        "top": high / end,
        "label": room,
        "text": f"{shift:+.1f}{unit}",
        "axis": axis.title,
        "shift": f"{shift:+.2f}{unit} ({low:+.2f}{unit} to {high:+.2f}{unit})",
        "samples": f"{int(row['pairs']):,}",
    }
