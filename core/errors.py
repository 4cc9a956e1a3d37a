"""The errors that a user can cause: one sentence each, naming what was expected and found."""

from __future__ import annotations


class UserError(ValueError):
    """A mistake that a user can mend, in one sentence; every other such error derives from it."""


class InputError(UserError):
    """What the user gave (an array, a file, a setting) does not fit."""
