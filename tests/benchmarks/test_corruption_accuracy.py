"""The comparison of accuracies on the authors' images and on generated ones."""

import numpy as np
import pytest

from benchmarks.corruption_accuracy import AccuracyPair, accuracy_pair


def test_seeds_and_networks_are_averaged_and_the_error_is_that_of_the_paired_difference():
    theirs = np.array([[1, 1, 0, 0], [1, 0, 0, 0]], bool)
    ours = np.array([[[1, 1, 1, 0], [1, 0, 0, 0]], [[1, 1, 0, 0], [1, 1, 0, 0]]], bool)
    found = accuracy_pair(theirs, ours)
    differences = [0, 0.25, 0.25, 0]
    error = 100 * np.std(differences, ddof=1) / 2
    assert found == AccuracyPair(theirs=37.5, ours=50, error=pytest.approx(error))
    assert str(found) == " 37.5  50.0 +12.5±7.2"


def test_the_error_is_what_a_bootstrap_over_images_finds():
    generator = np.random.default_rng(0)
    theirs = generator.random((2, 300)) < 0.7
    ours = generator.random((3, 2, 300)) < 0.6
    resampled = []
    for _ in range(2000):
        rows = generator.integers(0, 300, 300)
        pair = accuracy_pair(theirs[:, rows], ours[:, :, rows])
        resampled.append(pair.ours - pair.theirs)
    assert accuracy_pair(theirs, ours).error == pytest.approx(np.std(resampled), rel=0.08)
