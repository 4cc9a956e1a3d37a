"""A folder of files that are no studies, and one that is: the app shows that one."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import duckdb

from tests.core.store.test_catalog import ALTERED, ODD_STUDIES
from tests.pages.opening import open_page, warnings
from tests.study_file import write_study


def write_bad_files(folder: Path) -> int:
    """All kinds of files that a crash, a copy, a disk or a person leaves; how many."""
    whole = write_study(folder / "whole.duckdb").read_bytes()
    (folder / "whole.duckdb").unlink()
    contents = {"empty": b"", "text": b"no database", "noise": os.urandom(40_000)}
    for part in range(1, 16):
        contents[f"cut-{part}"] = whole[: len(whole) * part // 16]
    for position in range(8, 3 * 4096, 1229):  # the three headers
        flipped = bytearray(whole)
        flipped[position] ^= 1 << position % 8
        contents[f"flipped-{position}"] = bytes(flipped)
    for name, content in contents.items():
        (folder / f"{name}.duckdb").write_bytes(content)
    for number, definition in enumerate(ODD_STUDIES):
        with duckdb.connect(str(folder / f"odd-{number}.duckdb")) as connection:
            connection.execute(f"CREATE {definition}")
    for number, statements in enumerate(ALTERED):
        path = write_study(folder / f"altered-{number}.duckdb")
        with duckdb.connect(str(path)) as connection:
            connection.execute(statements)
    os.mkfifo(folder / "pipe.duckdb")
    (folder / "directory.duckdb").mkdir()
    (folder / "dead.duckdb").symlink_to("nowhere.duckdb")
    (folder / "itself.duckdb").symlink_to("itself.duckdb")
    (folder / "device.duckdb").symlink_to("/dev/zero")
    path = write_study(folder / "closed.duckdb")
    path.chmod(0)
    return len(list(folder.glob("*.duckdb")))


def test_the_good_study_is_shown_beside_every_bad_file(studies: Path) -> None:
    bad = write_bad_files(studies)
    assert bad > 50
    write_study(studies / "good.duckdb", published_at=datetime(2030, 1, 1), title="Good")
    app = open_page("Home.py")
    assert app.selectbox(key="choose_study").value == "good"
    assert "Good" in [heading.value for heading in app.subheader]
    said = warnings(app)
    # some flipped bits stand in bytes that mean nothing, and root may read what is closed
    assert len(said) + len(app.selectbox(key="choose_study").options) == bad + 1
    assert len(said) > 45
    assert all(": expected " in text and "\n" not in text for text in said)
    assert not any(str(studies) in text for text in said)
