"""The sample that is inspected: in the link, so that any page can open it."""

from __future__ import annotations

from core.display.state import url
from core.store.queries.one_sample import sample_label
from core.store.study import Study

SAMPLE = "sample"
_LARGEST = 2**31 - 1


def open_sample(sample_id: int) -> None:
    """Inspect a sample."""
    url.set_choice(SAMPLE, str(sample_id))


def close_sample() -> None:
    """Go back to the gallery."""
    url.set_choice(SAMPLE)


def sample_in_link(study: Study, notices: list[str]) -> int | None:
    """The sample that the link asks for, None for none.

    Args:
        study: the open study.
        notices: gets a sentence where the link asks for a sample that the study lacks; the choice
            is dropped then.
    """
    text = url.get_choice(SAMPLE)
    if text is None:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= _LARGEST:
        sample_id = int(text)
        if study.run(sample_label, sample_id).height:
            return sample_id
    close_sample()
    notices.append(f"This study has no sample “{text}”; showing the gallery.")
    return None
