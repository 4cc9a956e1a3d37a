"""Which pruning method holds up under which corruption, and up to what ratio?"""

import streamlit as st

from core.display import cached_queries
from core.display.charts.evaluation import evaluation_histograms
from core.display.evaluation import accuracy_by_corruption, ranked_bars
from core.display.widgets import choose_severity, open_page

view = open_page(
    "Evaluation table",
    question="Which pruning method holds up under which corruption, and up to what ratio?",
)
severity = choose_severity(view)
accuracy = cached_queries.accuracy(view.resolved, class_id=view.class_id)
by_corruption = accuracy_by_corruption(accuracy, view.models, view.conditions, severity=severity)
bars = ranked_bars(by_corruption)
if bars.is_empty():
    st.info("No pruned model has been evaluated on these samples.", icon=":material/info:")
    st.stop()
st.altair_chart(evaluation_histograms(bars), width="stretch")
