"""The page of samples: one that is inspected, or all of them."""

from __future__ import annotations

from core.display.samples.gallery.view import sample_gallery
from core.display.samples.inspector.view import inspector
from core.display.shell.page import show_notices
from core.display.state import url
from core.display.state.context import Context
from core.display.state.inspected import sample_in_link


def samples(context: Context) -> None:
    """The inspector where the link names a sample, else the gallery."""
    notices: list[str] = []
    sample_id = sample_in_link(context.study, notices)
    url.write_choices()
    show_notices(notices)
    if sample_id is not None:
        inspector(context, sample_id)
    else:
        sample_gallery(context)
