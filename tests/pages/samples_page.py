"""What the page of samples shows, as tests without a browser read it."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

PAGE = "pages/4_Samples.py"
COMPARED = {"compared": "lenet5-magnitude-0.9", "compared_condition": "fog-3"}


def shown(app: AppTest) -> list[int]:
    """Ids of the samples that can be inspected, in order."""
    found = (re.match(r"Inspect (\d+)", button.label) for button in app.main.button)
    return [int(one[1]) for one in found if one]


def cards(app: AppTest) -> list[str]:
    bodies = [one.proto.body for one in app.main.get("html")]
    return [body for body in bodies if body.startswith('<div class="sample-card')]


def images(app: AppTest) -> list[str]:
    """Addresses of the large images, clean first."""
    found = [re.search(r'src="([^"]+)"', body) for body in cards(app)]
    return [one[1] for one, body in zip(found, cards(app), strict=True) if one and "large" in body]


def texts(app: AppTest) -> str:
    kinds = (app.main.markdown, app.main.caption, app.main.info, app.main.subheader)
    return " ".join(str(one.value) for kind in kinds for one in kind).replace("\\", "")
