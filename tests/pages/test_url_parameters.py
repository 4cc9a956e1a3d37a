"""Whatever a link says, every page opens: unknown values fall back, and none is taken as markup."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from core.display.state import url
from tests.pages.every_view import VIEWS, Link, name
from tests.pages.hostile import HOSTILE, markup
from tests.pages.opening import PAGES, ROOT, unanswered
from tests.study_file import MODELS, TWINS, write_study

EXAMPLES = 5
Links = dict[str, list[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("studies")
    write_study(made / "tiny.duckdb", models=MODELS + TWINS)
    return made


def opened(folder: Path, page: str, links: Links) -> AppTest:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRUNESCOPE_STUDIES", str(folder))
        app = AppTest.from_file(str(ROOT / page), default_timeout=60)
        for key, values in links.items():
            app.query_params[key] = values
        return app.run()


@cache
def parameters(folder: Path) -> dict[str, tuple[str, ...]]:
    """The parameters that each page asks the link for, whichever view is open."""
    found: dict[str, set[str]] = {page: set() for page in PAGES}
    with pytest.MonkeyPatch.context() as patch:
        ask = url.get_choices
        for page, link in VIEWS:
            patch.setattr(
                url, "get_choices", lambda key, page=page: found[page].add(key) or ask(key)
            )
            opened(folder, page, {key: [value] for key, value in link.items()})
    return {page: tuple(sorted(keys)) for page, keys in found.items()}


def test_the_parameters_are_found(folder: Path) -> None:
    known = parameters(folder)
    common = {"study", "reference", "compared", "class", "subset", "keep"}
    assert all(common <= set(keys) for keys in known.values())
    assert len(set().union(*known.values())) > 60


def check(app: AppTest, links: Links) -> None:
    assert not app.exception, (links, app.exception[0].message)
    assert unanswered(app) == [], links
    assert len(app.title) == 1


@pytest.mark.parametrize("view", VIEWS, ids=name)
def test_no_parameter_is_taken_as_markup(view: tuple[str, Link], folder: Path) -> None:
    page, link = view
    hostile = {key: [HOSTILE, HOSTILE] for key in parameters(folder)[page]}
    for links in (hostile, {**hostile, **{key: [value] for key, value in link.items()}}):
        app = opened(folder, page, links)
        check(app, links)
        assert markup(app) == []


# what a person who edits a link comes close to
NEAR = st.sampled_from([
    "", "0", "-1", "1e999", "nan", "9" * 30, "5", "clean", "fog-3", "lenet5-dense", "cat", "tiny",
    "lenet5-dense@clean", "@", "cat → bird", " → ", "0~1", "1~0", "~", "nan~inf", "-inf~inf",
    "1e308~1e309", "reference:angle:0:90:cat", "reference:margin:::", "{}", "[]", "null",
    '{"ids":[5]}', '{"ids":[99999999999]}', '{"and":[]}', '{"class":"x"}', "SELECT 1", "yes",
    "\x00", "\ud7ff",
    "all", "model_id", "5,7", "lenet5-random-0.5,lenet5-dense", "0.5", "true",
])  # fmt: skip
VALUE = st.one_of(st.text(max_size=40), NEAR)


@pytest.mark.parametrize("page", PAGES)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_text_in_any_parameter(page: str, data: st.DataObject, folder: Path) -> None:
    views = [{key: [value] for key, value in link.items()} for one, link in VIEWS if one == page]
    keys = st.sampled_from(parameters(folder)[page])
    values = st.lists(VALUE, min_size=1, max_size=2)
    links = {
        **data.draw(st.dictionaries(keys, values, min_size=1, max_size=12)),
        **(data.draw(st.sampled_from(views)) if data.draw(st.booleans()) else {}),
    }
    check(opened(folder, page, links), links)
