"""What stands on screen is written for people: no names from the code, no unrounded numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opening import open_page
from tests.study_file import write_study

TABLE = "pages/1_Evaluation_Table.py"
LOCAL = "pages/2_Local_Geometry.py"
GLOBAL = "pages/3_Global_Geometry.py"
SAMPLES = "pages/4_Samples.py"
ROBUST = "pages/5_Robustness.py"
COMPARED = {"compared": "lenet5-random-0.5", "compared_condition": "gaussian_noise-3"}
CHOSEN = '{"answered":["lenet5-dense","clean"],"correct":true}'
VIEWS = {
    "home": ("Home.py", {}),
    "table": (TABLE, COMPARED),
    "table of a class": (TABLE, {**COMPARED, "class": "car"}),
    "angle and length": (LOCAL, {**COMPARED, "look": "lie", "explain": "yes"}),
    "angle and length, one class": (LOCAL, {**COMPARED, "class": "car", "shown_angle": "~60"}),
    "compare": (LOCAL, {**COMPARED, "look": "changed", "change_angle": "-1~"}),
    "compare what was chosen by it": (LOCAL, {**COMPARED, "look": "changed", "subset": CHOSEN}),
    "sweep": (LOCAL, {**COMPARED, "look": "ratios"}),
    "across models": (LOCAL, {**COMPARED, "look": "models"}),
    "table of what was chosen by it": (TABLE, {**COMPARED, "subset": CHOSEN}),
    "global": (GLOBAL, {**COMPARED, "class": "car", "axes_rows": "show"}),
    "gallery": (SAMPLES, COMPARED),
    "one sample": (SAMPLES, {**COMPARED, "sample": "3"}),
    "one sample by probability": (SAMPLES, {"sample": "0", "sample_colour": "probability"}),
    "why answers change": (SAMPLES, {**COMPARED, "samples_view": "why"}),
    "fragile and robust": (SAMPLES, {**COMPARED, "samples_view": "fragile"}),
    "exemplars": (SAMPLES, {**COMPARED, "samples_view": "exemplars"}),
    "robustness": (ROBUST, COMPARED),
    "flips": (ROBUST, {"foretold": "pruning"}),
    "potential": (ROBUST, {"robustness": "potential"}),
    "severity": (ROBUST, {**COMPARED, "robustness": "severity"}),
    "relative change": (ROBUST, {**COMPARED, "robustness": "change", "change_of": "angle"}),
    "alike": (ROBUST, {"robustness": "alike", "alike": "corruptions", "alike_severity": "3"}),
    "confidence": (ROBUST, {**COMPARED, "robustness": "confidence"}),
    "classes": (ROBUST, {**COMPARED, "robustness": "classes"}),
    "decks": (ROBUST, {**COMPARED, "robustness": "decks", "deck_by": "hand"}),
    "global, stacked": (GLOBAL, {**COMPARED, "axes_of": "beside", "axes_colour": "predicted"}),
}
CODE_NAME = re.compile(r"[A-Za-z0-9]_[A-Za-z]")
UNROUNDED = re.compile(r"\d\.\d{5,}")


@pytest.fixture(params=VIEWS)
def view(request: pytest.FixtureRequest, studies: Path) -> AppTest:
    write_study(studies / "tiny.duckdb", sample_count=400)
    page, query = VIEWS[request.param]
    return open_page(page, **query)


def as_read(text: str) -> str:
    """Markdown without code, links, icons and the marks that escape."""
    text = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)|:material/\w+:", " ", text, flags=re.DOTALL)
    return text.replace("\\", "")


def texts_on(app: AppTest) -> Iterator[str]:
    for kind in ("title", "subheader", "markdown", "caption", "info", "warning", "metric"):
        for element in getattr(app, kind):
            # Streamlit puts styles and legends into elements of their own
            yield as_read(str(getattr(element, "label", "")) + " " + str(element.value or ""))
    for kind in ("button", "selectbox", "multiselect", "number_input", "text_input", "toggle"):
        for element in getattr(app, kind):
            yield as_read(element.label)
            if kind in {"selectbox", "multiselect"} and element.key != "choose_study":
                yield from element.options


def charts_on(app: AppTest) -> Iterator[tuple[dict[str, Any], dict[str, pl.DataFrame]]]:
    for chart in app.get("vega_lite_chart"):
        tables = {
            one.name: pl.read_ipc_stream(BytesIO(one.data.data)) for one in chart.proto.datasets
        }
        yield json.loads(chart.proto.spec), tables


def encodings(spec: Any) -> Iterator[dict[str, Any]]:
    if isinstance(spec, dict):
        if isinstance(spec.get("encoding"), dict):
            yield spec["encoding"]
        for part in spec.values():
            yield from encodings(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from encodings(part)


def shown_fields(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Channel and definition of everything whose name or values a person reads."""
    for encoding in encodings(spec):
        tooltips = encoding.get("tooltip", [])
        for one in tooltips if isinstance(tooltips, list) else [tooltips]:
            yield "tooltip", one
        for channel in ("x", "y", "color", "shape", "text"):
            one = encoding.get(channel)
            if isinstance(one, dict) and "field" in one:
                yield channel, one


def test_no_text_has_a_name_from_the_code_or_an_unrounded_number(view: AppTest) -> None:
    texts = list(texts_on(view))
    assert len(texts) > 10
    assert [text for text in texts if CODE_NAME.search(text) or UNROUNDED.search(text)] == []


def test_no_chart_has_a_name_from_the_code(view: AppTest) -> None:
    untitled = [
        (channel, one)
        for spec, _ in charts_on(view)
        for channel, one in shown_fields(spec)
        if CODE_NAME.search(str(one["title"] if one.get("title") else ""))
        or (one.get("title", "") == "" and "title" not in one and CODE_NAME.search(one["field"]))
    ]
    assert [one for one in untitled if one[0] == "tooltip" or one[1].get("axis", 1)] == []


def test_no_tooltip_has_a_name_from_the_code_or_an_unrounded_number(view: AppTest) -> None:
    wrong = []
    for spec, tables in charts_on(view):
        columns = {
            (name, column): table[column]
            for name, table in tables.items()
            for column in table.columns
        }
        for channel, one in shown_fields(spec):
            if channel != "tooltip":
                continue
            for (_, column), values in columns.items():
                if column != one["field"] or column == "image":
                    continue
                if values.dtype.is_float() and "format" not in one:
                    wrong.append((column, "a number without a format"))
                elif values.dtype == pl.String:
                    wrong += [
                        (column, text)
                        for text in values.drop_nulls().unique()
                        if CODE_NAME.search(text) or UNROUNDED.search(text)
                    ]
    assert wrong == []
