"""The page of samples: one that is inspected, or all of them."""

from __future__ import annotations

from core.display.components.choices import segments
from core.display.components.paired_line import paired_line
from core.display.samples.exemplars.view import exemplars
from core.display.samples.flips.view import why_answers_change
from core.display.samples.fragility.view import fragile_and_robust
from core.display.samples.gallery.view import sample_gallery
from core.display.samples.inspector.view import inspector
from core.display.shell.page import show_notices
from core.display.state import url
from core.display.state.context import Context
from core.display.state.inspected import sample_in_link

VIEWS = {
    "gallery": "Gallery",
    "why": "Why answers change",
    "fragile": "Fragile and robust",
    "exemplars": "Exemplars",
}


def samples(context: Context) -> None:
    """The inspector where the link names a sample, else what is chosen to be seen of all."""
    notices: list[str] = []
    sample_id = sample_in_link(context.study, notices)
    url.write_choices()
    show_notices(notices)
    if sample_id is not None:
        inspector(context, sample_id)
        return
    match segments("View", VIEWS, key="samples_view", labelled=False):
        case "gallery":
            paired_line(context)
            sample_gallery(context)
        case "why":
            why_answers_change(context)
        case "fragile":
            fragile_and_robust(context)
        case "exemplars":
            exemplars(context)
