"""Where do the samples of a class lie, and why do some of them break?"""

from core.display.components.choices import segments
from core.display.components.class_strip import class_strip
from core.display.components.part import part
from core.display.components.picture_and_answers import choices_row
from core.display.local_geometry.agreement.view import across_models
from core.display.local_geometry.change.view import comparison
from core.display.local_geometry.scatter.view import angle_and_length
from core.display.local_geometry.sweep.view import sparsity_sweep
from core.display.shell.navigation import LOCAL
from core.display.shell.page import open_page, stop_without_samples

LOOKS = {
    "lie": "Angle and length",
    "changed": "Compare",
    "ratios": "Sparsity sweep",
    "models": "Across models",
}

context = open_page(LOCAL, beside=class_strip)
stop_without_samples(context)
with part():
    row = choices_row("local")
    with row:
        look = segments("View", LOOKS, key="look", labelled=False)
    match look:
        case "lie":
            angle_and_length(context, row)
        case "changed":
            comparison(context)
        case "ratios":
            sparsity_sweep(context, row)
        case "models":
            across_models(context)
