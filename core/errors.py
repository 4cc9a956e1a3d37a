"""The errors that a user can cause: one sentence each, naming what was expected and found."""

from __future__ import annotations


class UserError(ValueError):
    """A mistake that a user can mend, in one sentence; every other such error derives from it."""


class InputError(UserError):
    """What the user gave (an array, a file, a setting) does not fit."""


def first_line(error: BaseException) -> str:
    """What an exception of someone else's code says, in one line; its type if it says nothing."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__
