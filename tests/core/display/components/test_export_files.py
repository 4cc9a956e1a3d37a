"""Files of charts and tables, without a page."""

from __future__ import annotations

import io
from functools import partial

import polars as pl
import pytest
import streamlit as st
from polars.testing import assert_frame_equal

from core.display.components.export_files import (
    Export,
    csv_bytes,
    latex_bytes,
    on_paper,
    parquet_bytes,
    shown_format,
    sql_bytes,
)
from core.display.provenance import study_provenance
from core.display.robustness.potential.chart import potential_dots
from core.display.theme import TEXT
from core.store.queries.accuracy import accuracy
from tests.open_study import context_of, open_study
from tests.study_file import write_study


@pytest.fixture
def export(tmp_path):
    context = context_of(open_study(write_study(tmp_path / "tiny.duckdb")))
    rows = context.study.run(accuracy)
    origin = context.study.origin(rows)
    source = study_provenance(context.study.about, made_by=("made by f()",), link="http://app/?a=1")
    return Export(context, "Recall: 50 % & more", ("40 samples",), (origin,), source)


def test_the_name_says_study_version_and_title(export):
    assert export.file_name("csv") == "study-000000000000-recall-50-more.csv"


def test_csv_and_parquet_hold_the_frame(export):
    rows = pl.DataFrame({"a": ['x,"y"', None], "n": [1, 2], "share": [0.1 + 0.2, None]})
    assert_frame_equal(pl.read_csv(io.BytesIO(csv_bytes(rows))), rows)
    written = parquet_bytes(rows, export)
    assert_frame_equal(pl.read_parquet(io.BytesIO(written)), rows)
    about = pl.read_parquet_metadata(io.BytesIO(written))
    assert about["title"] == "Recall: 50 % & more"
    assert "link: http://app/?a=1" in about["provenance"]
    assert "FROM accuracy_rollup" in about["provenance"]


def test_lists_are_json_in_csv():
    rows = pl.DataFrame({"a": [[1, 2], None, []]})
    assert csv_bytes(rows).decode() == 'a\n"[1, 2]"\n\n[]\n'


def test_latex_is_written_as_the_page_shows_it(export):
    rows = pl.DataFrame({"share": [0.5], "points": [-1.25], "n": [1234]})
    columns = {
        "share": st.column_config.NumberColumn(format="percent"),
        "points": st.column_config.NumberColumn(format="%+.1f"),
    }
    text = latex_bytes(rows, export, columns).decode()
    assert "50.0~\\% & $-$1.2 & 1,234 \\\\" in text
    assert text.startswith("% 40 samples\n% Four classes, four models · version 000000000000")
    assert r"\caption{Recall: 50 \% \& more}" in text


def test_columns_without_a_format_are_written_as_usual():
    for config in (None, {}, st.column_config.TextColumn(pinned=True), "a title"):
        assert shown_format(config) is None


def test_the_sql_comes_with_its_provenance(export):
    text = sql_bytes(export).decode()
    assert text.startswith("-- Four classes, four models · version 000000000000")
    assert "\n-- made by f()\n" in text
    assert "FROM accuracy_rollup" in text and '-- {"class_id": null}' in text


def test_pictures_have_the_text_of_light_paper():
    dark = partial(
        potential_dots, {"a": "#000000"}, rows=("r",), measures=("m",), text=TEXT["dark"]
    )
    drawn = on_paper(dark).to_json(validate=False)
    assert TEXT["light"] in drawn
    assert TEXT["dark"] not in drawn
