"""Every view of every page, with the link that opens it."""

from __future__ import annotations

import ast

from core.display.latent_space.guide import CHAPTERS, CHOICE
from core.display.samples.inspector.view import PARTS
from core.display.samples.view import VIEWS as SAMPLE_VIEWS
from tests.pages.opening import PAGES, ROOT

Link = dict[str, str]


def _of_page(page: str) -> list[Link]:
    """Links to what the row of buttons of a page offers, as its file spells it."""
    if "Samples" in page:
        parts: list[Link] = [{"sample": "5", "sample_part": part} for part in PARTS]
        return [*({"samples_view": view} for view in SAMPLE_VIEWS), *parts]
    if "Latent" in page:
        return [{CHOICE: chapter} for chapter in CHAPTERS]
    tree = ast.parse((ROOT / page).read_text(encoding="utf-8"))
    options = next(
        (ast.literal_eval(node.value) for node in tree.body
         if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)), None
    )  # fmt: skip
    if options is None:
        return [{}]
    (key,) = (
        ast.literal_eval(word.value) for node in ast.walk(tree) if isinstance(node, ast.Call)
        for word in node.keywords if word.arg == "key"
    )  # fmt: skip
    return [{key: option} for option in options]


VIEWS: list[tuple[str, Link]] = [(page, link) for page in PAGES for link in _of_page(page)]
"""Page and link; the views that a study lacks say so in a sentence."""


def name(view: tuple[str, Link] | str) -> str:
    """A view as the name of a case."""
    if isinstance(view, str):
        return view
    page, link = view
    return " ".join([page.split("/")[-1].split(".")[0], *link.values()])
