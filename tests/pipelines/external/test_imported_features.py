"""Features from elsewhere give the same numbers as by hand; what does not fit is named."""

import re

import numpy as np
import pytest

from tests.pipelines.imported_study import (
    CLASSES,
    STUDY,
    assert_rows,
    expected_row,
    made,
)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".parquet"])
def test_the_published_rows_are_those_computed_by_hand(place, suffix):
    arrays = made()
    assert place.bring(arrays, suffix=suffix) == 0
    assert place.publish() == 0
    assert_rows(place.ask("SELECT * FROM sample_metrics ORDER BY sample_id"), arrays)


def test_without_ids_rows_count_and_without_a_bias_it_is_zero(place):
    arrays = made()
    del arrays["sample_ids"], arrays["bias"]
    assert place.bring(arrays) == 0
    assert_rows(place.shard(), arrays)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".parquet"])
def test_the_networks_own_logits_are_checked_where_they_come_along(place, capsys, suffix):
    arrays = made()
    logits = arrays["features"] @ arrays["weight"].T + arrays["bias"]
    assert place.bring(arrays | {"logits": logits}, suffix=suffix) == 0
    assert "logits: as W·X + b gives them" in capsys.readouterr().out
    logits[31] += 0.1 * np.abs(logits[31]).max()
    assert place.bring(arrays | {"logits": logits}, suffix=suffix, model="other") == 2
    assert "found others in row 31 (sample " in capsys.readouterr().err
    assert place.bring(arrays | {"logits": logits[:, 1:]}, suffix=suffix, model="other") == 2
    assert "logits of shape (60, 4), found (60, 3)" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [np.float16, np.float64, ">f4"])
def test_any_floating_type_is_measured_in_float64(place, kind):
    arrays = made()
    arrays["features"] = arrays["features"].astype(kind)
    assert place.bring(arrays) == 0
    assert_rows(place.shard(), arrays)


def test_arrays_in_fortran_order_are_the_same_arrays(place):
    arrays = made()
    arrays["features"] = np.asfortranarray(arrays["features"])
    assert place.bring(arrays) == 0
    assert_rows(place.shard(), arrays)


def changed(key, change):
    def apply(arrays):
        return arrays | {key: change(arrays[key].copy())}

    return apply


def put(key, row, value):
    def change(array):
        array[row] = value
        return array

    return changed(key, change)


def without(*keys):
    return lambda arrays: {k: v for k, v in arrays.items() if k not in keys}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (put("features", (41, 2), np.nan), "found NaN or infinity in row 41 \\(sample "),
        (put("features", (59, 0), np.inf), "found NaN or infinity in row 59"),
        (put("labels", 7, 4), r"labels in 0\.\.3, found 4 in row 7"),
        (put("labels", 8, -1), r"labels in 0\.\.3, found -1 in row 8"),
        (put("bias", 1, np.nan), "finite floating-point bias, found NaN"),
        (put("sample_ids", 0, 2**31), "sample_ids in 0..2147483647, found 2147483648 in row 0"),
        (without("features"), "features and labels, found bias, labels, sample_ids, weight"),
        (without("weight"), "expected weight, found bias, features, labels, sample_ids"),
        (changed("features", lambda a: a[:, :, None]), r"\(samples, m\), found \(60, 7, 1\)"),
        (changed("features", lambda a: a[:, 1:]), r"shape \(4, 6\).*found \(4, 7\)\."),
        (changed("features", lambda a: a.astype(int)), "floating-point numbers in features"),
        (changed("weight", lambda a: a.T), r"found \(7, 4\) \(a kernel of JAX or Keras"),
        (changed("bias", lambda a: a[1:]), r"bias of shape \(4,\).*found \(3,\)"),
        (changed("labels", lambda a: a[1:]), r"labels of shape \(60,\).*found \(59,\)"),
        (changed("labels", lambda a: a.astype(float)), "integers in labels, found float64"),
        (
            changed("sample_ids", lambda a: np.r_[a[:20], a[4], a[21:]]),
            r"distinct sample_ids, found \d+ in row 4 and row 20",
        ),
    ],
)
@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_arrays_that_do_not_fit_get_one_sentence_and_leave_no_model(
    place, capsys, change, sentence, suffix
):
    assert place.bring(change(made()), suffix=suffix) == 2
    error = capsys.readouterr().err
    assert re.search(sentence, error), error
    assert error.count("\n") == 1
    assert not list(place.folder.rglob("*.json"))
    assert not list(place.folder.rglob("*.partial"))


def test_a_weight_in_two_places_is_no_classifier(place, capsys):
    np.savez(place.folder / "c.npz", weight=np.ones((4, 7)))
    assert place.bring(made(), "--classifier", str(place.folder / "c.npz")) == 2
    assert "found it in both" in capsys.readouterr().err


def test_with_a_thousand_classes_the_nearest_ten_are_kept(place):
    classes, samples, width = 1_000, 2_000, 64
    names = ", ".join(f'"c{number}"' for number in range(classes))
    place.study.write_text(STUDY.replace(str(list(CLASSES)), f"[{names}]"))
    arrays = made(samples=samples, width=width, classes=classes)
    assert place.bring(arrays, suffix=".safetensors") == 0
    assert place.publish() == 0
    x, weight = arrays["features"].astype(float), arrays["weight"].astype(float)
    cosines = (x / np.maximum(np.linalg.norm(x, axis=1), 1e-30)[:, None]) @ (
        weight / np.linalg.norm(weight, axis=1)[:, None]
    ).T
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    rows = place.ask("SELECT * FROM sample_metrics ORDER BY sample_id")
    defined = np.arange(samples) != 3  # its feature is zero
    own = angles[np.arange(samples), arrays["labels"]]
    np.testing.assert_allclose(rows["angle"].to_numpy()[defined], own[defined], atol=1e-3)
    assert rows["angle"][3] is None
    found, kept = rows["angles"].to_numpy()[defined], rows["angle_classes"].to_numpy()[defined]
    assert found.shape == kept.shape == (samples - 1, 10)
    np.testing.assert_allclose(found, np.sort(angles[defined])[:, :10], atol=1e-3)
    np.testing.assert_allclose(found, np.take_along_axis(angles[defined], kept, 1), atol=1e-3)
    assert rows["angles"][3].to_list() == [None] * 10
    for row in (0, 1, samples - 1):
        expected = expected_row(arrays, row)
        assert rows["margin"][row] == pytest.approx(expected["margin"], rel=1e-4)
        assert rows["confidence"][row] == pytest.approx(expected["confidence"], rel=1e-4)
