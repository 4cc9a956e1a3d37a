"""What can go wrong while a study is published."""

from __future__ import annotations

from core.store.errors import StudyError


class PublishError(StudyError):
    """A study that could not be published; what was served before still is."""
