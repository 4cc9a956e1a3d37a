"""Shifts of means, against the plain paired bootstrap."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from core.display.global_geometry.mean_shift.frames import (
    differences,
    shift_note,
    shift_tables,
    without_test,
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


def test_few_samples_say_so_and_fewer_have_no_interval() -> None:
    noise = np.random.default_rng(8).normal(2, 1, TABLE.shape)
    few, fewer = (
        shift_tables(values(TABLE[:n]), values(TABLE[:n] + noise[:n]))["shifts"] for n in (12, 4)
    )
    assert few["interval"].str.ends_with(", few samples: 12").all()
    assert (few["foot"] < few["top"]).all()
    assert not few["tested"].any()
    assert "With fewer than 20 the interval is too narrow" in shift_note(few, None)
    assert fewer["interval"].to_list() == ["no interval: 4 samples"] * 4
    assert fewer["foot"].equals(fewer["top"].alias("foot"))


def test_a_constant_has_no_interval_and_no_colour() -> None:
    # the same change for all: an interval of no width once left out 0
    shifts = shift_tables(values(TABLE), values(np.round(TABLE) + 4))
    same = shift_tables(values(np.round(TABLE)), values(np.round(TABLE) + 4))["shifts"]
    assert same["interval"].to_list() == ["no interval: the same for all 300 samples"] * 4
    assert not same["clear"].any()
    assert shifts["shifts"]["clear"].all()


def test_axes_are_clear_after_a_correction_over_all_of_them() -> None:
    # the first axis moves by 2.2 standard errors: p = 0.03 alone, not among four
    rng = np.random.default_rng(9)
    change = rng.normal(0, 1, TABLE.shape)
    change = (change - change.mean(axis=0)) / change.std(axis=0, ddof=1)
    change += np.array([2.2, 0, 6, 0]) / np.sqrt(300)
    shifts = shift_tables(values(np.zeros_like(TABLE)), values(change))["shifts"]
    assert (shifts["foot"] > 0).to_list() == [True, False, True, False]
    assert shifts["clear"].to_list() == [False, False, True, False]
    assert "Holm's correction over 4 axes" in shift_note(shifts, None)


def test_samples_that_the_models_chose_get_no_interval_and_no_colour() -> None:
    tables = shift_tables(values(TABLE), values(TABLE + np.array([4.0, -2, 1, -1]) + HOLES * 0.01))
    assert tables["shifts"]["clear"].any()
    shifts = without_test(tables, "chosen by this; no test")["shifts"]
    assert not shifts["clear"].any()
    assert shifts["foot"].to_list() == shifts["top"].to_list() == shifts["middle"].to_list()
    assert set(shifts["interval"]) == {"chosen by this; no test"}
    note = shift_note(shifts, "chosen by this; no test")
    assert "(chosen by this; no test)" in note
    assert "interval" not in note
    assert "yellow" not in note
