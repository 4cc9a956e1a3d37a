"""Angles in many dimensions, as a part of the page (paper, figure 3)."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import labels, layout
from core.display.components.chart import chart_title, draw
from core.display.latent_space.dimensions import chart
from core.display.latent_space.dimensions.frames import PAIRS, dimensions, width_words
from core.display.state.context import Context
from core.stats.random_angles import angle_deviation

_GUIDE = """\
Real networks have more features than two: LeNet-5 has 84, larger ones hundreds. There, angles mean
something else than in the plane. Two vectors of random direction are at about 90 degrees from each
other, and the more dimensions, the more surely so: in the plane every angle is equally likely, in
84 dimensions nearly all lie within {spread:.0f} degrees of a right angle (two standard deviations).
An angle of 60 degrees between a feature and the direction of its class therefore says little in two
dimensions, and is far from chance in 84.
"""
_WIDTHS = """\
The study has no models of several feature widths. Tables like these in the study file train some:

```toml
[[network]]
name = "lenet5"
feature_width = 8

[[network]]
name = "lenet5"
feature_width = 32
```
"""


def many_dimensions(context: Context) -> None:
    """What random directions do, and what networks make of it."""
    found = context.study.derive(dimensions)
    st.markdown(_GUIDE.format(spread=2 * angle_deviation(84)))
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=layout.MAP, gap="xsmall"):
            chart_title(
                "Two random vectors: mean angle and spread",
                f"{PAIRS:,} pairs in each dimension, drawn with a fixed seed: mean (dots) and one "
                "standard deviation (lines); band: the exact one",
            )
            draw(
                partial(chart.random_angles),
                {"spread": found.spread, "sampled": found.sampled},
                key="random_angles",
                numbers=f"{PAIRS:,} pairs in each dimension",
                alt="Mean angle between random vectors by dimension, with its spread.",
            )
        with st.container(width=layout.MAP, gap="xsmall"):
            chart_title(
                "Two random vectors: density of the angle",
                "Exact: in proportion to the sine to the power of the dimension less two",
            )
            draw(
                partial(chart.angle_densities),
                {"densities": found.densities},
                key="angle_densities",
                numbers="exact",
                alt="Density of the angle between random vectors, a line for each dimension.",
            )
    st.subheader("The study's networks, by feature width", anchor=False)
    if found.widths["width"].n_unique() < 2:
        st.markdown(_WIDTHS)
    else:
        st.caption(
            f"Clean images: mean angle to the direction of the true class and one standard "
            f"deviation over the test set; {width_words(found.widths)}."
        )
        with st.container(width=layout.MAP):
            draw(
                partial(chart.angles_by_width),
                {"widths": found.widths},
                key="angles_by_width",
                numbers=f"{labels.count(context.study.about['samples'], 'sample')} of the test set",
                alt="Angle to the true class by feature width.",
            )
    st.caption("After section 5.4 and figure 3 of the paper.")
