"""What a pipeline says of a user's mistake: one sentence, exit code 2, nothing changed."""

from __future__ import annotations

from core.errors import UserError


class PipelineError(UserError):
    """A mistake that a user can mend, in one sentence."""
