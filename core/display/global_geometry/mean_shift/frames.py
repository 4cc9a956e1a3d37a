"""How far the mean of each axis moves, with a paired bootstrap interval."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from core.display import labels
from core.display.finding_words import shift_finding
from core.display.global_geometry.values import AxisSamples, Values, values_under
from core.display.paired_words import mean_interval_words
from core.display.provenance import Provenance
from core.metrics import METRICS
from core.stats.bootstrap import FEW, LEAST, mean_interval
from core.stats.significance import LEVEL, holm_adjusted, mean_p_value
from core.store.study import Study

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


def shift_tables(reference: Values, compared: Values) -> dict[str, pl.DataFrame]:
    """How far each axis's mean moves between two combinations, as the chart takes it.

    Heights are parts of the scale's end: one end in degrees for all angles, one of its own
    for each other axis. An axis is clear where its mean differs from 0 after Holm's correction
    over all axes with at least FEW samples.
    """
    found = {}
    p_values = {}
    for i, change in enumerate(differences(reference, compared).T):
        defined = change[np.isfinite(change)]
        if defined.size:
            found[i] = mean_interval(defined)
        if defined.size >= FEW:
            p_values[i] = mean_p_value(defined)
    adjusted = dict(zip(p_values, holm_adjusted(list(p_values.values())), strict=True))
    ends = {i: one.interval or (one.mean, one.mean) for i, one in found.items()}
    reach = {i: max(abs(low), abs(high)) for i, (low, high) in ends.items()}
    angles = reference.angle_count
    end = max([1.0, *(reach[i] for i in found if i < angles)])
    rows = []
    for i, one in found.items():
        axis, scale = reference.axes[i], end if i < angles else max(reach[i], 1e-9)
        unit, (low, high) = axis.unit, ends[i]
        digits = 1 if i < angles else max(1, METRICS[axis.metric].digits - 1)
        rows.append({
            "position": float(i),
            "clear": adjusted.get(i, 1.0) < LEVEL,
            "tested": i in adjusted,
            "few": one.samples < FEW,
            "middle": one.mean / scale,
            "foot": low / scale,
            "top": high / scale,
            "label": high / scale + _TEXT_ROOM if one.mean >= 0 else low / scale - _TEXT_ROOM,
            "text": f"{one.mean:+.{digits}f}{unit}",
            "axis": axis.title,
            "shift": f"{one.mean:+.{digits + 1}f}{unit}",
            "interval": mean_interval_words(one),
            "samples": f"{one.samples:,}",
        })  # fmt: skip
    heights = dict.fromkeys(("middle", "foot", "top", "label"), pl.Float64)
    words = dict.fromkeys(("text", "axis", "shift", "interval", "samples"), pl.String)
    flags = dict.fromkeys(("clear", "tested", "few"), pl.Boolean)
    schema = {"position": pl.Float64, **flags, **heights, **words}
    scale_ends = {"height": [-1.0, 0.0, 1.0], "text": [f"{-end:+.2g}°", "0°", f"{end:+.2g}°"]}
    return {"shifts": pl.DataFrame(rows, schema=schema), "scale": pl.DataFrame(scale_ends)}


def without_test(tables: Mapping[str, pl.DataFrame], untested: str) -> dict[str, pl.DataFrame]:
    """The same means without intervals and colours, for samples that were chosen by the models.

    Args:
        tables: as `shift_tables` returns.
        untested: what stands in place of the interval.
    """
    room = pl.when(pl.col("middle") >= 0).then(_TEXT_ROOM).otherwise(-_TEXT_ROOM)
    shifts = tables["shifts"].with_columns(
        clear=pl.lit(False),
        tested=pl.lit(False),
        foot="middle",
        top="middle",
        label=pl.col("middle") + room,
        interval=pl.lit(untested),
    )
    return {**tables, "shifts": shifts}


def shift_findings(
    shifts: pl.DataFrame, *, reference: str, compared: str, samples: str, provenance: Provenance
) -> list[str]:
    """A sentence for each axis, with what the test says of it.

    Args:
        shifts: as `shift_tables` or `without_test` returns.
        reference: in words.
        compared: in words.
        samples: which these are, in words.
        provenance: of the numbers.
    """
    tested = int(shifts["tested"].sum())
    verdicts = {True: "significant", False: "not significant"}
    holm = f"(Holm's correction over {labels.count(tested, 'axis', 'axes')}, 5 % level)"
    return [
        shift_finding(
            str(row["axis"]),
            row["shift"],
            f"{row['interval']}, paired bootstrap" if row["tested"] else row["interval"],
            f"{row['samples']} samples ({samples})",
            reference=reference,
            compared=compared,
            provenance=provenance,
            test=f"{verdicts[row['clear']]} {holm}" if row["tested"] else None,
        )
        for row in shifts.iter_rows(named=True)
    ]


def shift_note(shifts: pl.DataFrame, untested: str | None) -> str:
    """What the chart of shifts shows, in words.

    Args:
        shifts: as `shift_tables` returns.
        untested: what stands in place of intervals; None: they are shown.
    """
    words = "Shift of each axis's mean from reference to compared over the same samples"
    tested = int(shifts["tested"].sum())
    if untested:
        words += f" ({untested})."
    else:
        words += ", with its 95 % paired bootstrap interval"
        if tested:
            words += (
                "; yellow where it differs from 0 after Holm's correction over "
                f"{labels.count(tested, 'axis', 'axes')} (paired z test, 5 % level)"
            )
        words += f". Fewer than {LEAST} samples, or a constant, give no interval."
        if shifts["few"].any():
            words += f" With fewer than {FEW} the interval is too narrow, and there is no test."
    return f"{words} Each axis that is no angle has a scale of its own."
