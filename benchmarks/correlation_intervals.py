"""How often 95 % intervals of a correlation cover the true value: the page's and bootstraps.

    python -m benchmarks.correlation_intervals --study data/demo.duckdb

Populations are made up (normal, and with heavy tails), or are the images of a study, drawn with
replacement: then the true correlation of a clean metric with robustness is that over all of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from benchmarks.study_options import add_study_arguments, chosen_study
from core.stats.correlation import pearson, spearman
from core.store.connection import connect
from core.store.queries.robustness import clean_metrics_and_robustness
from core.store.study import Study

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], tuple[Floats, Floats]]
RESAMPLES = 500
RHO = 0.8


def coverage(
    draw: Draw, true: dict[str, float], *, samples: int, repeats: int, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """Share of intervals that cover the true value, and their median width.

    Args:
        draw: of a random generator and a number of samples, two values of each.
        true: correlation of the population, by measure: "Pearson", "Spearman".
        samples: in each drawn data set.
        repeats: how many data sets are drawn.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    ends: dict[str, list[tuple[float, float]]] = {}
    for _ in range(repeats):
        x, y = draw(rng, samples)
        for name, function in (("Pearson", pearson), ("Spearman", spearman)):
            interval = function(x, y).interval
            ends.setdefault(f"{name}: page", []).append(interval or (-1.0, 1.0))
        drawn = rng.integers(0, samples, (RESAMPLES, samples))
        for name, one, other in (
            ("Pearson", x[drawn], y[drawn]),
            ("Spearman", rankdata(x[drawn], axis=1), rankdata(y[drawn], axis=1)),
        ):
            values = _correlations(one, other)
            low, high = np.percentile(values, [2.5, 97.5])
            ends.setdefault(f"{name}: percentile", []).append((low, high))
            if name == "Pearson":
                ends.setdefault("Pearson: BCa", []).append(_corrected(values, x, y))
    found = {}
    for name, intervals in ends.items():
        low_ends, high_ends = np.array(intervals).T
        value = true[name.split(":")[0]]
        hits = (low_ends <= value) & (value <= high_ends)
        found[name] = float(hits.mean()), float(np.median(high_ends - low_ends))
    return found


def _correlations(x: Floats, y: Floats) -> Floats:
    x, y = (one - one.mean(axis=1, keepdims=True) for one in (x, y))
    return np.asarray((x * y).sum(axis=1) / np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1)))


def _corrected(values: Floats, x: Floats, y: Floats) -> tuple[float, float]:
    """The bias-corrected and accelerated interval (Efron 1987)."""
    value = float(_correlations(x[None], y[None])[0])
    zx, zy = ((one - one.mean()) / one.std() for one in (x, y))
    influence = zx * zy - value / 2 * (zx**2 + zy**2)
    acceleration = (influence**3).sum() / (6 * (influence**2).sum() ** 1.5)
    bias = ndtri(np.clip((values < value).mean(), 0.5 / RESAMPLES, 1 - 0.5 / RESAMPLES))
    limits = bias + np.array([-1.96, 1.96])
    low, high = np.percentile(values, 100 * ndtr(bias + limits / (1 - acceleration * limits)))
    return float(low), float(high)


def made_up() -> dict[str, tuple[Draw, dict[str, float]]]:
    """Bivariate normal with correlation RHO, the first value as it is or through exp."""
    ranks = 6 / np.pi * np.arcsin(RHO / 2)

    def powers(power: float) -> Draw:
        def draw(rng: np.random.Generator, samples: int) -> tuple[Floats, Floats]:
            x = rng.normal(size=samples)
            y = RHO * x + np.sqrt(1 - RHO**2) * rng.normal(size=samples)
            return (np.exp(power * x) if power else x), y

        return draw

    found = {"normal": (powers(0), {"Pearson": RHO, "Spearman": ranks})}
    for power in (1, 2):
        value = RHO * power / np.sqrt(np.expm1(power**2))
        found[f"exp({power} x)"] = powers(power), {"Pearson": value, "Spearman": ranks}
    return found


def of_study(path: Path) -> dict[str, tuple[Draw, dict[str, float], int]]:
    """The images of a study under its first, middle and last model, for each clean metric."""
    found: dict[str, tuple[Draw, dict[str, float], int]] = {}
    with connect(path) as connection:
        study = Study(connection, str(path))
        ids = study.models["model_id"].to_list()
        for model_id in (ids[0], ids[len(ids) // 2], ids[-1]):
            name = study.models["name"][model_id]
            rows = study.ask(clean_metrics_and_robustness, model_ids=(model_id,))
            for metric in ("angle", "length", "margin", "true_probability"):
                known = rows.select(metric, "robustness").drop_nulls()
                x, y = (one.to_numpy() for one in known.get_columns())
                value = pearson(x, y).value, spearman(x, y).value
                if value[0] is None or value[1] is None:
                    continue

                def draw(
                    rng: np.random.Generator, samples: int, x: Floats = x, y: Floats = y
                ) -> tuple[Floats, Floats]:
                    place = rng.integers(0, x.size, samples)
                    return x[place], y[place]

                true = {"Pearson": value[0], "Spearman": value[1]}
                found[f"{name}, {metric}"] = draw, true, x.size
    return found


def main() -> None:
    """Print coverage and width, a line a population and method."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_study_arguments(parser)
    parser.add_argument("--repeats", type=int, default=400, help="data sets drawn (400)")
    arguments = parser.parse_args()
    for name, (draw, true) in made_up().items():
        for samples in (200, 1500):
            _show(
                f"{name}, {samples}",
                coverage(draw, true, samples=samples, repeats=arguments.repeats),
            )
    for name, (draw, true, samples) in of_study(chosen_study(arguments)).items():
        _show(
            f"{name}, {samples}", coverage(draw, true, samples=samples, repeats=arguments.repeats)
        )


def _show(name: str, found: dict[str, tuple[float, float]]) -> None:
    cells = "   ".join(
        f"{how} {100 * share:.0f} % ({width:.3f})" for how, (share, width) in found.items()
    )
    print(f"{name:<44}{cells}", flush=True)


if __name__ == "__main__":
    main()
