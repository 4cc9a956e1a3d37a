"""The card of a data set of Parquet files: what is in it, how it was made, what columns mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.store.schema_comments import schema_comments
from core.store.writing.parquet import WrittenTable

MARK = "<!-- written by pipelines.export -->"
"""By which a folder that holds such a card is known."""
_METRICS = """\
The input of a network's last linear layer is a vector X, its classes have rows W and biases b.
*Length* is the norm of X; *angle* the angle between X and the row of the true class, in degrees;
*margin* the distance of X to the decision boundary of the predicted class, negative where the
prediction is wrong. An undefined metric (a zero vector has no angle) is empty (NULL).
"""


def data_card(
    about: Mapping[str, Any],
    tables: Sequence[WrittenTable],
    counts: Mapping[str, int],
    *,
    made_by: str,
) -> str:
    """The README of the data set, as Markdown with the front matter that data hubs read.

    Args:
        about: the row of the table `study`.
        tables: the files.
        counts: what there is how often, by its name in the plural.
        made_by: the command.
    """
    comments = schema_comments()
    versions = json.loads(str(about["versions"]))
    lines = [
        "---",
        f"pretty_name: {json.dumps(str(about['title']), ensure_ascii=False)}",
        "license: # to be chosen by who publishes this data set",
        "configs:",
        *(
            f"- config_name: {table.name}\n  data_files: {table.name}.parquet"
            for table in tables
            if table.rows
        ),
        "---",
        MARK,
        "",
        f"# {_line(about['title'])}",
        "",
        _line(about["description"]),
        "",
        "What pruning does to an image classifier, sample by sample: "
        + ", ".join(f"{number:,} {name}" for name, number in counts.items())
        + ".",
        "",
        _METRICS,
        "## How it was made",
        "",
        f"- data set: {_line(about['dataset'])}, seed {about['seed']}, corrupted images: "
        f"{_line(about['corruption_source'])}",
        f"- version `{about['content_sha256']}`, published "
        f"{about['published_at']:%Y-%m-%d %H:%M} UTC, schema {about['schema_version']}",
        f"- libraries: {', '.join(f'{name} {one}' for name, one in sorted(versions.items()))}",
        f"- these files: `{made_by}`",
        "- all settings: column `configuration` of `study.parquet`",
        "",
        "## How to read it",
        "",
        "```python",
        "import polars as pl",
        "",
        'models = pl.scan_parquet("models.parquet").select("model_id", "name", "method", "ratio")',
        'rows = pl.scan_parquet("sample_metrics.parquet")',
        'accuracy = rows.group_by("model_id", "condition_id").agg(pl.col("correct").mean())',
        'print(accuracy.join(models, on="model_id").collect())',
        "```",
        "",
        "## License",
        "",
        "None is stated: it is for those who publish this data set to choose one that the images "
        "and labels of the original data set allow.",
        "",
        "## Tables",
        "",
        *(
            line
            for table in tables
            for line in _table(table, comments.tables[table.name], comments.of_table(table.name))
        ),
    ]
    return "\n".join(lines)


def _table(table: WrittenTable, about: str, columns: Mapping[str, str]) -> list[str]:
    return [
        f"### {table.name}",
        "",
        *([about, ""] if about else []),
        f"`{table.name}.parquet`: {table.rows:,} rows, {table.size / 1e6:,.2f} MB.",
        "",
        "| column | type | meaning |",
        "|---|---|---|",
        *(
            f"| `{name}` | {kind} | {_line(columns.get(name, '')).replace('|', '&#124;')} |"
            for name, kind in table.types.items()
        ),
        "",
    ]


def _line(text: object) -> str:
    """Words of a study in one line."""
    return " ".join(str(text).split())
