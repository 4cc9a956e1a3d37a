"""What foretells robustness, where does it break, and whom can one trust?"""

from core.display.components.choices import segments
from core.display.components.part import part
from core.display.robustness.alike.view import alike
from core.display.robustness.classes.view import who_pays
from core.display.robustness.confidence.view import trusted_confidence
from core.display.robustness.decks.view import decks
from core.display.robustness.potential.view import prune_potential
from core.display.robustness.predictors.view import predictors
from core.display.robustness.relative_change.view import relative_change
from core.display.robustness.severity.view import accuracy_by_severity
from core.display.shell.navigation import ROBUSTNESS
from core.display.shell.page import open_page, stop_without_samples

VIEWS = {
    "predictors": "What foretells it",
    "potential": "Prune potential",
    "severity": "Accuracy by severity",
    "change": "Relative change",
    "alike": "Who is alike",
    "confidence": "Confidence",
    "classes": "Which classes pay",
    "decks": "Decks",
}

context = open_page(ROBUSTNESS)
stop_without_samples(context)
with part():
    match segments("View", VIEWS, key="robustness", labelled=False):
        case "predictors":
            predictors(context)
        case "potential":
            prune_potential(context)
        case "severity":
            accuracy_by_severity(context)
        case "change":
            relative_change(context)
        case "alike":
            alike(context)
        case "confidence":
            trusted_confidence(context)
        case "classes":
            who_pays(context)
        case "decks":
            decks(context)
