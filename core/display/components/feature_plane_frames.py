"""Features of two dimensions over the versions of one network, with directions and regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.display import labels
from core.display.charts.plane_geometry import (
    Box,
    angle_arc,
    decision_regions,
    nearest_boundary,
    solved_features,
)
from core.metrics import METRICS
from core.store.combination import Combination
from core.store.queries.last_layer import class_directions, plane_models, samples_with_angles
from core.store.study import Study
from core.store.subsets.base import SampleFilter

DRAWN_LIMIT = 1_000
# the longest class direction, as a part of the longest feature
_ARROW = 0.62
_PADDING = 0.1
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """What the pictures show; columns end in the number of a version (x0, x1, …).

    Attributes:
        points: sample_id, sample (words), class, and by version x, y, right, words.
        arrows: class, and by version x, y: tips of the class directions, in proportion to weight
            norms.
        regions: version, class, order, x, y: corners.
        titles: version, title.
        box: that all of it lies in, a square.
        samples: that pass the filter.
        undetermined: versions whose class directions don't span the plane, so that features don't
            follow from angles.
    """

    points: pl.DataFrame
    arrows: pl.DataFrame
    regions: pl.DataFrame
    titles: pl.DataFrame
    box: Box
    samples: int
    undetermined: int


@dataclass(frozen=True)
class _Version:
    samples: pl.DataFrame
    features: Floats
    weight: Floats
    bias: Floats


def families(study: Study) -> dict[str, dict[str, list[str]]]:
    """Versions of each network with two features, from dense to the highest ratio.

    Returns:
        Dense model -> series of its pruned versions -> names of models, the dense one first; of
        several seeds the first. A network that was not pruned has one series with no name.
    """
    ids = study.run(plane_models)["model_id"]
    models = study.models.filter(pl.col("model_id").is_in(ids.to_list()))
    found: dict[str, dict[str, list[str]]] = {}
    for dense in models.filter(method="dense", retrained=False)["name"]:
        children = (
            models.filter(parent=dense)
            .sort("ratio", "model_id")
            .unique(["series", "ratio"], keep="first", maintain_order=True)
        )
        series = {
            str(name): [dense, *children.filter(series=name)["name"]]
            for name in children.sort("model_id")["series"].unique(maintain_order=True)
        }
        found[dense] = series or {"": [dense]}
    return found


def plane(
    study: Study, models: list[str], condition: str, sample_filter: SampleFilter
) -> Plane | None:
    """The samples of some versions of one network in its plane of features.

    Args:
        study: the open study.
        models: names, all with two features.
        condition: name of the condition.
        sample_filter: samples.

    Returns:
        None where no sample has stored angles to all classes.
    """
    versions = [_version(study, name, condition, sample_filter) for name in models]
    if any(one.samples.is_empty() for one in versions):
        return None
    longest_feature = max(float(one.samples["length"].max() or 0) for one in versions)  # type: ignore[arg-type]
    longest_row = max(float(np.linalg.norm(one.weight, axis=1).max()) for one in versions)
    scale = _ARROW * (longest_feature or 1) / (longest_row or 1)
    box = _box([one.features for one in versions], [one.weight * scale for one in versions])
    titles = [_title(study, name, one.samples) for name, one in zip(models, versions, strict=True)]
    return Plane(
        points=_points(study, versions),
        arrows=_arrows(study, versions, scale),
        regions=_regions(study, versions, box),
        titles=pl.DataFrame({"version": range(len(models)), "title": titles}),
        box=box,
        samples=int(versions[0].samples["samples"][0]),
        undetermined=sum(int(np.isnan(one.features[:, 0]).any()) for one in versions),
    )


def chosen_sample(
    study: Study,
    models: list[str],
    condition: str,
    sample_filter: SampleFilter,
    *,
    sample_id: int | None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Length, angle and margin of one sample as lines, and as words, in each version.

    Args:
        study: the open study.
        models: as `plane` takes them.
        condition: likewise.
        sample_filter: likewise.
        sample_id: of the sample; one that pruning breaks if None, or not among those drawn.

    Returns:
        Lines: version, part (length, angle, margin), order, x, y; words: version, line, part,
        words. Without rows where there are no samples.
    """
    versions = [_version(study, name, condition, sample_filter) for name in models]
    first = versions[0].samples
    ids = first["sample_id"].to_list()
    if not ids:
        return pl.DataFrame(schema=_LINES), pl.DataFrame(schema=_WORDS)
    row = ids.index(sample_id) if sample_id in ids else _telling_row(versions)
    lines, words = [], []
    for version, one in enumerate(versions):
        sample = one.samples.row(row, named=True)
        lines += [
            {"version": version, "part": part, "order": order, "x": float(x), "y": float(y)}
            for part, points in _parts(sample, one, row).items()
            for order, (x, y) in enumerate(points)
        ]
        words += [
            {"version": version, "line": line, "part": part, "words": text}
            for line, (part, text) in enumerate(_sample_words(study, sample).items())
        ]
    return pl.DataFrame(lines, schema=_LINES), pl.DataFrame(words, schema=_WORDS)


