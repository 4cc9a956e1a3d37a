"""The generated corruptions against the authors' files (real data)."""

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.corruption_fidelity import (
    WITHOUT_CHANCE,
    Agreement,
    agreement,
    comparisons,
    likeness,
    open_frost_sample,
    open_real_data,
    seeds_likeness,
)
from core.corruptions import CORRUPTIONS, SEVERITIES

DATA = os.environ.get("PRUNESCOPE_DATA")
needs_data = pytest.mark.skipif(
    DATA is None, reason="PRUNESCOPE_DATA names no folder with data sets"
)


@pytest.fixture(scope="module")
def found():
    table = {name: [] for name in CORRUPTIONS}
    for corruption, _, result in comparisons(*open_real_data(Path(DATA)), seeds=6):
        table[corruption].append(result)
    return table


@pytest.mark.real_data
@needs_data
@pytest.mark.parametrize("corruption", WITHOUT_CHANCE)
def test_without_chance_nearly_all_values_lie_within_one_grey_level(found, corruption):
    assert len(found[corruption]) == 5
    for result in found[corruption]:
        assert isinstance(result, Agreement)
        assert result.within_one >= 0.995


@pytest.mark.real_data
@needs_data
@pytest.mark.parametrize("corruption", sorted(set(CORRUPTIONS) - set(WITHOUT_CHANCE)))
def test_with_chance_the_change_is_as_large_and_as_wide_as_the_authors(found, corruption):
    """Within 3 % a severity, plus two standard errors of the authors' one draw of 100 images."""
    assert len(found[corruption]) == 5
    for result in found[corruption]:
        assert abs(result.change) <= 0.03 + 2 * result.change_error
        assert abs(result.deviation) <= 0.03 + 2 * result.deviation_error
    assert abs(np.mean([result.change for result in found[corruption]])) < 0.03
    assert abs(np.mean([result.deviation for result in found[corruption]])) < 0.03


@pytest.mark.real_data
@needs_data
def test_frost_changes_a_thousand_further_images_as_the_authors_does():
    sample = open_frost_sample(Path(DATA))
    if sample is None:
        pytest.skip("no frost-sample among the data sets")
    images, frosted = sample
    clean = np.asarray(images.images[:])
    for severity, theirs in zip(SEVERITIES, frosted, strict=True):
        found = seeds_likeness(clean, theirs, "frost", severity, seeds=4)
        assert abs(found.change) < 0.03
        assert abs(found.deviation) < 0.03


def test_likeness_sees_a_change_that_is_ten_per_cent_too_large():
    generator = np.random.default_rng(0)
    clean = np.full((60, 8, 8, 3), 100)

    def changed(scale):
        return clean + generator.normal(0, scale, clean.shape).round().astype(int)

    same = likeness(clean, changed(20), [changed(20) for _ in range(4)])
    larger = likeness(clean, changed(20), [changed(22) for _ in range(4)])
    assert abs(same.change) < 4 * same.change_error
    assert abs(same.deviation) < 4 * same.deviation_error
    assert larger.change == pytest.approx(0.1, abs=4 * larger.change_error)
    assert larger.deviation == pytest.approx(0.1, abs=4 * larger.deviation_error)
    assert larger.change_error < 0.02


def test_agreement_counts_values_within_one():
    ours = np.array([[1, 5, 9, 200]], np.uint8)
    theirs = np.array([[1, 4, 7, 220]], np.uint8)
    assert agreement(ours, theirs) == Agreement(within_one=0.5, equal=0.25, largest=20)
