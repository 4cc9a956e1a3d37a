"""What can be wrong with a study file or a question to one."""

from __future__ import annotations

from core.errors import UserError


class StudyError(UserError):
    """A file that is no study, or a question it can't answer, in one sentence."""
