"""The parts of the page SQL: query, tables, result, chart."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import NoReturn

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import draw
from core.display.components.choices import choose
from core.display.components.table import show_table
from core.display.query_cache import sandbox
from core.display.sql.chart import Column, quick_chart
from core.display.sql.chart_frames import (
    MOST_COLOURS,
    QuickChart,
    chart_rows,
    colour_values,
    column_kinds,
    first_axes,
    fitting_mark,
)
from core.display.sql.frames import (
    answer,
    answer_words,
    as_csv,
    as_parquet,
    asked_tables,
    by_title,
    questions,
    sample_ids,
    shown_rows,
)
from core.display.state import subset as page_filter
from core.display.state import url
from core.display.state.context import Context
from core.errors import UserError
from core.store.sandbox.limits import MEGABYTE
from core.store.sandbox.process import Answer, BusyError
from core.store.subsets.predicates import SampleIds

QUERY = "sql"
_TEXT, _SHOWN, _QUESTION, _FAILED = "sql_text", "sql_text_shown", "sql_question", "sql_failed"
_EDITOR_HEIGHT, _TABLE_HEIGHT, _COLUMNS_HEIGHT = 250, 420, 250
_AUTOMATIC = "auto"
_MARKS = {_AUTOMATIC: "Automatic", "point": "Points", "line": "Lines", "bar": "Bars"}
_NO_COLOUR = "none"


def stop_without_rows(context: Context) -> None:
    """End the script with a word where the study has no samples."""
    if context.study.about["samples"] == 0:
        st.info("No sample is in the chosen study: there is nothing to ask.")
        st.stop()


def query_beside_tables(context: Context) -> str:
    """The editor with the worked questions, beside what can be asked; the query to run."""
    with contextlib.suppress(UserError):  # wrong limits are said where the query runs
        sandbox().warm(context.study.version)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        sql = _query(context)
    with right:
        _tables(context)
    return sql


def _query(context: Context) -> str:
    worked = questions(context)
    sql = url.get_choice(QUERY) or next(iter(worked.values()))
    st.session_state[_QUESTION] = by_title(worked, sql)
    st.selectbox(
        "Worked question",
        list(worked),
        key=_QUESTION,
        placeholder="A query of your own",
        on_change=lambda: _ask(worked[st.session_state[_QUESTION]]),
    )
    # what is being typed stays while something else on the page changes
    if st.session_state.get(_SHOWN) != sql or _TEXT not in st.session_state:
        st.session_state[_TEXT] = st.session_state[_SHOWN] = sql
    with st.form("sql_form", border=False):
        st.text_area("Query", key=_TEXT, height=_EDITOR_HEIGHT)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.form_submit_button(
                "Run",
                type="primary",
                icon=":material/play_arrow:",
                on_click=lambda: _ask(st.session_state[_TEXT]),
            )
            st.caption("or Ctrl+Enter", width="content")
    if len(sql) > url.LONGEST_IN_URL:
        st.caption(
            f"This query is longer than a link carries ({url.LONGEST_IN_URL:,} characters): copy "
            "it to keep it."
        )
    return sql


def _ask(sql: str) -> None:
    url.set_choice(QUERY, sql)
    st.session_state.pop(_FAILED, None)


def _tables(context: Context) -> None:
    tables = {table.name: table for table in context.study.derive(asked_tables)}
    name = choose(
        "Tables and columns",
        {name: f"{name} ({table.kind})" for name, table in tables.items()},
        key="sql_table",
    )
    table = tables[name]
    st.caption(labels.escaped(table.meaning))
    if table.columns.is_empty():
        return
    with st.container(height=_COLUMNS_HEIGHT, key="sql_columns"):
        lines = (
            f":small[**{labels.escaped(column)}** :gray[{labels.escaped(kind)}] "
            f"{labels.escaped(meaning)}]"
            for column, kind, meaning in table.columns.iter_rows()
        )
        st.markdown("  \n".join(lines))


def run(context: Context, sql: str) -> Answer:
    """What the query found; the script ends here with a sentence where it found nothing."""
    key = (context.study.version, sql)
    failed = st.session_state.get(_FAILED)
    if failed is not None and failed[0] == key:
        _stop(failed[1])
    try:
        runner = sandbox()
        limits = runner.limits
        st.caption(
            "Reads the whole study, whatever class and filter are chosen: one SELECT, for at most "
            f"{limits.seconds:g} seconds, in {limits.memory_bytes // MEGABYTE:,} MB of memory, "
            f"{limits.rows:,} rows."
        )
        with st.spinner("Running the query", show_time=True):
            return context.study.derive(answer, runner, sql)
    except BusyError as error:
        _stop(str(error))
    except UserError as error:
        st.session_state[_FAILED] = key, str(error)
        _stop(str(error))


def _stop(sentence: str) -> NoReturn:
    st.error(labels.escaped(sentence), icon=":material/block:")
    st.stop()
    raise AssertionError("the script has ended")


def result(context: Context, sql: str, found: Answer) -> None:
    """The rows, with what can be done with them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(answer_words(found), width="stretch")
        with st.popover("SQL", icon=":material/database:"):
            st.code(sql, language="sql")
        for label, data in (("CSV", as_csv), ("Parquet", as_parquet)):
            st.download_button(
                label,
                partial(data, found.rows),
                file_name=f"{context.file_name}-query.{label.lower()}",
                icon=":material/download:",
                on_click="ignore",
            )
        _use_as_filter(context, found)
    floats = [name for name, kind in found.rows.schema.items() if kind.is_float()]
    show_table(
        shown_rows(found.rows),
        title=None,
        hide_index=True,
        height="auto" if found.rows.height < 10 else _TABLE_HEIGHT,
        column_config=dict.fromkeys(floats, st.column_config.NumberColumn(format="%.5g")),
    )


