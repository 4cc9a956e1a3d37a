"""A page made of one function, run without a browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from streamlit.testing.v1 import AppTest


def run_page(
    page: Callable[..., None], query: Mapping[str, str | list[str]], **arguments: object
) -> AppTest:
    """Run a function as a page; its own imports have to stand in it."""
    app = AppTest.from_function(page, kwargs=arguments, default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return run(app)


def found(app: AppTest, name: str = "found") -> Any:
    return app.session_state[name]


def in_url(app: AppTest) -> dict[str, list[str]]:
    values = {key: app.query_params[key] for key in app.query_params}
    return {key: [value] if isinstance(value, str) else value for key, value in values.items()}
