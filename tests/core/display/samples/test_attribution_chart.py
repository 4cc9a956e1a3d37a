"""The picture of an occlusion map: valid, rows by name, one scale of pixels."""

from core.display.samples.attribution.chart import map_over_image


def test_the_image_lies_under_the_cells_on_the_images_own_pixels():
    spec = map_over_image(size=260, side=8, title="change of margin where hidden").to_dict()
    backdrop, picture, cells, crosses = spec["layer"]
    assert [one["data"]["name"] for one in spec["layer"]] == [
        "picture", "picture", "cells", "cells",
    ]  # fmt: skip
    assert (picture["mark"]["width"], picture["mark"]["smooth"]) == (260, False)
    assert backdrop["encoding"]["x2"] == {"value": 260}
    assert cells["encoding"]["x"]["scale"]["domain"] == [0, 8]
    assert cells["encoding"]["y"]["scale"] == {"domain": [0, 8], "nice": False, "reverse": True}
    assert cells["encoding"]["color"]["scale"]["domain"] == [-1, 0, 1]
    assert cells["encoding"]["color"]["title"] == "change of margin where hidden"
    assert crosses["transform"][0] == {"filter": "datum.strength === null"}
    assert not spec.get("datasets")
