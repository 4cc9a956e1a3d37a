"""Pages run without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
PAGES = ["Home.py", *sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))]


def open_page(page: str, **query: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / page), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert unanswered(app) == []
    return app


def unanswered(app: AppTest) -> list[str]:
    """Sentences in place of parts that could not be shown, as people read them."""
    said = (error for error in app.error if error.icon == ":material/error:")
    return [error.value.replace("\\", "") for error in said]


def url(app: AppTest) -> dict[str, str]:
    found = ((key, app.query_params[key]) for key in app.query_params)
    return {key: value if isinstance(value, str) else value[-1] for key, value in found}


def words_of(app: AppTest, badge: str) -> str:
    """The line above every page that starts with a badge: `samples`, or `reference`."""
    start = re.compile(rf":\w+-badge\[{badge}\]")
    (line,) = (markdown.value for markdown in app.main.markdown if start.match(markdown.value))
    return str(line).replace("\\", "").replace("\u00a0", " ")


def chart(app: AppTest, name: str) -> Any:
    """The chart with this key, or with these words for those who don't see it.

    Only charts that report a selection carry their key.
    """
    protos = [one.proto for one in app.get("vega_lite_chart")]
    (found,) = (proto for proto in protos if f"-{name}" in proto.id or name in proto.alt)
    return found


def warnings(app: AppTest) -> list[str]:
    """What the page warns of, as people read it."""
    return [warning.value.replace("\\", "") for warning in app.warning]


def select_on_chart(app: AppTest, name: str, selection: dict[str, Any]) -> AppTest:
    """Run the page as after a click or a drag on a chart, with what the browser sends then."""
    states = app._tree.get_widget_states()
    event = states.widgets.add()
    event.id = chart(app, name).id
    event.string_value = json.dumps({"selection": selection})
    app._run(states)
    assert not app.exception
    assert unanswered(app) == []
    return app
