"""The report as one HTML page that needs nothing but itself: no script, no address."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from core.display import labels
from core.display.provenance import Provenance
from core.display.table_text import text_rows
from core.report.content import Figure, Images, Section, Table
from core.store.recording import Asked, query_text

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 Arial, Helvetica, "Liberation Sans", sans-serif; color: #1d2430;
  background: #fff; max-width: 1000px; margin: 2.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.9rem; margin-bottom: .3rem; } h2 { margin-top: 2.8rem; font-size: 1.4rem;
  border-bottom: 1px solid #dde2ea; padding-bottom: .3rem; } h3 { margin: 1.6rem 0 .4rem; }
p { max-width: 76ch; } .note, figcaption, .files, .about { color: #5a6372; font-size: 13px; }
figure { margin: 1.2rem 0; } figure > img { max-width: 100%; height: auto; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 12.5px;
  font-variant-numeric: tabular-nums; } th, td { padding: 3px 9px; text-align: left;
  white-space: nowrap; border-bottom: 1px solid #eceff4; }
th { border-bottom: 1.5px solid #1d2430; }
td.number, th.number { text-align: right; }
.samples { display: flex; flex-wrap: wrap; gap: 14px; margin: .6rem 0; }
.samples figure { margin: 0; width: 130px; font-size: 12px; line-height: 1.35; }
.samples img, .samples .none { width: 96px; height: 96px; image-rendering: pixelated;
  border: 1px solid #dde2ea; border-radius: 6px; display: block; }
details { margin: .4rem 0; font-size: 13px; } summary { cursor: pointer; color: #2f5fb3; }
pre { overflow-x: auto; background: #f4f6f9; padding: .7rem; font-size: 11.5px; max-height: 26rem; }
@media print { body { margin: 0; max-width: none; } figure, tr { break-inside: avoid; }
  details { display: none; } .wide { overflow: visible; } table { font-size: 8px; } }
"""


def report_page(
    about: Mapping[str, Any],
    provenance: Provenance,
    sections: Sequence[Section],
    drawings: Mapping[str, bytes],
) -> str:
    """The whole page.

    Args:
        about: the row of the table `study`.
        provenance: of the report.
        sections: in reading order.
        drawings: SVG of each figure, by its name.
    """
    numbers = (
        f"{about['samples']:,} test images · {about['rows']:,} predictions · "
        f"data set {escape(str(about['dataset']))} · seed {about['seed']} · "
        f"corruptions {escape(str(about['corruption_source']))}"
    )
    versions = json.loads(str(about["versions"]))
    made_with = " · ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    body = [
        f"<h1>{escape(str(about['title']))}</h1>",
        f'<p class="about">{escape(provenance.stamp)}<br>{numbers}</p>',
        f"<p>{escape(str(about['description']))}</p>",
        *(_section(section, drawings) for section in sections),
        "<h2>How this was made</h2>",
        f"<p>{'<br>'.join(escape(line) for line in provenance.made_by)}</p>",
        f'<p class="note">content {escape(str(about["content_sha256"]))}<br>'
        f"Numbers made with {escape(made_with)}.</p>",
        "<details><summary>The study's configuration</summary>"
        f"<pre>{escape(_indented(str(about['configuration'])))}</pre></details>",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="generator" content="prunescope report">'
        f"<title>{escape(str(about['title']))} · report</title><style>{_STYLE}</style></head>\n"
        "<body>" + "\n".join(body) + "</body></html>\n"
    )


def _section(section: Section, drawings: Mapping[str, bytes]) -> str:
    parts = [f"<h2>{escape(section.title)}</h2>"]
    for part in section.parts:
        match part:
            case Figure():
                parts.append(_figure(part, drawings[part.name]))
            case Table():
                parts.append(_table(part))
            case Images():
                parts.append(_images(part))
            case str():
                parts.append(f"<p>{_words(part)}</p>")
    return "\n".join([*parts, _queries(section.queries)])


def _figure(figure: Figure, drawing: bytes) -> str:
    notes = "".join(f"<br>{_words(note)}" for note in figure.notes)
    return (
        f'<figure id="{figure.name}"><img alt="{escape(figure.title)}: {escape(figure.numbers)}" '
        f'src="{_address(drawing, "image/svg+xml")}">'
        f"<figcaption>{_words(figure.caption)}{notes}<br>Made by {escape(figure.made_by)}."
        f"{_files(figure.name, ('svg', 'pdf', 'vl.json'), 'figures')}"
        f"{_files(figure.name, ('csv',), 'tables')}</figcaption></figure>"
    )


def _table(table: Table) -> str:
    sides = ["number" if kind.is_numeric() else "" for kind in table.rows.dtypes]

    def row(tag: str, cells: Sequence[str]) -> str:
        inner = "".join(
            f'<{tag} class="{side}">{escape(cell)}</{tag}>'
            if side
            else f"<{tag}>{escape(cell)}</{tag}>"
            for cell, side in zip(cells, sides, strict=True)
        )
        return f"<tr>{inner}</tr>"

    rows = "\n".join(row("td", cells) for cells in text_rows(table.rows, table.formats))
    return (
        f'<h3 id="{table.name}">{escape(table.title)}</h3><p class="note">{_words(table.caption)}'
        f"<br>Made by {escape(table.made_by)}.{_files(table.name, ('csv', 'tex'), 'tables')}</p>"
        f'<div class="wide"><table><thead>{row("th", table.rows.columns)}</thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _images(images: Images) -> str:
    shown = "".join(
        f"<figure>{_image(png, lines[0])}{'<br>'.join(map(escape, lines))}</figure>"
        for png, lines in images.images
    )
    return f'<h3>{escape(images.title)}</h3><div class="samples">{shown or "None."}</div>'


def _image(png: bytes | None, words: str) -> str:
    if png is None:
        return '<div class="none"></div>'
    return f'<img alt="{escape(words)}" src="{_address(png, "image/png")}">'


def _queries(queries: Sequence[Asked]) -> str:
    if not queries:
        return ""
    text = "\n\n".join(map(query_text, queries))
    words = labels.count(len(queries), "query", "queries")
    return f"<details><summary>SQL: {words}</summary><pre>{escape(text)}</pre></details>"


def _files(name: str, suffixes: Sequence[str], folder: str) -> str:
    links = (
        f'<a href="{folder}/{name}.{suffix}">{suffix.upper().replace("VL.JSON", "Vega-Lite")}</a>'
        for suffix in suffixes
    )
    return f" {' · '.join(links)}"


def _address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _words(markdown: str) -> str:
    return escape(labels.plain(markdown))


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except json.JSONDecodeError:
        return text
