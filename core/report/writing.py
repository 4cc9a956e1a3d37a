"""A report as a folder: the page, its figures as SVG, PDF and Vega-Lite, its tables as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from core import drawing
from core.display import picture
from core.display.provenance import Provenance, study_provenance
from core.display.table_text import latex_table
from core.report import image_sections, sections
from core.report.content import Figure, Section, Table
from core.report.html import report_page
from core.report.opening import open_context
from core.store.connection import connect
from core.store.recording import query_text, recorded

PAGE = "index.html"
_MAKERS = (
    sections.accuracy_section,
    sections.methods_section,
    sections.predictors_section,
    image_sections.change_section,
    sections.potential_section,
    image_sections.fragile_section,
)


def write_report(
    study: Path,
    folder: Path,
    *,
    reference: str | None = None,
    compared: str | None = None,
    made_by: str = "core.report.writing.write_report",
    on_section: Callable[[str], None] | None = None,
) -> None:
    """Write the report of a study into an empty folder.

    Args:
        study: its file.
        folder: exists, and is empty.
        reference: name of the model that the others are compared with; the first dense one by
            default.
        compared: name of a further model in figure 10.
        made_by: the command.
        on_section: called with each section's title when it is finished.

    Raises:
        StudyError: no such study, nothing in it, or no such model.
        PictureError: a figure can't be drawn.
    """
    resolved = study.resolve()
    with connect(resolved) as connection:
        whole = open_context(connection, study, reference=reference, compared=compared)
        about = whole.study.about
        provenance = study_provenance(about, made_by=(made_by,))
        made: list[Section] = []
        drawings: dict[str, bytes] = {}
        for make in _MAKERS:
            with recorded() as queries:
                # a cache of its own, so that all its queries are asked and noted
                context = open_context(connection, study, reference=reference, compared=compared)
                section = make(context)
            unique = {query_text(one): one for one in queries}
            section = replace(section, queries=tuple(unique.values()))
            drawings |= _write_parts(section, folder, provenance)
            made.append(section)
            if on_section is not None:
                on_section(section.title)
    page = report_page(about, provenance, made, drawings)
    (folder / PAGE).write_text(page, encoding="utf-8")


def _write_parts(
    section: Section, folder: Path, provenance: Provenance
) -> Iterator[tuple[str, bytes]]:
    sql = tuple(query_text(one) for one in section.queries)
    for part in section.parts:
        if isinstance(part, Figure):
            own = replace(provenance, made_by=(*provenance.made_by, part.made_by, *sql))
            yield part.name, _write_figure(part, folder / "figures", own)
            _write_table(part.name, part, folder / "tables", own)
        elif isinstance(part, Table):
            own = replace(provenance, made_by=(*provenance.made_by, part.made_by))
            _write_table(part.name, part, folder / "tables", own)


def _write_figure(figure: Figure, folder: Path, provenance: Provenance) -> bytes:
    folder.mkdir(exist_ok=True)
    spec = picture.picture_spec(
        figure.chart().to_dict(validate=False),
        figure.tables,
        title=figure.title,
        numbers=(figure.numbers,),
        provenance=provenance,
    )
    drawn = drawing.svg(spec)
    (folder / f"{figure.name}.svg").write_bytes(drawn)
    (folder / f"{figure.name}.pdf").write_bytes(drawing.pdf(drawn))
    (folder / f"{figure.name}.vl.json").write_bytes(picture.vega_lite(spec))
    return drawn


def _write_table(name: str, part: Figure | Table, folder: Path, provenance: Provenance) -> None:
    folder.mkdir(exist_ok=True)
    rows = part.rows if isinstance(part, Table) else part.data
    rows.clone().write_csv(folder / f"{name}.csv")
    if isinstance(part, Table):
        text = latex_table(
            rows, caption=part.title, formats=part.formats, comments=provenance.lines
        )
        (folder / f"{name}.tex").write_text(text, encoding="utf-8")
