"""Series: which models may be drawn as one curve and averaged over seeds."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.store.rows import ModelRow
from core.store.series import model_series


def model(name: str, method: str = "magnitude", **columns: Any) -> ModelRow:
    details = {key: columns.pop(key) for key in ("options", "rewind_epoch") if key in columns}
    standard: dict[str, Any] = {"network": "lenet5", "seed": 0, "ratio": 0.9, "scope": "global"}
    if method == "dense":
        standard |= {"ratio": 0.0, "scope": None}
    return ModelRow(
        name=name, method=method, details=json.dumps(details), **{**standard, **columns}
    )


def labels(*models: ModelRow) -> list[str]:
    return [label for _, label in model_series(models)]


def test_ratios_and_seeds_are_one_series() -> None:
    found = model_series(
        [
            model("dense", "dense"),
            model("a", ratio=0.5, parent="dense"),
            model("b", ratio=0.9, parent="dense"),
            model("c", ratio=0.9, seed=1, parent="dense"),
        ]
    )
    assert found == [("lenet5, Dense", "Dense")] + [("lenet5, Magnitude, global", "Magnitude")] * 3


def test_seeds_of_the_parent_count_as_seeds() -> None:
    dense = [model(f"dense{i}", "dense", seed=i) for i in range(2)]
    pruned = [model(f"a{i}", parent=f"dense{i}") for i in range(2)]
    assert labels(*dense, *pruned) == ["Dense", "Dense", "Magnitude", "Magnitude"]


def test_all_that_makes_a_model_what_it_is_tells_series_apart() -> None:
    found = model_series(
        [
            model("plain"),
            model("one", retrained=True, retrain_epochs=1),
            model("thirty", retrained=True, retrain_epochs=30),
            model("ticket", retrained=True, retrain_epochs=30, rewind_epoch=2),
            model("recalibrated", recalibrated=True),
            model("classifier", classifier_prunable=False),
            model("layerwise", scope="layerwise"),
            model("magnitude", "structured", options={"importance": "magnitude"}),
            model("taylor", "structured", options={"importance": "taylor"}),
        ]
    )
    assert [label for _, label in found] == [
        "Magnitude, global",
        "Magnitude, global, retrained 1 epoch",
        "Magnitude, global, retrained 30 epochs",
        "Magnitude, global, retrained 30 epochs, rewound to epoch 2",
        "Magnitude, global, recalibrated",
        "Magnitude, global, classifier not pruned",
        "Magnitude, layerwise",
        "Structured, importance magnitude",
        "Structured, importance taylor",
    ]
    assert len({series for series, _ in found}) == len(found)


def test_a_label_says_no_more_than_tells_the_series_apart() -> None:
    found = labels(
        model("dense", "dense"),
        model("a", "multi_prize", options={"epochs": 3}),
        model("b", retrained=True, retrain_epochs=5),
        model("c", "dense", retrained=True, retrain_epochs=5, parent="dense"),
    )
    assert found == ["Dense", "Multi-prize", "Magnitude, retrained", "Dense, retrained"]


def test_the_network_is_named_where_there_are_several() -> None:
    assert labels(model("a"), model("b", network="vgg")) == ["lenet5: Magnitude", "vgg: Magnitude"]


def test_models_that_nothing_on_record_tells_apart_are_no_seeds_of_one_thing() -> None:
    found = labels(
        model("dense", "dense", seed=None),
        model("robust", "dense", seed=None),
        model("theirs", "unknown", seed=None, parent="robust"),
        model("mine", "unknown", seed=None, parent="dense"),
    )
    assert found == [
        "Dense, dense",
        "Dense, robust",
        "Unknown, from robust",
        "Unknown, from dense",
    ]


@given(
    st.lists(
        st.builds(
            model,
            st.uuids().map(str),
            st.sampled_from(["dense", "magnitude", "my own"]),
            network=st.sampled_from(["a", "b"]),
            seed=st.sampled_from([None, 0, 1]),
            scope=st.sampled_from(["global", "layerwise", None]),
            retrained=st.booleans(),
            recalibrated=st.booleans(),
            options=st.dictionaries(st.sampled_from(["x", "y"]), st.booleans()),
        ),
        max_size=8,
    )
)
def test_labels_are_equal_exactly_where_the_series_are(models: list[ModelRow]) -> None:
    found = model_series(models)
    assert len(set(found)) == len({s for s, _ in found}) == len({label for _, label in found})
    for one, (series, _) in zip(models, found, strict=True):
        for other, (others, _) in zip(models, found, strict=True):
            if series == others and one is not other:
                assert (one.ratio, one.seed, one.parent) != (other.ratio, other.seed, other.parent)
