"""Comparisons as sentences, against scipy's exact test."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from core.display.finding_words import accuracy_finding, shift_finding
from core.display.provenance import Provenance
from core.stats.paired import PairedAccuracy

SOURCE = Provenance("Digits", "c44da6f6293d", "2026-01-02 03:04 UTC", link="http://app/Samples?a=1")


def sentence(paired: PairedAccuracy, **changed) -> str:
    arguments = {
        "reference": "dense, clean", "compared": "pruned, fog", "samples": "all samples",
        "provenance": SOURCE, **changed,
    }  # fmt: skip
    return accuracy_finding(paired, **arguments).replace("\u00a0", " ")


def test_a_finding_has_n_difference_interval_test_and_link():
    p = binomtest(2, 10, 0.5).pvalue
    assert sentence(PairedAccuracy(539, 534, 528, broken=8, fixed=2)) == (
        "On the same 539 images (all samples), accuracy is 99.1 % under dense, clean and 98.0 % "
        "under pruned, fog: difference −1.1 points (95 % interval −2.6 to 0.0, Tango's score "
        f"method), 2 fixed and 8 broken, exact McNemar test, p = {p:.2g} "
        "[Digits, version c44da6f6293d, http://app/Samples?a=1]."
    )


def test_samples_that_a_model_chose_have_no_interval_and_no_test():
    text = sentence(
        PairedAccuracy(10, 10, 5, broken=5, fixed=0), untested="chosen by this; no test"
    )
    assert "interval" not in text and "McNemar" not in text
    assert text.endswith(
        "difference −50.0 points, 0 fixed and 5 broken, chosen by this; no test "
        "[Digits, version c44da6f6293d, http://app/Samples?a=1]."
    )


@pytest.mark.parametrize(
    ("paired", "words"),
    [
        (PairedAccuracy(1, 1, 0, broken=1, fixed=0), "On the same 1 image (all samples), "
         "accuracy is 100.0 % under dense, clean and 0.0 % under pruned, fog: "
         "difference −100.0 points"),
        (PairedAccuracy(50, 50, 50, broken=0, fixed=0), "difference 0.0 points"),
        (PairedAccuracy(2000, 2000, 0, broken=2000, fixed=0), "exact McNemar test, p < 0.0001 ["),
    ],
)  # fmt: skip
def test_edges(paired, words):
    assert words in sentence(paired)


def test_without_an_app_there_is_no_link():
    bare = Provenance("Digits", "c44da6f6293d", "2026-01-02")
    text = sentence(PairedAccuracy(50, 50, 50, broken=0, fixed=0), provenance=bare)
    assert text.endswith(" [Digits, version c44da6f6293d].")


def test_a_mean_shift():
    text = shift_finding(
        "margin", "−6.03", "95 % interval −6.25 to −5.80", "539 samples (all samples)",
        reference="dense, clean", compared="pruned, fog", provenance=SOURCE,
        test="significant (Holm's correction over 4 axes, 5 % level)",
    )  # fmt: skip
    assert text == (
        "Over the same 539 samples (all samples), the mean of margin changes by −6.03 (95 % "
        "interval −6.25 to −5.80) from dense, clean to pruned, fog, significant (Holm's correction "
        "over 4 axes, 5 % level) [Digits, version c44da6f6293d, http://app/Samples?a=1]."
    )
