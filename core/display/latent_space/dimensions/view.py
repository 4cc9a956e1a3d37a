"""Angles in many dimensions, as a part of the page (paper, figure 3)."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import labels, layout
from core.display.components.chart import chart_title, draw
from core.display.latent_space.dimensions import chart
from core.display.latent_space.dimensions.frames import PAIRS, dimensions, width_words
from core.display.latent_space.guide import paper
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
This study has no models of several feature widths. Prunescope comes with one that has: LeNet-5 with
2 to 512 features, trained and untrained. It takes some two minutes; choose it in the sidebar then:

```
python -m pipelines.run pipelines/studies/widths.toml
```
"""
_UNDEFINED = " Images whose features are all zero have no angle and are left out."
_MEASURED = """\
Do trained networks point their features along the direction of the true class? The more features
there are, the larger that angle gets and the less it varies, and yet it says more: in many
dimensions even 60 degrees is far from the 90 that chance gives. A network with its first weights
stays there, at chance (the paper: 88.8° ± 6.8° for LeNet-5 with 84 features on MNIST).
"""


def many_dimensions(context: Context) -> None:
    """What random directions do, and what networks make of it."""
    found = context.study.derive(dimensions)
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
    st.markdown(_GUIDE.format(spread=2 * angle_deviation(84)))
    st.subheader("The study's networks, by feature width", anchor=False)
    if found.widths["width"].n_unique() < 2:
        st.markdown(_WIDTHS)
    else:
        st.markdown(_MEASURED)
        with st.container(width=layout.LARGE_CHART, gap="xsmall"):
            chart_title(
                "Angle to the direction of the true class",
                "Dots and lines: mean and one standard deviation over the clean test images, a dot "
                "a model. Band: the exact spread between random directions",
            )
            draw(
                partial(chart.angles_by_width),
                {"widths": found.widths, "chance": found.chance},
                key="angles_by_width",
                numbers=f"{labels.count(context.study.about['samples'], 'sample')} of the test set",
                alt="Angle to the true class by feature width.",
            )
        st.caption(" ".join(map(str.capitalize, width_words(found.widths))) + _UNDEFINED)
    st.caption(f"After {paper('5.4', 3)}")
