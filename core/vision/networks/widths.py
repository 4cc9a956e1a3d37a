"""Layer widths under a width multiplier."""

from __future__ import annotations


def scaled_width(width: int, multiplier: float) -> int:
    """`width` times `multiplier`, rounded, at least one."""
    return max(1, round(width * multiplier))
