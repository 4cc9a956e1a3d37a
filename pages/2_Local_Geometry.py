"""Where do the samples of a class lie, and why do some of them break?"""

import streamlit as st

from core.display import local_geometry
from core.display.charts.local_geometry import CHART_WIDTH, geometry_scatter
from core.display.widgets import choose_role, gallery, open_page, stop_without_samples

view = open_page(
    "Local geometry",
    question="Where do the samples of a class lie, and why do some of them break?",
)
stop_without_samples(view)
combination = choose_role(view)
geometry = local_geometry.of_combination(view, combination)
st.markdown(geometry.summary)
with st.container(horizontal=True, gap="large"):
    with st.container(width=CHART_WIDTH, key="wide_chart"):
        st.altair_chart(
            geometry_scatter(geometry.points, geometry.densities, geometry.ranges),
            width="content",
            key="geometry_scatter",
            alt="Angle against length of every sample, correct grey, incorrect red.",
        )
    with st.container(width=330):
        st.markdown("**Lowest margins** · clean images of the samples deepest on the wrong side")
        gallery(local_geometry.hardest_samples(view, combination))
for note in geometry.notes:
    st.caption(note)
