"""Explanations of terms: every metric and measure has one, whatever a header adds to it."""

from __future__ import annotations

import pytest

from core.display import labels
from core.display.latent_space.collapse.view import TITLES
from core.display.terms import TERMS, explanation, explanations
from core.metrics import METRICS


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_every_metric_has_an_explanation_under_each_of_its_names(metric):
    assert explanation(metric.label) is not None
    assert explanation(metric.short_title) == explanation(metric.label)


@pytest.mark.parametrize("title", [title for title, _ in TITLES.values()])
def test_every_measure_of_neural_collapse_has_an_explanation(title):
    assert explanation(title) == TERMS[title.lower()]


@pytest.mark.parametrize(
    ("words", "term"),
    [
        ("Angle", "angle"),
        ("angle (degrees)", "angle"),
        ("Mean margin", "margin"),
        ("length, clean", "length"),
        ("ECE difference, 95 %", "ece"),
        ("● Reference", "reference"),
        ("p (Holm)", "p (holm)"),
        ("NC2 (norms)", "nc2 (norms)"),
        ("relative mCE", "relative mce"),
    ],
)
def test_what_words_add_to_a_term_is_left_out(words, term):
    assert explanation(words) == TERMS[term]


@pytest.mark.parametrize("words", ["", "model", "images", "fog", "marginal", "mean", "(angle)"])
def test_other_words_have_none(words):
    assert explanation(words) is None


def test_a_choice_explains_its_label_and_those_of_its_options_that_are_terms():
    assert explanations("Colour", ["Model", "Seed"]) == f"**Seed**: {TERMS['seed']}"
    assert explanations("Severity", ["1", "2"]) == TERMS["severity"]
    assert explanations("", ["Margin", "Change of margin"]) == f"**Margin**: {TERMS['margin']}"
    both = f"{TERMS['metric']}\n\n**Angle**: {TERMS['angle']}\n\n**Length**: {TERMS['length']}"
    assert explanations("Metric", ["Angle", "Length"]) == both
    assert explanations("View", ["Table"]) is None


@pytest.mark.parametrize(("term", "text"), TERMS.items(), ids=TERMS)
def test_explanations_are_short_whole_sentences(term, text):
    assert term == term.lower()
    assert text[0].isupper() and text.endswith(".")
    assert len(text) <= 240
    assert "_" not in text
    # a tooltip is Markdown: it says what is written
    assert labels.escaped(text).replace("\\", "") == text
