"""The page of the latent space."""

from __future__ import annotations

from pathlib import Path

from core.display.latent_space.guide import CHAPTERS
from tests.collapsed_study import write_collapsed
from tests.pages.opening import chart, open_page, select_on_chart, url
from tests.plane_study import MODELS, write_plane_study
from tests.study_file import write_study

PAGE = "pages/6_Latent_Space.py"


def test_the_plane_is_drawn_with_a_sample_to_measure(studies: Path) -> None:
    write_plane_study(studies / "flat.duckdb")
    app = open_page(PAGE)
    assert '"bind"' in chart(app, "plane_plot").spec
    assert any("30 samples, clean (the reference's condition)" in one.value for one in app.caption)
    app = select_on_chart(app, "plane_plot", {"pick": [{"sample": "4"}]})
    assert url(app)["plane_sample"] == "4"
    assert any(one.key == "plane_4" for one in app.button)


def test_the_stills_have_a_picture_for_each_version(studies: Path) -> None:
    write_plane_study(studies / "flat.duckdb")
    app = open_page(PAGE, plane_layout="stills")
    assert len(app.get("vega_lite_chart")) == 3


def test_one_version_needs_no_slider(studies: Path) -> None:
    write_plane_study(studies / "flat.duckdb", models=MODELS[:1])
    app = open_page(PAGE)
    assert '"bind"' not in chart(app, "plane_plot").spec


def test_without_a_network_of_two_features_it_says_which_lines_make_one(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    (info,) = open_page(PAGE, latent="plane").info
    assert "feature_width = 2" in info.value
    assert "python -m pipelines.run pipelines/studies/digits.toml" in info.value


def test_the_maps_of_angle_and_length_are_of_the_reference(studies: Path) -> None:
    write_plane_study(studies / "flat.duckdb")
    app = open_page(PAGE, latent="position", reference="flat-90")
    assert len(app.get("vega_lite_chart")) == 2
    assert any("sparsity 90.0" in one.value for one in app.caption)


def test_widths_are_shown_where_the_study_has_several(studies: Path) -> None:
    write_plane_study(studies / "flat.duckdb")
    app = open_page(PAGE, latent="dimensions")
    assert chart(app, "Angle to the true class by feature width")
    write_study(studies / "tiny.duckdb")
    app = open_page(PAGE, latent="dimensions", study="tiny")
    assert any("pipelines/studies/widths.toml" in one.value for one in app.markdown)


def test_class_directions_of_both_models_and_their_change(studies: Path) -> None:
    write_plane_study(studies / "flat.duckdb")
    app = open_page(PAGE, latent="directions", reference="flat", compared="wide")
    for shown in ("difference", "reference", "compared"):
        assert chart(app, f"Cosines between class directions: {shown}")
    assert any("mean absolute change" in one.value for one in app.markdown)


def test_each_chapter_leads_to_the_next(studies: Path) -> None:
    write_plane_study(studies / "flat.duckdb")
    app = open_page(PAGE)
    for chapter in list(CHAPTERS)[1:]:
        (button,) = [one for one in app.button if one.key == "next_chapter"]
        assert button.label == f"Next: {CHAPTERS[chapter]}"
        app = button.click().run()
        assert not app.exception
        assert url(app)["latent"] == chapter
    assert not [one for one in app.button if one.key == "next_chapter"]


def test_neural_collapse_has_a_plot_for_each_measure(studies: Path) -> None:
    write_collapsed(studies / "tiny.duckdb")
    app = open_page(PAGE, latent="collapse")
    alts = [one.proto.alt for one in app.get("vega_lite_chart")]
    assert alts[0] == "Series: Magnitude, Random."
    assert [one.partition(" by target sparsity")[0] for one in alts[1:]] == [
        "NC1", "NC1 (pseudo-inverse)", "NC2 (norms)", "NC2 (cosines)", "NC3", "NC4",
    ]  # fmt: skip
    assert any("all 40 clean test images" in one.value for one in app.caption)
    assert any("1 model without some measure" in one.value for one in app.caption)
    app = open_page(PAGE, latent="collapse", collapse_against="robustness")
    captions = [one.value for one in app.caption]
    assert "Spearman's correlation undefined over 4 models" in captions
    assert len([one for one in captions if one.startswith("Spearman's")]) == 6


def test_without_measures_it_says_which_command_takes_them(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    (info,) = open_page(PAGE, latent="collapse").info
    assert "python -m pipelines.run" in info.value


def test_class_directions_need_a_last_layer(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")
    (info,) = open_page(PAGE, latent="directions").info
    assert info.value.startswith("The study holds no last layers")
