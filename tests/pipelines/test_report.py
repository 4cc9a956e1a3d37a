"""The command that writes a report."""

from __future__ import annotations

import builtins

from pipelines import report
from tests.study_file import write_study


def test_it_writes_the_page_and_says_where(tmp_path, capsys):
    write_study(tmp_path / "published" / "tiny.duckdb")
    arguments = [
        "tiny",
        "--published",
        str(tmp_path / "published"),
        "--output",
        str(tmp_path / "out"),
    ]
    assert report.main(arguments) == 0
    assert str(tmp_path / "out" / "index.html") in capsys.readouterr().out
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "python -m pipelines.report tiny.duckdb --output DIR" in page
    assert str(tmp_path) not in page
    assert report.main(arguments) == 0  # its own folder is replaced


def test_the_reference_can_be_chosen(tmp_path):
    study = write_study(tmp_path / "tiny.duckdb")
    arguments = [str(study), "--output", str(tmp_path / "out"), "--reference", "lenet5-random-0.5"]
    assert report.main(arguments) == 0
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Each model against Random 50\u00a0%" in page
    assert "--reference lenet5-random-0.5 --output DIR" in page


def test_without_vl_convert_it_says_what_to_install(tmp_path, capsys, monkeypatch):
    study = write_study(tmp_path / "tiny.duckdb")
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "vl_convert":
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert report.main([str(study), "--output", str(tmp_path / "out")]) == 2
    assert "Pictures need vl-convert-python: pip install" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
