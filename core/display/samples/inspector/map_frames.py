"""One sample under every model and condition: the map's cells, in the order of the study."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import labels
from core.display.charts.tooltip_words import metric_words
from core.display.dense_models import DENSE
from core.store.combination import Combination
from core.store.queries.one_sample import sample_everywhere
from core.store.study import Study


@dataclass(frozen=True)
class SampleMap:
    """The sample under every model and condition.

    Attributes:
        cells: as `map_cells` returns.
        drawn: what the picture takes of the cells.
        shown: the cells of reference and compared, with role.
        models: of the rows, in words.
        heads: of the columns, as `column_heads` returns.
        right: combinations under which the sample is right.
    """

    cells: pl.DataFrame
    drawn: pl.DataFrame
    shown: pl.DataFrame
    models: tuple[str, ...]
    heads: tuple[str, ...]
    right: int

    def combination_at(self, row: int, column: int) -> Combination | None:
        """The combination of a cell; None where there is no such cell."""
        cell = self.cells.filter(row=row, column=column)
        names = cell.select("model_name", "condition_name").rows()
        return Combination(*names[0]) if names else None


def sample_map(
    study: Study, sample_id: int, reference: Combination, compared: Combination
) -> SampleMap:
    """The map of models and conditions.

    Args:
        study: the open study.
        sample_id: of a sample that the study has.
        reference: outlined.
        compared: outlined.
    """
    everywhere = study.run(sample_everywhere, sample_id)
    cells = map_cells(everywhere, study.models, study.conditions)
    words = labels.model_labels(study.models)
    return SampleMap(
        cells=cells,
        drawn=cells.select("row", "column", "answer", "probability", "words"),
        models=tuple(words[name] for name in map_rows(study.models)["model_name"]),
        shown=outlined_cells(cells, {"reference": reference, "compared": compared}),
        heads=column_heads(study.conditions),
        right=int(everywhere["correct"].sum()),
    )


def map_cells(
    everywhere: pl.DataFrame, models: pl.DataFrame, conditions: pl.DataFrame
) -> pl.DataFrame:
    """What the map of models and conditions draws: a cell for each combination.

    Args:
        everywhere: as `queries.one_sample.sample_everywhere` returns.
        models: the table `models`.
        conditions: the table `conditions`.

    Returns:
        model_name and condition_name (names in the study), model and condition (in words), row
        and column (their order: dense models first, then by series, ratio and seed; conditions as
        published), answer (`right`, `wrong`), probability (of the true class, may be NULL), words.
    """
    model_words = labels.model_labels(models)
    rows = map_rows(models).with_columns(
        model=pl.col("model_name").replace_strict(model_words, return_dtype=pl.String)
    )
    in_words = pl.struct("corruption", "severity").map_elements(
        lambda one: labels.condition_label(one["corruption"], one["severity"]),
        return_dtype=pl.String,
    )
    columns = conditions.select(
        "condition_id", condition_name="name", condition=in_words, column=pl.int_range(pl.len())
    )
    return (
        everywhere.join(rows, on="model_id")
        .join(columns, on="condition_id")
        .sort("row", "column")
        .select(
            pl.col("model_name", "condition_name", "model", "condition", "row", "column"),
            answer=pl.when("correct").then(pl.lit("right")).otherwise(pl.lit("wrong")),
            probability=pl.col("true_probability").cast(pl.Float32),
            words=pl.format(
                "{}, {}: {}, predicted {}, true-class probability {}",
                "model",
                "condition",
                pl.when("correct").then(pl.lit("right")).otherwise(pl.lit("wrong")),
                "predicted",
                metric_words("true_probability"),
            ),
        )
    )


def map_rows(models: pl.DataFrame) -> pl.DataFrame:
    """The rows of the map: model_id, model_name, row; dense models first, then by series."""
    ordered = models.sort(pl.col("method") != DENSE, "series", "ratio", "seed", "model_id")
    return ordered.select("model_id", model_name="name", row=pl.int_range(pl.len()))


def outlined_cells(cells: pl.DataFrame, roles: dict[str, Combination]) -> pl.DataFrame:
    """The cells of reference and compared: model, condition, row, column, role."""
    pairs = pl.DataFrame(
        {
            "role": list(roles),
            "model_name": [one.model for one in roles.values()],
            "condition_name": [one.condition for one in roles.values()],
        }
    )
    found = pairs.join(cells, on=["model_name", "condition_name"], maintain_order="left")
    return found.select("model", "condition", "row", "column", "role")


def answers_along(cells: pl.DataFrame, by: str, **fixed: str) -> dict[str, str]:
    """The answers along a row or a column of the map, by name.

    Args:
        cells: as `map_cells` returns.
        by: the column of names, model_name or condition_name.
        **fixed: the name in the other column.
    """
    return dict(cells.filter(**fixed).select(by, "answer").iter_rows())


def column_heads(conditions: pl.DataFrame) -> tuple[str, ...]:
    """What stands above each column: a corruption's name over its middle severity, else nothing."""
    middle = (pl.col("severity").rank("ordinal") - 1) == pl.len() // 2
    marked = conditions.select("corruption", middle=middle.over("corruption"))
    return tuple(
        labels.corruption_label(corruption) if is_middle else ""
        for corruption, is_middle in marked.iter_rows()
    )
