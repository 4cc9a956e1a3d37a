"""Terms in headers of tables, titles of charts and labels of choices carry their explanation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.corruptions import CORRUPTIONS
from core.display import labels
from core.display.terms import TERMS, explanation
from tests.pages.opening import open_page
from tests.study_file import MODELS, TWINS, write_study

# words of headers that are no terms: they say what they mean
PLAIN = {
    "model", "name", "model_id", "images", "corruptions", "counted", "measure", "value",
    "95 % low", "95 % high", "condition", "change", "vote", "single model",
    "best model of the deck", "deck minus single (points)", "seeds", "spread", "models",
    "mean of these", "mean of others", "chance that one of these is larger", "predictor",
    "flipped", "images without the metric", "samples", "class", "sample",
    *map(labels.corruption_label, CORRUPTIONS),
}  # fmt: skip
VIEWS = [
    ("Home.py", {"provenance": "open"}),
    ("pages/1_Evaluation_Table.py", {}),
    ("pages/2_Local_Geometry.py", {"look": "ratios"}),
    ("pages/4_Samples.py", {"sample": "3"}),
    ("pages/4_Samples.py", {"samples_view": "exemplars"}),
    *(
        ("pages/5_Robustness.py", {"robustness": view})
        for view in ("severity", "confidence", "decks", "predictors", "potential", "classes")
    ),
]


def headers(app: AppTest) -> dict[str, str | None]:
    """Columns of all tables on a page, with their tooltips."""
    return {
        name: (json.loads(table.proto.columns or "{}").get(name) or {}).get("help")
        for table in app.dataframe
        for name in table.value.columns
    }


@pytest.fixture
def app_of(studies: Path):
    write_study(studies / "tiny.duckdb", sample_count=60, models=(*MODELS, *TWINS))
    return open_page


@pytest.mark.parametrize(("page", "query"), VIEWS)
def test_every_term_in_a_header_has_its_explanation(app_of, page, query):
    found = headers(app_of(page, **query))
    assert {name for name, text in found.items() if text is None} <= PLAIN
    for name, text in found.items():
        if explanation(name) is not None and name != "accuracy":
            assert text == explanation(name), name


def test_tables_are_really_looked_at(app_of):
    found = headers(app_of("pages/1_Evaluation_Table.py"))
    expected = {"target sparsity": "target sparsity", "relative mCE": "relative mce",
                "robustness": "robustness", "broken": "broken"}  # fmt: skip
    assert {name: found[name] for name in expected} == {
        name: TERMS[term] for name, term in expected.items()
    }


def test_choices_explain_themselves(app_of):
    app = app_of("pages/4_Samples.py")
    helped = {box.label: box.help for box in app.selectbox if box.help}
    assert any(TERMS["angle"] in text for text in helped.values())
    assert TERMS["reference"] in helped.values()
