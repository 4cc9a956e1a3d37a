"""The global geometry page: intervals in the link, subsets, orders, many classes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from core.display.global_geometry.parallel.view import LAYOUTS
from core.display.global_geometry.plot_area import NAMES_HEIGHT
from core.display.global_geometry.small_multiples.frames import HEIGHT
from core.store.combination import Combination, Key
from core.store.connection import connect, query
from core.store.queries.class_angles import mean_class_angles
from core.store.queries.paired import PairedSamples
from core.store.subsets import json_format
from core.store.subsets.base import SampleFilter
from core.store.subsets.combinators import AllOf
from core.store.subsets.predicates import Correctness, OfClass, PredictedAs
from core.store.subsets.ranges import AngleToClass, MetricUnder, Range, RangeFilter
from tests.many_classes import write_many_class_study
from tests.pages.opening import open_page, url
from tests.study_file import write_study

PAGE = "pages/3_Global_Geometry.py"
METRICS = ["length", "margin", "true-class probability"]


def words(app: AppTest) -> list[str]:
    found = [m.value for m in (*app.main.markdown, *app.main.caption)]
    return [text.replace("\\", "").replace("\u00a0", " ") for text in found]


def chart(app: AppTest, start: str = "parallel_coordinates_") -> Any:
    """The first chart whose key starts so."""
    keys = [one.proto.id for one in app.get("vega_lite_chart")]
    (found, *_) = [
        one for one, key in zip(app.get("vega_lite_chart"), keys, strict=True) if start in key
    ]
    return found.proto


def specification(app: AppTest, start: str = "parallel_coordinates_") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(chart(app, start).spec)
    return found


def table(app: AppTest, name: str, start: str = "parallel_coordinates_") -> pl.DataFrame:
    (found,) = [one for one in chart(app, start).datasets if one.name == name]
    return pl.read_ipc_stream(io.BytesIO(found.data.data))


def axis_names(app: AppTest) -> list[str]:
    return table(app, "axes")["name"].to_list()


@pytest.fixture
def tiny(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


def test_axes_are_all_classes_then_the_metrics(tiny: None) -> None:
    app = open_page(PAGE, **{"class": "bird"})
    expected = ["plane", "car", "bird (true class)", "cat", *METRICS]
    assert axis_names(app) == expected


def test_ordered_by_angle_the_own_class_comes_first(tiny: None) -> None:
    app = open_page(PAGE, axes_order="angle", **{"class": "bird"})
    assert axis_names(app)[0] == "bird (true class)"


def selected(app: AppTest) -> list[str]:
    return [text for text in words(app) if text.startswith("**Selected")]


def test_an_interval_in_the_link_selects_the_samples_that_pass_and_becomes_a_filter(
    tiny: None,
) -> None:
    app = open_page(PAGE, interval="reference:angle::30:bird", **{"class": "bird"})
    (line,) = selected(app)
    kept = int(line.removeprefix("**Selected ").split("**")[0])
    assert 0 < kept < 10
    app.button(key="use_ranges").click().run()
    under = AngleToClass(Combination("lenet5-dense", "clean"), "bird")
    expected = RangeFilter(under, Range(None, 30.0))
    assert json_format.loads(url(app)["subset"]) == expected
    assert "interval" not in url(app)
    assert any(text.endswith(f"· **{kept}** of 40") for text in words(app))


def test_an_interval_is_taken_away_with_its_button(tiny: None) -> None:
    app = open_page(PAGE, interval=["compared:length:5::", "reference:angle::30:bird"])
    app.button(key="interval_compared:length:5::").click().run()
    assert url(app)["interval"] == "reference:angle::30:bird"


def test_true_class_probability_is_a_range_in_the_link_and_a_filter(tiny: None) -> None:
    app = open_page(PAGE, interval="compared:true_probability:0.8::", **{"class": "bird"})
    (line,) = selected(app)
    kept = int(line.removeprefix("**Selected ").split("**")[0])
    assert 0 < kept < 10
    (place, *_) = table(app, "ranges").rows()
    assert place == (5.87, 6.13, 0.8, 1.0)
    app.button(key="use_ranges").click().run()
    pruned = Combination(url(app)["compared"], url(app)["compared_condition"])
    expected = RangeFilter(MetricUnder(pruned, "true_probability"), Range(0.8, None))
    assert json_format.loads(url(app)["subset"]) == expected
    assert any(text.endswith(f"· **{kept}** of 40") for text in words(app))
    assert any("true-class probability at least 0.8 under" in text for text in words(app))
    assert not [text for text in words(app) if "true_probability" in text]


def test_a_text_that_is_no_interval_is_ignored(tiny: None) -> None:
    app = open_page(PAGE, interval=["nonsense", "reference:angle:1:2:horse"])
    assert not selected(app)


def test_zero_features_are_counted(tiny: None) -> None:
    app = open_page(PAGE, reference="lenet5-magnitude-0.9", axes_of="reference",
                    **{"class": "plane"})  # fmt: skip
    assert any("1 of 10 samples have no angles" in text for text in words(app))


@pytest.mark.parametrize("classes", [100, 1000])
def test_many_classes_are_chosen_by_a_named_rule(studies: Path, classes: int) -> None:
    write_many_class_study(studies / "many.duckdb", classes=classes)
    app = open_page(PAGE, **{"class": "class 7"})
    names = axis_names(app)
    assert names[0] == "class 7 (true class)"
    assert set(names[1:3]) == {"class 8", "class 9"}
    assert len(names) == 12 + 3
    assert any(
        f"12 of {classes:,} class directions: class 7 and those most often confused with class 7"
        in text
        for text in words(app)
    )
    assert any("nearest class directions" in text for text in words(app)) == (classes > 100)
    assert not [text for text in words(app) if "zero feature" in text]


@pytest.mark.parametrize("classes", [100, 1000])
def test_the_largest_shifts_come_first(studies: Path, classes: int) -> None:
    path = write_many_class_study(studies / "many.duckdb", classes=classes)
    app = open_page(PAGE, axes_rule="shifted", **{"class": "class 7"})
    with connect(path) as connection:
        paired = PairedSamples(Key(0, 0), Key(1, 0), SampleFilter(7))
        means = mean_class_angles(connection, paired)
    often = means.filter((pl.col("pairs") >= pl.col("pairs").max() / 10), pl.col("class_id") != 7)
    largest = often.sort(pl.col("shift").abs(), descending=True)["class_id"].head(11)
    names = set(axis_names(app)) - {"class 7 (true class)", *METRICS}
    assert {f"class {k}" for k in largest} <= names
    assert any("whose mean angle shifts most" in text for text in words(app))


def test_the_classes_that_pruning_hurts_most_come_first(studies: Path) -> None:
    path = write_many_class_study(studies / "many.duckdb", classes=100)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "UPDATE accuracy_rollup SET correct_count = 0 "
            "WHERE model_id = 1 AND label IN (31, 62, 93)"
        )
    app = open_page(PAGE, axes_rule="hurt", **{"class": "class 7"})
    assert {"class 31", "class 62", "class 93"} <= set(axis_names(app))
    assert any("whose own accuracy falls most" in text for text in words(app))


def test_hand_picked_classes_are_the_axes(studies: Path) -> None:
    write_many_class_study(studies / "many.duckdb", classes=100)
    app = open_page(PAGE, axes_rule="picked", axes_classes=["class 40", "class 3"],
                    **{"class": "class 7"})  # fmt: skip
    expected = ["class 3", "class 7 (true class)", "class 40", *METRICS]
    assert axis_names(app) == expected


def test_a_thousand_lines_are_drawn_of_more_and_it_is_said(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=1300)
    first = open_page(PAGE, axes_of="reference")
    assert drawn_lines(first) == 0, "densities and means come first"
    app = open_page(PAGE, axes_of="reference", axes_lines_of="all")
    assert any(text.startswith("1,000 of 1,300 samples are drawn") for text in words(app))
    assert drawn_lines(app) == 1000


def drawn_lines(app: AppTest) -> int:
    return str(table(app, "picture")["url"][0]).count("%3Cpath class=")


def test_another_class_changes_rows_only(tiny: None) -> None:
    specs = [
        [one.proto.spec for one in open_page(PAGE, **{"class": name}).get("vega_lite_chart")]
        for name in ("bird", "plane")
    ]
    assert specs[0] == specs[1]


@pytest.mark.parametrize("colour", ["role", "outcome", "predicted"])
def test_both_combinations_take_any_colour(tiny: None, colour: str) -> None:
    app = open_page(PAGE, axes_colour=colour, compared="lenet5-random-0.5", **{"class": "bird"})
    (legend,) = [one.proto.body for one in app.get("html") if "border-top" in one.proto.body]
    assert ("dashed: compared" in legend) == (colour != "role")
    expected = {"role": "reference", "outcome": "incorrect", "predicted": "predicted bird"}[colour]
    assert expected in legend
    assert drawn_lines(app) == 20


def test_angles_outside_the_fixed_degrees_are_counted(studies: Path) -> None:
    path = write_study(studies / "tiny.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "UPDATE sample_metrics SET angles = [150, 5, 90, 90]::FLOAT[4] "
            "WHERE model_id = 0 AND condition_id = 0 AND sample_id IN (2, 6, 10)"
        )
    app = open_page(PAGE, axes_of="reference")
    (line,) = [text for text in words(app) if "stand at the rim" in text]
    sql = """
        SELECT count(*) FILTER (angle < 20) AS below, count(*) FILTER (angle > 140) AS above,
               count(angle) AS angles
        FROM (SELECT unnest([CASE WHEN label = 0 THEN angle ELSE angles[1] END,
                             CASE WHEN label = 1 THEN angle ELSE angles[2] END,
                             CASE WHEN label = 2 THEN angle ELSE angles[3] END,
                             CASE WHEN label = 3 THEN angle ELSE angles[4] END]) AS angle
              FROM sample_metrics WHERE model_id = 0 AND condition_id = 0)
    """
    with connect(path) as connection:
        below, above, both = query(connection, sql).row(0)
    assert below >= 2
    assert above >= 2
    assert line == (
        f"Under the reference, {below + above} of {both} angles on these axes lie outside 20° to "
        f"140° and stand at the rim: {below} below, {above} above."
    )


def test_typed_ends_are_a_range_and_none_is_none(tiny: None) -> None:
    app = open_page(PAGE, **{"class": "bird"})
    app.selectbox(key="range_axis").select("angle to bird").run()
    app.selectbox(key="range_role").select("reference").run()
    app.number_input(key="reference:angle:bird_high").set_value(30.0).run()
    assert url(app)["interval"] == "reference:angle::30:bird"
    assert len(selected(app)) == 1
    assert table(app, "ranges").height == 1
    app.number_input(key="reference:angle:bird_high").set_value(None).run()
    assert "interval" not in url(app)


def test_a_link_holds_how_lines_are_drawn(tiny: None) -> None:
    app = open_page(PAGE, **{"class": "bird"})
    assert not [key for key in url(app) if key.startswith("axes_")]
    app.selectbox(key="choose_axes_bend").select("straight").run()
    app.selectbox(key="choose_axes_means").select("hide").run()
    link = url(app)
    assert (link["axes_bend"], link["axes_means"]) == ("straight", "hide")
    again = open_page(PAGE, **link)
    for name in ("picture", "cells", "axes", "moments"):
        assert table(again, name).equals(table(app, name))
    assert specification(again) == specification(app)


def test_a_cell_of_the_matrix_becomes_the_filter_of_either_combination(tiny: None) -> None:
    app = open_page(PAGE, compared="lenet5-random-0.5", cell="bird → cat", **{"class": "bird"})
    for name in ("difference", "reference", "compared"):
        matrix = specification(app, f"confusion_{name}")
        assert table(app, "frame", f"confusion_{name}").rows() == [(0, 3)]
        assert [param["name"] for param in matrix["params"]] == ["cell"]
    label = app.button(key="cell_compared").label
    app.button(key="cell_compared").click().run()
    pair = Combination("lenet5-random-0.5", "clean")
    assert json_format.loads(url(app)["subset"]) == AllOf(
        (OfClass("bird"), PredictedAs(pair, "cat"))
    )
    assert url(app)["class"] == "All classes"
    count = label.removeprefix("Use as filter: ").split()[0]
    assert any(text.endswith(f"· **{count}** of 40") for text in words(app))


def test_a_cell_can_be_chosen_without_a_mouse_and_shows_its_samples_as_links(tiny: None) -> None:
    app = open_page(PAGE, compared="lenet5-random-0.5")
    box = app.selectbox(key="cell_box")
    assert box.value is None
    (option,) = [one for one in box.options if one.startswith("true bird, predicted cat:")]
    before, after = (int(one) for one in option.rpartition(": ")[2].split(" → "))
    box.select("bird → cat").run()
    assert not app.exception
    assert url(app)["cell"] == "bird → cat"
    for role, count in (("reference", before), ("compared", after)):
        opens = [one for one in app.button if str(one.key).startswith(f"cell_sample_{role}")]
        assert len(opens) == min(8, count)
        assert f"{count} sample" in app.button(key=f"cell_{role}").label
    assert after > 0


@pytest.mark.parametrize("class_name", ["All classes", "bird"])
def test_the_matrices_count_the_samples_that_the_page_says(tiny: None, class_name: str) -> None:
    subset = json_format.dumps(Correctness(Combination("lenet5-dense", "clean"), True))
    app = open_page(PAGE, subset=subset, **{"class": class_name})
    (line,) = (text for text in words(app) if text.endswith("of 40"))
    said = int(line.split("**")[-2])
    assert 0 < said < 40
    cells = table(app, "cells", "confusion_difference")
    assert cells["reference"].sum() == cells["compared"].sum() == said


def test_a_cell_in_the_link_that_the_study_lacks_is_ignored(tiny: None) -> None:
    app = open_page(PAGE, cell="horse → cat")
    assert not [one for one in app.button if str(one.key).startswith("cell_")]
    empty = open_page(PAGE, subset=json_format.dumps(OfClass("plane")), cell="bird → bird")
    assert empty.selectbox(key="cell_box").value is None


def test_the_matrix_of_many_classes_shows_those_that_change_most(studies: Path) -> None:
    write_many_class_study(studies / "many.duckdb", classes=100)
    app = open_page(PAGE, **{"class": "class 77"})
    assert any("20 of 100 classes are shown, those whose rows" in text for text in words(app))
    classes = table(app, "columns", "confusion_difference")
    assert classes.height == 20
    assert classes.filter("own")["name"].to_list() == ["class 77"]


def test_any_twenty_classes_take_the_same_charts(studies: Path) -> None:
    write_many_class_study(studies / "many.duckdb", classes=100)
    specs = [
        [one.proto.spec for one in open_page(PAGE, **{"class": name}).get("vega_lite_chart")]
        for name in ("class 77", "class 3")
    ]
    assert specs[0] == specs[1]


def test_a_combination_compared_with_itself_gets_a_word(tiny: None) -> None:
    app = open_page(PAGE, compared="lenet5-dense")
    word = "Reference and compared are the same combination: nothing differs."
    assert words(app).count(word) == 2
    keys = [one.proto.id for one in app.get("vega_lite_chart")]
    assert not [key for key in keys if "axis_shifts" in key or "confusion_difference" in key]
    assert table(app, "cells", "confusion_reference")["reference"].sum() == 40


def test_the_selection_is_cleared_at_once(tiny: None) -> None:
    app = open_page(PAGE, interval=["compared:length:5::", "reference:angle::30:bird"])
    assert len(selected(app)) == 1
    app.button(key="clear_ranges").click().run()
    assert "interval" not in url(app)
    assert not selected(app)


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ({}, "Overlaid"),
        ({"axes_of": "both"}, "Overlaid"),
        ({"axes_of": "beside"}, "Stacked"),
        ({"axes_of": "reference"}, "Reference"),
        ({"axes_of": "compared", "axes_lines": "50", "axes_strength": "0.4"}, "Compared"),
    ],
)
def test_old_links_open_the_same_view(tiny: None, link: dict[str, str], shown: str) -> None:
    app = open_page(PAGE, axes_drag="reference", axes_order="shift", **link)
    assert LAYOUTS[app.session_state["choose_axes_of"]] == shown
    assert len([one for one in app.get("vega_lite_chart") if "parallel" in one.proto.id]) == (
        2 if shown == "Stacked" else 1
    )
    assert url(app).items() >= link.items()


def test_an_old_link_with_a_subset_opens_it(tiny: None) -> None:
    old = (
        '{"all":[{"outcome":"fixed","from":["lenet5-random-0.5","clean"],'
        '"to":["lenet5-dense","clean"]},{"answered":["lenet5-dense","clean"],"correct":true},'
        '{"angle_to":"bird","of":["lenet5-dense","clean"],"range":[null,80.0]}]}'
    )
    app = open_page(PAGE, subset=old)
    assert any("angle to bird at most 80° under" in text for text in words(app))


def strips(app: AppTest) -> list[str]:
    return [text for text in words(app) if "· accuracy" in text and "%" in text]


def test_rows_of_models_are_added_and_removed_and_stand_in_the_link(tiny: None) -> None:
    app = open_page(PAGE, axes_rows="show", **{"class": "bird"})
    assert len(strips(app)) == 2
    app.selectbox(key="strip_series").select("Magnitude").run()
    app.button(key="add_strips").click().run()
    assert app.query_params["keep"] == ["lenet5-magnitude-0.5@clean", "lenet5-magnitude-0.9@clean"]
    assert len(strips(app)) == 3
    charts = [json.loads(one.proto.spec) for one in app.get("vega_lite_chart")]
    rows = [one for one in charts if one.get("height") in {HEIGHT, HEIGHT + NAMES_HEIGHT}]
    assert len(rows) == 3
    scales = [one["layer"][0]["encoding"]["x"]["scale"] for one in rows]
    assert scales == [scales[0]] * 3
    app.button(key="drop_strip_2_0").click().run()
    assert len(strips(app)) == 2
