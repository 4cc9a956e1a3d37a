"""Vega-Lite as SVG, PNG and PDF, here and in a child process."""

from __future__ import annotations

import base64
import io
import re
import socket
import subprocess
import sys
import time
import urllib.request
from xml.etree import ElementTree

import pytest
from PIL import Image

from core import drawing
from core.drawing import PictureError, draw, draw_apart, pdf, png, svg


def spec(**changed):
    rows = [{"name": "a", "value": 1.5}, {"name": "b", "value": None}, {"name": "c", "value": 3}]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.1.0.json",
        "title": "Bars & <lines>",
        "data": {"name": "rows"},
        "datasets": {"rows": rows},
        "mark": "bar",
        "encoding": {
            "x": {"field": "name", "type": "nominal"},
            "y": {"field": "value", "type": "quantitative"},
        },
        "width": 200,
        "height": 100,
        "usermeta": {
            "title": "Bars & <lines>", "numbers": ["3 bars"], "provenance": ["study → 1", "x < y"],
        },
        **changed,
    }  # fmt: skip


def words(content: bytes) -> list[str]:
    root = ElementTree.fromstring(content)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_an_svg_has_title_marks_and_description():
    root = ElementTree.fromstring(svg(spec()))
    assert "Bars & <lines>" in words(svg(spec()))
    assert root.find("{http://www.w3.org/2000/svg}title").text == "Bars & <lines>"
    assert root.find("{http://www.w3.org/2000/svg}desc").text == "3 bars\nstudy → 1\nx < y"
    marks = re.findall(rb'aria-roledescription="bar"', svg(spec()))
    assert len(marks) == 2  # one has no value


def test_a_png_is_two_pixels_to_one_and_says_where_it_is_from():
    image = Image.open(io.BytesIO(png(spec())))
    root = ElementTree.fromstring(svg(spec()))
    assert image.size == tuple(round(2 * float(root.get(side))) for side in ("width", "height"))
    assert image.info["Title"] == "Bars & <lines>"
    assert image.info["Description"] == "3 bars\nstudy → 1\nx < y"
    assert len(image.convert("RGB").getcolors(100_000)) > 5


def test_a_pdf_is_one_page():
    content = pdf(svg(spec()))
    assert content.startswith(b"%PDF-1.")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_child_process_draws_the_same(kind):
    there, here = draw_apart(spec(), kind), draw(spec(), kind)
    if kind == "pdf":  # which says when it was made
        assert len(there) == pytest.approx(len(here), abs=64)
    else:
        assert there == here


def test_what_cannot_be_drawn_is_one_sentence():
    for attempt in (svg, lambda one: draw_apart(one, "svg")):
        with pytest.raises(PictureError, match=r"^The picture could not be drawn: ") as found:
            attempt(spec(mark="nothing"))
        assert "\n" not in str(found.value)


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(drawing, "SECONDS", 0.01)
    with pytest.raises(PictureError, match="could not be drawn within"):
        draw_apart(spec(), "svg")


@pytest.fixture
def server(tmp_path):
    """A web server of its own process (the engine holds Python's lock): its log, its address."""
    (tmp_path / "rows.csv").write_text("name,value\na,1\n")
    Image.new("RGB", (9, 9), "red").save(tmp_path / "image.png")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("w") as file:
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "localhost"]
        process = subprocess.Popen(command, cwd=tmp_path, stderr=file, stdout=file)
    address = f"http://localhost:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/rows.csv", timeout=2).close()
            break
        except OSError:
            time.sleep(0.1)
    yield log, address
    process.terminate()
    process.wait(timeout=10)


def test_nothing_is_fetched(server):
    log, address = server
    assert log.read_text().count("GET") == 1  # the server answers and writes
    with pytest.raises(PictureError, match="not allowed"):
        svg(spec(data={"url": f"{address}/rows.csv"}))
    for quoted in (f"{address}/image.png", f"{address}/image.png?it's", "media/sample.png"):
        image = {"type": "image", "url": quoted, "width": 9, "height": 9}
        assert address.encode() not in svg(spec(mark=image))
        assert b"media/" not in svg(spec(mark=image))
        png(spec(mark=image))
        pdf(svg(spec(mark=image)))
    assert log.read_text().count("GET") == 1


def test_an_image_inside_is_drawn():
    red = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(red, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(red.getvalue()).decode()}"
    image = {"type": "image", "url": url, "width": 20, "height": 20}
    drawn = Image.open(io.BytesIO(png(spec(mark=image)))).convert("RGB")
    counts = {colour: count for count, colour in drawn.getcolors(100_000)}
    assert counts[255, 0, 0] > 400
