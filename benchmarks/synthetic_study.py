"""A study file of made-up numbers, as large as wanted, to measure the app's speed on.

    python -m benchmarks.synthetic_study                    2 M rows
    python -m benchmarks.synthetic_study --samples 10000    20 M rows, 0.9 GB
    python -m benchmarks.synthetic_study --samples 10000 --seeds 5    100 M rows, 4.5 GB

The schema is the real one. The numbers mean nothing, but they look like a study: more
pruning and more severity give more errors, larger angles and shorter features.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from PIL import Image

from core.corruptions import DEFINITIONS, SEVERITIES
from core.store.rows import CLEAN, ConditionRow, ModelRow, StudyContents, StudyRow
from core.store.writing.tables import create_study, fill_rollups

METHODS = ("magnitude", "random", "taylor", "multi_prize")
RATIOS = (0.5, 0.7, 0.8, 0.9, 0.95)
CLASSES = ("plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def uniform(condition: str, number: int) -> str:
    """SQL for a number from 0 to 1 that depends on model, condition and sample."""
    # hashed twice: the hash of several small integers alone is far from uniform
    return f"hash(hash($model, {condition}, s.sample_id, {number})) / 18446744073709551616.0"


_ROWS = f"""
WITH drawn AS (
    SELECT c.condition_id, c.severity, s.sample_id, s.label,
           {uniform("c.condition_id", 1)} AS u,
           {uniform("0", 2)} + {uniform("c.condition_id", 3)} - 1 AS v,
           {uniform("0", 4)} + {uniform("c.condition_id", 5)} - 1 AS w
    FROM conditions c, samples s
), judged AS (
    SELECT *, u >= 0.05 + 0.5 * $ratio ** 3 + 0.06 * severity AS correct FROM drawn
)
INSERT INTO sample_metrics BY NAME
SELECT $model AS model_id, condition_id, sample_id, label,
       CASE WHEN correct THEN label ELSE (label + 1) % 10 END AS prediction, correct,
       0.4 + 0.6 * u AS confidence,
       CASE WHEN correct THEN 0.4 + 0.6 * u ELSE 0.3 - 0.3 * u END AS true_probability,
       12 - 5 * $ratio - severity * 0.4 + 4 * w AS length,
       45 + 15 * $ratio + 2 * severity + 12 * v + CASE WHEN correct THEN 0 ELSE 15 END AS angle,
       (4 - 3 * $ratio + 0.8 * v + w) * CASE WHEN correct THEN 1 ELSE -0.5 END AS margin,
       list_transform(range(10), lambda k: CASE
           WHEN k <> label THEN 85 + 10 * sin(k + sample_id) + 8 * w
           ELSE 45 + 15 * $ratio + 2 * severity + 12 * v + CASE WHEN correct THEN 0 ELSE 15 END
       END)::FLOAT[10] AS angles
FROM judged
ORDER BY condition_id, sample_id
"""


def write_synthetic_study(
    path: Path, *, samples: int, seeds: int, on_model: Callable[[str], None] | None = None
) -> None:
    """A study of 21 models a seed, 96 conditions and 10 classes.

    Args:
        path: the file; replaced when the new one is whole.
        samples: test images.
        seeds: how many times each model comes.
        on_model: called with each model's name when its rows are in.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    for leftover in (partial, Path(f"{partial}.wal")):
        leftover.unlink(missing_ok=True)
    contents = _contents(path.stem, samples, seeds)
    with duckdb.connect(str(partial)) as connection:
        create_study(connection, contents, published_at=datetime(2026, 1, 1))
        for model_id, model in enumerate(contents.models):
            connection.execute(_ROWS, {"model": model_id, "ratio": model.ratio})
            if on_model is not None:
                on_model(model.name)
        fill_rollups(connection)
        connection.execute("CHECKPOINT")
    partial.replace(path)


def _contents(name: str, samples: int, seeds: int) -> StudyContents:
    conditions = [CLEAN]
    conditions += [
        ConditionRow(
            name=f"{known.name}-{severity}",
            corruption=known.name,
            category=known.category,
            severity=severity,
            source="generated",
            in_benchmark=known.in_benchmark,
            mean_absolute_change=severity * (2.0 + number),
        )
        for number, known in enumerate(DEFINITIONS.values())
        for severity in SEVERITIES
    ]
    sweep = [("dense", 0.0), *((method, ratio) for method in METHODS for ratio in RATIOS)]
    return StudyContents(
        study=StudyRow(
            name=name,
            title="Made-up numbers for measuring speed",
            description="No network stands behind these numbers.",
            dataset="made up",
            image_size=32,
            corruption_source="generated",
        ),
        class_names=CLASSES,
        samples=pl.DataFrame(
            {
                "sample_id": range(samples),
                "label": [i % 10 for i in range(samples)],
                "thumbnail": [_noise(i) for i in range(samples)],
            }
        ),
        models=[_model(seed, method, ratio) for seed in range(seeds) for method, ratio in sweep],
        conditions=conditions,
        fingerprint="0" * 64,
    )


def _noise(seed: int) -> bytes:
    """A colour image of 32 × 32 pixels that does not compress: 3.1 kB, the worst a page ships."""
    png = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(png, "PNG")
    return png.getvalue()


def _model(seed: int, method: str, ratio: float) -> ModelRow:
    dense = method == "dense"
    return ModelRow(
        name=f"net-seed{seed}" if dense else f"net-seed{seed}-{method}-{ratio:g}",
        network="net",
        method=method,
        ratio=ratio,
        sparsity=ratio,
        sparsity_total=ratio,
        scope=None if dense else "global",
        seed=seed,
        parent=None if dense else f"net-seed{seed}",
        parameters=1_000_000,
        nonzero_parameters=round(1_000_000 * (1 - ratio)),
        macs=10_000_000,
        macs_theoretical=round(10_000_000 * (1 - ratio)),
    )


def default_path(samples: int, seeds: int) -> Path:
    """Where a synthetic study of this size is kept."""
    return Path("runs") / f"synthetic-{samples}-samples-{seeds}-seeds.duckdb"


def main() -> None:
    """Make the file unless it is there already."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", type=int, default=1000, help="test images (1000)")
    parser.add_argument("--seeds", type=int, default=1, help="21 models for each (1)")
    parser.add_argument("--output", type=Path, help="file to write (under runs/)")
    arguments = parser.parse_args()
    path = arguments.output or default_path(arguments.samples, arguments.seeds)
    if path.exists():
        print(f"{path} is there already: delete it to make it again.")
        return
    start = time.perf_counter()

    def shown(model: str) -> None:
        print(f"{time.perf_counter() - start:8.1f} s  {model}", flush=True)

    write_synthetic_study(path, samples=arguments.samples, seeds=arguments.seeds, on_model=shown)
    rows = 21 * arguments.seeds * 96 * arguments.samples
    size = path.stat().st_size
    print(
        f"{path}: {rows:,} rows in {time.perf_counter() - start:.1f} s, "
        f"{size / 1e6:,.0f} MB, {size / rows:.1f} bytes a row"
    )


if __name__ == "__main__":
    main()
