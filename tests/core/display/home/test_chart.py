"""What Home's figure draws, read from its specification."""

from __future__ import annotations

from core.display.home.chart import accuracy_by_sparsity


def test_series_have_their_colours_and_corrupted_images_are_dashed() -> None:
    spec = accuracy_by_sparsity({"Magnitude": "#123456", "Random": "#654321"}).to_dict()
    lines, points = spec["layer"]
    assert spec["data"] == {"name": "points"}
    assert lines["mark"]["interpolate"] == "linear"
    for layer in (lines, points):
        scale = layer["encoding"]["color"]["scale"]
        assert scale == {"domain": ["Magnitude", "Random"], "range": ["#123456", "#654321"]}
    dashes = lines["encoding"]["strokeDash"]["scale"]
    assert dict(zip(dashes["domain"], dashes["range"], strict=True)) == {
        "clean": [1, 0],
        "corrupted": [4, 4],
    }
    assert lines["encoding"]["x"]["title"] == "target sparsity (logarithmic in what remains)"
