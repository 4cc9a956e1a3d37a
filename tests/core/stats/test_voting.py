from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.special import softmax

from core.stats.logit_gap import LogitInputs
from core.stats.voting import majority_vote, probabilities


def test_most_votes_win_and_ties_go_to_the_surer_ones():
    rng = np.random.default_rng(0)
    predictions, sure = rng.integers(0, 4, (5, 300)), rng.random((5, 300))
    found = majority_vote(predictions, sure, 4)
    for image in range(300):
        counts = Counter(predictions[:, image].tolist())
        most = max(counts.values())
        tied = [one for one, count in counts.items() if count == most]
        best = max(tied, key=lambda one: sure[predictions[:, image] == one, image].sum())
        assert found[image] == best


def test_two_sure_models_do_not_outvote_three():
    predictions = np.array([[0], [0], [1], [1], [1]])
    assert majority_vote(predictions, np.array([[1.0], [1.0], [0.2], [0.2], [np.nan]]), 2) == [1]
    assert majority_vote(np.array([[2], [1]]), np.array([[0.5], [0.5]]), 3) == [1]


def test_probabilities_are_those_of_the_last_layer():
    rng = np.random.default_rng(1)
    features, weight, bias = rng.normal(size=(20, 8)), rng.normal(size=(4, 8)), rng.normal(size=4)
    features[3] = 0
    weight[2] = 0
    length, norm = np.linalg.norm(features, axis=1), np.linalg.norm(weight, axis=1)
    with np.errstate(invalid="ignore"):
        cosines = features @ weight.T / (length[:, None] * norm)
    found = probabilities(LogitInputs(length, np.degrees(np.arccos(cosines)), norm, bias))
    expected = softmax(features @ weight.T + bias, axis=1)
    assert found == pytest.approx(expected, abs=1e-9)
