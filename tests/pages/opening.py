"""Pages run without a browser."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
PAGES = ["Home.py", *sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))]


def open_page(page: str, **query: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / page), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def url(app: AppTest) -> dict[str, str]:
    found = ((key, app.query_params[key]) for key in app.query_params)
    return {key: value if isinstance(value, str) else value[-1] for key, value in found}
