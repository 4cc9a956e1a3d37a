"""Shifts of means, against the plain paired bootstrap."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from core.display.global_geometry.mean_shift.frames import (
    differences,
    shift_tables,
    shift_with_interval,
)
from core.display.global_geometry.values import Values
from tests.core.display.global_geometry.axis_values import AXES, HOLES, TABLE, values


def test_differences_pair_the_same_samples() -> None:
    shuffled = np.random.default_rng(5).permutation(250)
    frame = pl.DataFrame({"sample_id": shuffled, "angle": 1.0})
    compared = Values(frame, TABLE[shuffled] + 3, AXES)
    found = differences(values(HOLES), compared)
    assert found.shape == (250, 4)
    pairs = (~np.isnan(HOLES[:250] + TABLE[:250])).sum(axis=0)
    assert np.isfinite(found).sum(axis=0).tolist() == pairs.tolist()
    assert found[np.isfinite(found)] == pytest.approx(3)


def test_shifts_share_a_scale_in_degrees_and_length_and_margin_have_their_own() -> None:
    moved = TABLE + np.array([4.0, -2.0, 0.1, -1.0]) + np.random.default_rng(6).normal(
        0, 0.01, TABLE.shape
    )  # fmt: skip
    tables = shift_tables(values(TABLE), values(moved))
    middle = tables["shifts"]["middle"].to_list()
    assert middle == pytest.approx([1, -0.5, 1, -1], abs=0.02)
    assert tables["shifts"]["text"].to_list() == ["+4.0°", "-2.0°", "+0.1", "-1.0"]
    assert tables["shifts"]["clear"].all()
    assert tables["scale"]["text"].to_list() == ["-4°", "0°", "+4°"]


def test_one_sample_has_a_shift_and_no_sample_has_none() -> None:
    one = shift_tables(values(TABLE[:1]), values(TABLE[:1] + 1))["shifts"]
    assert one["text"].to_list() == ["+1.0°", "+1.0°", "+1.0", "+1.0"]
    assert one["foot"].to_list() == one["top"].to_list()
    assert shift_tables(values(TABLE[:0]), values(TABLE[:0]))["shifts"].is_empty()


def test_the_shift_of_a_mean_holds_the_plain_paired_bootstrap() -> None:
    rng = np.random.default_rng(3)
    change = rng.normal(2.0, 5.0, 400)
    mean, low, high = shift_with_interval(change, bins=400)
    plain = [change[rng.integers(0, 400, 400)].mean() for _ in range(4000)]
    assert mean == pytest.approx(change.mean())
    assert low == pytest.approx(np.quantile(plain, 0.025), abs=0.08)
    assert high == pytest.approx(np.quantile(plain, 0.975), abs=0.08)
    assert shift_with_interval(change)[0] == pytest.approx(change.mean())
