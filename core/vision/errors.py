"""The one error that a user can cause in the vision layer."""

from __future__ import annotations


class InputError(ValueError):
    """What the user gave does not fit: one sentence naming what was expected and found."""