def _use_as_filter(context: Context, found: Answer) -> None:
    ids = sample_ids(found.rows)
    if ids:
        st.button(
            f"Use as filter: {labels.count(len(ids), 'sample')}",
            key="use_sql",
            icon=":material/filter_list:",
            on_click=page_filter.narrow,
            args=(context.subset, SampleIds(ids)),
            help="The samples of these rows, on all pages",
        )


def chart(found: Answer) -> None:
    """Two columns of the result and a colour, as the user chooses."""
    rows = found.rows
    first = first_axes(rows)
    if first is None:
        return
    st.subheader("Chart", anchor=False)
    kinds = column_kinds(rows)
    options = {name: name for name in kinds}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        x = choose("x", options, key="sql_x", default=first[0], width=200)
        y = choose("y", options, key="sql_y", default=first[1], width=200)
        colours = {_NO_COLOUR: "none", **{f"by {name}": name for name in kinds}}
        colour = choose("Colour", colours, key="sql_colour", width=200).removeprefix("by ")
        asked = choose("Mark", _MARKS, key="sql_mark", width=140)
    shown = None if colour == _NO_COLOUR else colour
    values = colour_values(rows, shown) if shown and kinds[shown] == "nominal" else []
    if len(values) > MOST_COLOURS:
        st.caption(
            f"Colour shows at most {MOST_COLOURS} values, and {labels.escaped(colour)} has "
            f"{len(values):,}: none is shown."
        )
        shown, values = None, []
    mark = fitting_mark(rows, x, y, shown) if asked == _AUTOMATIC else asked
    _draw(rows, QuickChart(x, y, shown, mark), values)


def _draw(rows: pl.DataFrame, chosen: QuickChart, values: list[str]) -> None:
    kinds = column_kinds(rows)
    drawn = chart_rows(rows, chosen)

    def titled(name: str) -> Column:
        return Column(name.replace("_", " "), kinds[name][0].upper())

    colour = None if chosen.colour is None else titled(chosen.colour)
    draw(
        partial(
            quick_chart,
            chosen.mark,
            titled(chosen.x),
            titled(chosen.y),
            colour,
            values=tuple(values),
            rows=drawn.height,
        ),
        {"rows": drawn},
        key="sql_chart",
        alt=f"{chosen.y} by {chosen.x}, {drawn.height:,} rows of the result.",
    )
    if drawn.height < rows.height:
        st.caption(
            f"{drawn.height:,} of {rows.height:,} rows: the others have no value on an axis."
        )
