"""Which columns of a result a quick chart can show, and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

Kind = Literal["quantitative", "nominal", "temporal"]

MOST_COLOURS = 10
_LONG_LABEL = 12
_NO_QUANTITY = ("_id",)


@dataclass(frozen=True)
class QuickChart:
    """A quick chart's columns and mark.

    Attributes:
        x: column along the axis to the right.
        y: column along the axis upwards.
        colour: column that the colour shows, or None.
        mark: what stands for a row: `point`, `line` or `bar`.
    """

    x: str
    y: str
    colour: str | None
    mark: str


def column_kinds(rows: pl.DataFrame) -> dict[str, Kind]:
    """How each column of a result can be drawn; those that can't are left out."""
    kinds: dict[str, Kind] = {}
    for name, kind in rows.schema.items():
        if rows[name].is_null().all():
            continue
        if kind.is_numeric():
            kinds[name] = "quantitative"
        elif kind.is_temporal():
            kinds[name] = "temporal"
        elif kind in {pl.String, pl.Boolean} or isinstance(kind, pl.Categorical | pl.Enum):
            kinds[name] = "nominal"
    return kinds


def first_axes(rows: pl.DataFrame) -> tuple[str, str] | None:
    """The columns to start with on x and y; None where nothing can be drawn.

    Categories with long names go upwards, where they can be read.
    """
    kinds = column_kinds(rows)
    numbers = [
        name
        for name, kind in kinds.items()
        if kind == "quantitative" and not name.endswith(_NO_QUANTITY)
    ]
    if not numbers:
        return None
    others = [name for name, kind in kinds.items() if kind != "quantitative"]
    if not others:
        return (numbers[0], numbers[1]) if len(numbers) > 1 else None
    category = others[0]
    longest = rows[category].cast(pl.String).str.len_chars().max()
    is_long = kinds[category] == "nominal" and int(str(longest or 0)) > _LONG_LABEL
    return (numbers[0], category) if is_long else (category, numbers[0])


def fitting_mark(rows: pl.DataFrame, x: str, y: str, colour: str | None) -> str:
    """Bars for one number per category, lines over time, else points."""
    kinds = column_kinds(rows)
    if kinds[x] == "temporal":
        return "line"
    categories = [name for name in (x, y) if kinds[name] == "nominal"]
    if len(categories) != 1:
        return "point"
    parts = [*categories, *([colour] if colour and kinds[colour] == "nominal" else [])]
    return "point" if rows.select(list(dict.fromkeys(parts))).is_duplicated().any() else "bar"


def colour_values(rows: pl.DataFrame, colour: str) -> list[str]:
    """The values of a category that the colour shows, in the order of the rows."""
    values = rows[colour].drop_nulls().cast(pl.String)
    return values.unique(maintain_order=True).to_list()


def chart_rows(rows: pl.DataFrame, chart: QuickChart) -> pl.DataFrame:
    """x, y and, where a column is shown by it, colour; only rows that have x and y."""
    columns = {"x": chart.x, "y": chart.y}
    if chart.colour is not None:
        columns["colour"] = chart.colour
    kinds = column_kinds(rows)
    return rows.select(
        (
            pl.col(column).cast(pl.String)
            if kinds[column] == "nominal"
            else pl.col(column).cast(pl.Float64)
            if kinds[column] == "quantitative"
            else pl.col(column)
        ).alias(name)
        for name, column in columns.items()
    ).drop_nulls(["x", "y"])
