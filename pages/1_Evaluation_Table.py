"""Which pruning method holds up under which corruption, and up to what sparsity?"""

from core.display.components.condition_choice import choose_severity
from core.display.components.model_filter import choose_models
from core.display.components.part import part
from core.display.components.picture_and_answers import choices_row
from core.display.evaluation import view
from core.display.evaluation.frames import evaluation_frames
from core.display.shell.navigation import EVALUATION
from core.display.shell.page import open_page, stop_without_samples

context = open_page(EVALUATION)
stop_without_samples(context)
with part():
    with choices_row("evaluation"):
        severity = choose_severity(context)
        models = choose_models(context)
    with part():
        rows = evaluation_frames(context, models, severity)
        view.histograms(context, rows.histograms)
        view.against_all_samples(context, rows)
    view.table(context, models)
