"""Occlusion maps on the page of samples without a browser."""

from __future__ import annotations

from pathlib import Path

import duckdb
from streamlit.testing.v1 import AppTest

from tests.pages.opening import open_page, url
from tests.pages.samples_page import COMPARED, PAGE, texts
from tests.study_file import write_study


def attributed(studies: Path, *rows: str) -> Path:
    path = write_study(studies / "tiny.duckdb")
    with duckdb.connect(str(path)) as study:
        for row in rows:
            study.execute(f"INSERT INTO attribution VALUES {row}")
    return path


REFERENCE_MAP = "(0, 0, 5, '{}', 4, 4, 2, [0, 1, 2, -4])"
COMPARED_MAP = "(2, 2, 5, '{}', 4, 4, 2, [0, 1, 2, 4])"


def maps(app: AppTest) -> list[str]:
    alts = [one.proto.alt for one in app.get("vega_lite_chart")]
    return [one for one in alts if one.startswith("Occlusion map")]


def test_occlusion_maps_stand_over_the_image_with_their_difference(studies: Path) -> None:
    both = [REFERENCE_MAP, COMPARED_MAP]
    attributed(studies, *(one.format(name) for one in both for name in ("margin", "angle")))
    app = open_page(PAGE, **COMPARED, sample="5", sample_part="where")
    assert maps(app) == [
        "Occlusion map over the image, reference: −4.000 to +2.000.",
        "Occlusion map over the image, compared: 0.000 to +4.000.",
        "Occlusion map over the image, difference: 0.000 to +8.000.",
    ]
    assert "a square of 4 × 4 pixels, moved by 4" in texts(app)
    assert "no occlusion map" not in texts(app)
    app.button_group(key="choose_attribution_metric").set_value("angle").run()
    assert not app.exception
    assert maps(app)[2] == "Occlusion map over the image, difference: 0.00 to +8.00°."
    assert url(app)["attribution_metric"] == "angle"


def test_a_sample_without_a_map_says_how_to_make_one(studies: Path) -> None:
    attributed(studies, REFERENCE_MAP.format("margin"))
    app = open_page(PAGE, **COMPARED, sample="5", sample_part="where")
    assert len(maps(app)) == 1
    said = [one.value.replace("\\", "") for one in app.main.info]
    (missing,) = [one for one in said if "occlusion map" in one]
    assert "no occlusion map of sample 5" in missing
    assert (
        "`python -m pipelines.attribute STUDY.toml --models lenet5-magnitude-0.9 --samples 5 "
        "--conditions fog-3`"
    ) in missing
    same = {"reference": "lenet5-random-0.5", "compared": "lenet5-random-0.5"}
    again = open_page(PAGE, **same, sample="5", sample_part="where")
    assert texts(again).count("no occlusion map of sample 5") == 1


def test_imported_features_have_no_map_and_say_so(studies: Path) -> None:
    path = attributed(studies, REFERENCE_MAP.format("margin"))
    with duckdb.connect(str(path)) as study:
        study.execute("UPDATE models SET sparsity_source = 'stated' WHERE model_id = 2")
    app = open_page(PAGE, **COMPARED, sample="5", sample_part="where")
    assert "the model's features were imported" in texts(app)
    assert "pipelines.attribute" not in texts(app)


def test_maps_of_different_squares_have_no_difference_and_say_so(studies: Path) -> None:
    other = "(2, 2, 5, 'margin', 8, 8, 1, [3])"
    attributed(studies, REFERENCE_MAP.format("margin"), other)
    app = open_page(PAGE, **COMPARED, sample="5", sample_part="where")
    assert len(maps(app)) == 2
    assert "made with different squares, so there is no difference" in texts(app)


def test_a_study_without_images_has_no_maps(studies: Path) -> None:
    path = attributed(studies)
    with duckdb.connect(str(path)) as study:
        study.execute("UPDATE study SET image_size = NULL")
    app = open_page(PAGE, **COMPARED, sample="5", sample_part="where")
    assert "This study was imported without images" in texts(app)
    assert "no occlusion map" not in texts(app)
