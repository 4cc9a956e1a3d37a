"""Where do the samples of a class lie, and why do some of them break?"""

import streamlit as st

from core.display import local_geometry
from core.display.charts.local_geometry import CHART_WIDTH, geometry_scatter
from core.display.widgets import gallery, open_page

view = open_page(
    "Local geometry",
    question="Where do the samples of a class lie, and why do some of them break?",
)
geometry = local_geometry.of_combination(view, view.reference)
if geometry.samples == 0:
    st.info("No samples are chosen: take another class or subset.", icon=":material/info:")
    st.stop()
st.markdown(geometry.summary)
with st.container(horizontal=True, gap="large"):
    with st.container(width=CHART_WIDTH, key="wide_chart"):
        st.altair_chart(
            geometry_scatter(geometry.points, geometry.densities, geometry.ranges),
            width="content",
            key="geometry_scatter",
        )
    with st.container(width=330):
        st.markdown("**Lowest margins** · clean images of the samples deepest on the wrong side")
        gallery(local_geometry.hardest_samples(view, view.reference))
for note in geometry.notes:
    st.caption(note)
