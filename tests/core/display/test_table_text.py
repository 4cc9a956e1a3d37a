"""Tables as text and as LaTeX."""

from __future__ import annotations

import re

import polars as pl
import pytest

from core.display.table_text import cell_text, latex_escaped, latex_table, text_rows


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"), (float("nan"), "–"), (True, "yes"), (False, "no"), (1234567, "1,234,567"),
        (-3, "−3"), (0.123456, "0.123"), (-1.5e-9, "−1.5e−09"), ("a_b", "a_b"),
        ([1, 2.5], "1, 2.5"),
        (b"12", "2 bytes"), (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_cells_are_as_people_read_them(value, text):
    assert cell_text(value) == text


def test_a_given_format_is_not_asked_about_nothing():
    rows = pl.DataFrame({"share": [0.5, None, float("nan")], "n": [1, 2, 3]})
    assert text_rows(rows, {"share": lambda one: f"{100 * one:.0f} %"}) == [
        ["50 %", "1"], ["–", "2"], ["–", "3"],
    ]  # fmt: skip


def test_a_table_for_a_paper():
    rows = pl.DataFrame({"model_name": ["50 % & more", None], "loss": [-1.5, 2.0]})
    table = latex_table(
        rows,
        caption="Loss_#1",
        formats={"loss": lambda one: f"{one:+.1f}".replace("-", "−")},
        comments=["study: 100 %\nsecond line", "link"],
    )
    assert table == (
        "% study: 100 %\n% second line\n% link\n"
        "\\begin{table}\n\\centering\n\\caption{Loss\\_\\#1}\n\\begin{tabular}{lr}\n\\toprule\n"
        "model\\_name & loss \\\\\n\\midrule\n"
        "50 \\% \\& more & $-$1.5 \\\\\n-- & +2.0 \\\\\n"
        "\\bottomrule\n\\end{tabular}\n\\end{table}\n"
    )


@pytest.mark.parametrize("character", [*list('\\&%$#_{}~^<>|"'), "−", "→", "\xa0", "–", "·"])
def test_whatever_means_something_to_latex_is_escaped(character):
    escaped = latex_escaped(f"a{character}b")
    assert escaped.startswith("a") and escaped.endswith("b")
    assert escaped.isascii()
    bare = re.sub(r"\\[A-Za-z]+\{\}|\\[&%$#_{}]|\$[-\\a-z]+\$", "", escaped)
    assert not set(bare) & set('\\&%$#_{}^<>|"')


def test_hostile_cells_stay_in_their_cell():
    rows = pl.DataFrame({"a": ["\\input{/etc/passwd} & x \\\\\n\\end{tabular}"]})
    (line,) = [one for one in latex_table(rows, caption="").splitlines() if "input" in one]
    assert line == (
        "\\textbackslash{}input\\{/etc/passwd\\} \\& x \\textbackslash{}\\textbackslash{} "
        "\\textbackslash{}end\\{tabular\\} \\\\"
    )


def test_a_table_without_rows_has_its_head():
    table = latex_table(pl.DataFrame(schema={"a": pl.String, "n": pl.Int64}), caption="None")
    assert "a & n \\\\\n\\midrule\n\\bottomrule" in table