_LINES = {
    "version": pl.Int64, "part": pl.String, "order": pl.Int64, "x": pl.Float64, "y": pl.Float64,
}  # fmt: skip
_WORDS = {"version": pl.Int64, "line": pl.Int64, "part": pl.String, "words": pl.String}


def _version(study: Study, name: str, condition: str, sample_filter: SampleFilter) -> _Version:
    key = study.key(Combination(name, condition))
    samples = study.run(samples_with_angles, key, sample_filter=sample_filter, limit=DRAWN_LIMIT)
    last = study.run(class_directions, study.names.models[name])
    weight = np.array(last["weight"].to_list(), np.float64)
    angles = np.array(samples["angles"].to_list(), np.float64).reshape(samples.height, len(weight))
    lengths = samples["length"].to_numpy()
    return _Version(
        samples, solved_features(lengths, angles, weight), weight, last["bias"].to_numpy()
    )


def _telling_row(versions: list[_Version]) -> int:
    """A sample that the first version gets right and the last wrong, the first by id; else 0."""
    right = versions[0].samples["correct"].to_numpy()
    broken = np.flatnonzero(right & ~versions[-1].samples["correct"].to_numpy())
    return int(broken[0]) if len(broken) else 0


def _parts(sample: dict[str, Any], version: _Version, row: int) -> dict[str, Floats]:
    feature = version.features[row]
    if np.isnan(feature).any():
        return {}
    parts = {"length": np.array([[0.0, 0.0], feature])}
    direction = version.weight[sample["label"]]
    if sample["length"] and direction.any():
        parts["angle"] = angle_arc(feature, direction, radius=0.45 * sample["length"])
    foot = nearest_boundary(feature, version.weight, version.bias)
    if foot is not None:
        parts["margin"] = np.array([feature, foot])
    return parts


def _sample_words(study: Study, sample: dict[str, Any]) -> dict[str, str]:
    true, predicted = (study.class_names[sample[one]] for one in ("label", "prediction"))
    words = {"sample": f"sample {sample['sample_id']}: true {true}, predicted {predicted}"}
    for metric in ("length", "angle", "margin"):
        value = sample[metric]
        words[metric] = f"{metric} {'–' if value is None else METRICS[metric].number(value)}"
    return words


def _points(study: Study, versions: list[_Version]) -> pl.DataFrame:
    first = versions[0].samples
    names = study.class_names
    columns: dict[str, Any] = {
        "sample_id": first["sample_id"],
        "sample": [f"{one}" for one in first["sample_id"]],
        "class": [names[one] for one in first["label"]],
    }
    for i, one in enumerate(versions):
        columns |= {
            f"x{i}": pl.Series(one.features[:, 0], nan_to_null=True),
            f"y{i}": pl.Series(one.features[:, 1], nan_to_null=True),
            f"right{i}": one.samples["correct"],
            f"predicted{i}": [names[k] for k in one.samples["prediction"]],
        }
    return pl.DataFrame(columns)


def _arrows(study: Study, versions: list[_Version], scale: float) -> pl.DataFrame:
    columns: dict[str, Any] = {"class": list(study.class_names.values())}
    for i, one in enumerate(versions):
        tips = one.weight * scale
        columns |= {f"x{i}": tips[:, 0], f"y{i}": tips[:, 1]}
    return pl.DataFrame(columns)


def _regions(study: Study, versions: list[_Version], box: Box) -> pl.DataFrame:
    names = list(study.class_names.values())
    rows = [
        (version, names[class_id], order, float(x), float(y))
        for version, one in enumerate(versions)
        for class_id, corners in enumerate(decision_regions(one.weight, one.bias, box))
        for order, (x, y) in enumerate(corners)
    ]
    schema = {"version": pl.Int64, "class": pl.String, "order": pl.Int64}
    return pl.DataFrame(rows, orient="row", schema={**schema, "x": pl.Float64, "y": pl.Float64})


def _box(features: list[Floats], tips: list[Floats]) -> Box:
    everything = np.concatenate([*features, *tips, np.zeros((1, 2))])
    everything = everything[~np.isnan(everything[:, 0])]
    low, high = everything.min(axis=0), everything.max(axis=0)
    middle = (low + high) / 2
    half = (float((high - low).max()) / 2 or 1.0) * (1 + 2 * _PADDING)
    left, right, bottom, top = (
        float(f"{value:.6g}")
        for value in (middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half)
    )
    return left, right, bottom, top


def _title(study: Study, name: str, samples: pl.DataFrame) -> str:
    model = study.model_row(name)
    pruning = (
        "dense" if model["method"] == "dense"
        else f"{labels.method_label(model['method']).lower()}, "
        f"sparsity {labels.percent(model['sparsity'])}"
    )  # fmt: skip
    right = labels.percent(int(samples["correct"].sum()) / samples.height)
    return f"{pruning}: {right} of these samples right"
