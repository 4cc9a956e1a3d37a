"""Explanations of terms: what a tooltip says wherever the term stands in the app."""

from __future__ import annotations

import re
from collections.abc import Iterable

TERMS: dict[str, str] = {
    # a sample in the last layer
    "feature": "What a network makes of an image: the vector that enters its last layer.",
    "class direction": "The row of the last layer's weight that belongs to a class: features that "
    "point along it speak for the class.",
    "angle": "Between a sample's feature and the direction of its true class, in degrees. The "
    "smaller, the likelier a right prediction.",
    "length": "Euclidean norm of a sample's feature. The longer, the more confident a prediction.",
    "margin": "Distance of a sample's feature to the nearest decision boundary of the class "
    "that is predicted; negative where the prediction is wrong.",
    "confidence": "Probability (softmax) that the network gives to the class it predicts.",
    "true-class probability": "Probability (softmax) that the network gives to the true class.",
    "logit": "What the last layer gives a class: feature times class direction, plus bias. The "
    "largest one is the prediction.",
    "decision region": "Where a class has the largest logit: features in it get that prediction.",
    "metric": "A number of one sample under a model and a condition: angle, length, margin, "
    "confidence or true-class probability.",
    # models
    "network": "Architecture, with its width where that is not the usual one.",
    "method": "How weights were chosen for removal.",
    "series": "Models that differ in target sparsity and seed only: drawn as one curve.",
    "retrained": "Trained on after pruning, with removed weights held at zero.",
    "recalibrated": "Batch-norm statistics estimated anew after pruning, on training images.",
    "scope": "Weights ranked over the whole network (global) or layer by layer (layerwise).",
    "dense": "Not pruned: all weights are there.",
    "sparsity": "Share of the prunable weights that is removed, as counted.",
    "target sparsity": "Share of the prunable weights (structured: of channels) that the method "
    "was asked to remove.",
    "remaining parameters": "Parameters that were not removed, biases included.",
    "seed": "What random numbers start from: of training for dense models, of pruning for others.",
    "degenerate": "One class takes more than half of a model's predictions (on balanced classes): "
    "its accuracy says little.",
    # accuracy and robustness
    "accuracy": "Share of samples that are predicted right.",
    "clean accuracy": "Share of the clean test images that are predicted right.",
    "robustness": "Share of corrupted images that are predicted right: of one sample over its "
    "corrupted versions, of a model their mean.",
    "severity": "Strength of a corruption, 1 to 5. One severity is not equally strong in two "
    "corruptions.",
    "mean corruption error": "Mean over corruptions of the error, itself a mean over severities.",
    "mce": "Mean corruption error: errors under a corruption, summed over severities and divided "
    "by those of a baseline model, as a mean over corruptions. 1: as many errors.",
    "relative mce": "As mCE, of the errors beyond those on clean images: how much a model loses, "
    "whatever its clean accuracy.",
    "recall": "Share of a class's samples that are predicted as it.",
    "precision": "Share of the predictions of a class that are right.",
    "prune potential": "Largest target sparsity up to which accuracy stays within so many points "
    "of the dense model.",
    "margin change": "Clean margin minus corrupted one, divided by the clean one: 0 is no change, "
    "1 on the decision boundary, above 1 wrong.",
    # comparisons
    "reference": "The model and condition that others are compared with; grey everywhere.",
    "compared": "The model and condition that is compared with the reference; yellow everywhere.",
    "difference (points)": "Accuracy minus that of the reference on the same images, in percentage "
    "points.",
    "95 % interval": "Wilson's interval of the accuracy over all images of the kind that these are "
    "drawn from.",
    "95 % interval of the difference": "Of the difference from the reference on the same images "
    "(paired).",
    "significant (holm)": "The p-value is below 5 % after Holm's correction over all tests here.",
    "p (holm)": "The p-value after Holm's correction over all that is tested here.",
    "broken": "Right under the reference, wrong under the compared combination.",
    "fixed": "Wrong under the reference, right under the compared combination.",
    "flip": "Pruning changes the prediction: the dense model gives another one on the same image.",
    "exemplar": "A sample that dense and pruned models, at least three seeds each, answer "
    "differently by majority.",
    "predicted robust": "Chosen by the dense model's angle and length on the clean image, before "
    "anything is known of pruned models or corruptions.",
    "error consistency": "Cohen's kappa of two models' errors: 1 where the same images are wrong, "
    "0 where no more than chance would have it.",
    # confidence
    "ece": "Expected calibration error: mean difference between confidence and accuracy over bins "
    "of confidence. 0 is calibrated.",
    "aurc": "Area under the risk-coverage curve: mean error when only the most confident samples "
    "are answered, over all coverages. The smaller the better.",
    "auroc": "Area under the ROC curve: how often a sample that it happens to ranks above one that "
    "it does not happen to. 0.5 is chance, 1 perfect.",
    "auroc of errors": "How often a wrong prediction has less confidence than a right one. 0.5 is "
    "chance, 1 perfect.",
    "p": "Exact McNemar test on the same images, after Holm's correction: how likely so uneven a "
    "split of broken and fixed ones would be by chance.",
    # neural collapse
    "nc1": "Neural collapse, variability within classes: trace of the scatter of features around "
    "their class means, divided by the trace of the scatter of the means. 0 is full collapse.",
    "nc1 (pseudo-inverse)": "NC1 in the form of Papyan, Han and Donoho (2020): the scatter within "
    "classes along each direction, divided by how far class means lie apart along it. 0 is full "
    "collapse; near-useless directions can dominate it.",
    "nc2 (norms)": "Neural collapse, equal norms: deviation of the distances of class means from "
    "their centre, divided by their mean. 0: all equally far.",
    "nc2 (cosines)": "Neural collapse, equal angles: deviation of the cosines between class means, "
    "seen from their centre. 0: every two classes at the same angle.",
    "nc3": "Neural collapse, self-duality: squared distance of class means and class directions, "
    "each scaled to norm 1 as a whole. 0: the same, 2: unrelated, 4: opposite.",
    "nc4": "Neural collapse, nearest class mean: share of samples for which the network predicts "
    "the class with the nearest mean. 1 is full collapse.",
}  # fmt: skip
"""By term in lower case."""


def explanation(words: str) -> str | None:
    """What a term means, in a sentence or two; None for words that are no term.

    Args:
        words: as they stand on screen, such as the header of a column. What they add to a term is
            left out: `Mean margin`, `length, clean`, `margin (degrees)`, `ECE difference`.
    """
    found = words.lower()
    for pattern in ("", r"^\W+", r" \(.*\)$", r",.*$", r"^(mean|change of) ", r" difference$"):
        found = re.sub(pattern, "", found) if pattern else found
        if found in TERMS:
            return TERMS[found]
    return None


def explanations(label: str, options: Iterable[str] = ()) -> str | None:
    """The tooltip of a choice: what its label means, and those of its options that are terms.

    Args:
        label: of the widget.
        options: in words.
    """
    own = explanation(label)
    # the first of several words for one term: `Angle`, `Change of angle`
    named = {text: words for words in reversed(list(options)) if (text := explanation(words))}
    lines = [f"**{words}**: {text}" for text, words in reversed(named.items())]
    return "\n\n".join([own, *lines] if own else lines) or None
