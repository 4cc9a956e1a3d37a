"""Widths of pages and charts in pixels: each once."""

from __future__ import annotations

PAGE = 1320
"""The widest a page gets."""

NARROW_CHOICE = 170
CHOICE = 220
WIDE_CHOICE = 300

SIDE_COLUMN = 320
"""Images or words beside a chart."""

GALLERY_IMAGE = 84
TOOLTIP_IMAGE = 96
