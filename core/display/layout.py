"""Widths of pages and charts in pixels: each once."""

from __future__ import annotations

PAGE = 1320
"""The widest a page gets."""

NARROW_CHOICE = 170
CHOICE = 220
WIDE_CHOICE = 300
CELL_CHOICE = 460

SIDE_COLUMN = 320
"""Images or words beside a chart."""

PICTURE, ANSWERS = 764, 284
"""A picture, and beside it the numbers, the selection and its images."""

TABLE = 900
"""A table behind a button."""

LARGE_CHART, HALF_CHART, BESIDE_HALF, MAP, SMALL_CHART = 680, 530, 475, 480, 300
"""A chart beside a side column; one of two halves, and what stands beside it; one of two maps; one
of three."""

GALLERY_IMAGE = 84
TOOLTIP_IMAGE = 96
