"""Texts that would be pictures, links and colours if a page took them as Markdown or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from tests.study_file import MODELS, TWINS, write_study

HOSTILE = (
    "![x](http://evil.test/x.png)[a](http://evil.test)<img src=http://evil.test/i.png>"
    '"><b>:red[x]$x$`c`\n\n# h www.evil.test me@evil.test :material/home:'
)
# what of it does something where a page takes it as markup
_IN_MARKDOWN = re.compile(
    r"(?<!\\)!\[x|(?<!\\)\]\(http://evil|http://evil|(?<!\\)<img src=http|(?<!\\):red(?=\[x)"
    r"|(?<!\\)\$x|(?<!\\)`c|\n# h|www\.evil|@evil\.test|h .*:material/home:"
)
_CODE = re.compile(r"``+ .*? ``+")
_IN_HTML = re.compile(r"<img src=http|\"><b>")
# fields of Streamlit's messages that the browser takes as plain text
_PLAIN = {
    "id", "key", "form_id", "options", "raw_values", "raw_value", "value", "default", "alt", "spec",
    "columns", "query_string", "code_text", "placeholder", "fragment_id", "file_name", "datasets",
    "name", "url", "default_values", "element_id", "editing_mode", "url_path", "page_script_hash",
    "json_args", "column_order", "deferred_file_id", "json", "set_value", "user_key", "block_id",
}  # fmt: skip

_TEXTS = {
    "study": ("name", "title", "description", "dataset", "corruption_source", "content_sha256"),
    "classes": ("name",),
    "models": ("name", "series", "series_label", "network", "method", "scope", "parent",
               "sparsity_source"),
    "conditions": ("name", "corruption", "category", "source"),
    "layers": ("name", "kind"),
}  # fmt: skip


# with these as they are, more views have something to show
READABLE = frozenset(
    {"models.method", "models.network", "models.scope", "conditions.name", "conditions.corruption"}
)


def write_hostile_study(path: Path, *, keep: frozenset[str] = frozenset()) -> Path:
    """A study whose every text is hostile, names and all.

    Args:
        path: the file.
        keep: columns, such as `models.method`, that stay as they are.
    """
    write_study(path, models=MODELS + TWINS)
    with duckdb.connect(str(path)) as connection:
        for table, columns in _TEXTS.items():
            for column in columns:
                if f"{table}.{column}" not in keep:
                    connection.execute(
                        f"UPDATE {table} SET {column} = {column} || $text", {"text": HOSTILE}
                    )
        connection.execute(
            "UPDATE study SET versions = json_object($text, $text)", {"text": HOSTILE}
        )
    return path


def markup(app: AppTest) -> list[str]:
    """Where a page, as Streamlit sends it, takes hostile text as markup."""
    return [
        f"{place}: {text[max(0, found.start() - 60) : found.end() + 30]!r}"
        for place, text in _texts(app)
        if (found := (_IN_HTML if place == "Html.body" else _IN_MARKDOWN).search(text))
    ]


def _texts(app: AppTest) -> Iterator[tuple[str, str]]:
    waiting: list[Any] = [app._tree]
    while waiting:
        node = waiting.pop()
        waiting += getattr(node, "children", {}).values()
        proto = getattr(node, "proto", None)
        if isinstance(proto, Message):
            yield from _strings(proto, proto.DESCRIPTOR.name)


def _strings(message: Message, place: str) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        for one in value if field.is_repeated else [value]:
            if isinstance(one, Message):
                yield from _strings(one, f"{place}.{field.name}")
            elif isinstance(one, str) and field.name not in _PLAIN:
                yield f"{place}.{field.name}", _CODE.sub("", one)
