"""What a report is made of: sections with figures, tables and pictures of samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl

from core.display.table_text import Format
from core.store.recording import Asked


@dataclass(frozen=True)
class Figure:
    """A chart with its rows.

    Attributes:
        name: of its files, without a suffix.
        title: what it shows.
        numbers: how many of what it rests on.
        chart: a function of a `chart*.py` with its arguments.
        tables: the rows of each table that the chart names.
        data: the numbers behind it, as the table that people read.
        made_by: the function that made the numbers, with its values.
        caption: what marks mean.
        notes: what was sampled or left out, and by which method intervals are.
    """

    name: str
    title: str
    numbers: str
    chart: partial[Any]
    tables: Mapping[str, pl.DataFrame]
    data: pl.DataFrame
    made_by: str
    caption: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """Numbers to read.

    Attributes:
        name: of its files, without a suffix.
        title: what it shows.
        rows: the numbers.
        made_by: the function that made them, with its values.
        caption: what columns mean.
        formats: of columns, as `core.display.table_text.text_rows` takes them.
    """

    name: str
    title: str
    rows: pl.DataFrame
    made_by: str
    caption: str
    formats: Mapping[str, Format] = field(default_factory=dict)


@dataclass(frozen=True)
class Images:
    """Samples side by side.

    Attributes:
        title: what they have in common.
        images: PNG (None where the study holds none) and the lines under it, for each.
    """

    title: str
    images: tuple[tuple[bytes | None, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Attributes:
        title: its heading.
        parts: in reading order; a text is a paragraph.
        queries: that were asked of the study for it.
    """

    title: str
    parts: tuple[Figure | Table | Images | str, ...]
    queries: tuple[Asked, ...] = ()
