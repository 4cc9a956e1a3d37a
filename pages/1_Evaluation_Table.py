"""Which pruning method holds up under which corruption, and up to what ratio?"""

import streamlit as st

from core.display.components.model_filter import choose_models
from core.display.evaluation import view as evaluation_view
from core.display.shell.page import choose_severity, open_page, stop_without_samples

view = open_page(
    "Evaluation table",
    question="Which pruning method holds up under which corruption, and up to what ratio?",
)
stop_without_samples(view)
with st.container(horizontal=True, vertical_alignment="bottom"):
    severity = choose_severity(view)
    models = choose_models(view)
evaluation_view.histograms(view, models, severity)
evaluation_view.against_everything(view, models, severity)
evaluation_view.table(view, models)
