"""What a user of the global geometry page waits for, in chromium.

    python -m benchmarks.global_geometry                                  2 M rows
    python -m benchmarks.global_geometry --study runs/synthetic-10000-samples-1-seeds.duckdb

From the release of the mouse (a drag on an axis) or the click on an option (class, model) to
the last change that any chart or text of the page shows.
"""

from __future__ import annotations

import random
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.local_geometry import CHART, FLAGS, WATCH, choose_once, report, run, waited
from benchmarks.pages import CHROMIUM, READY, serving
from core.store.connection import connect

LOOKS = ("reference", "compared", "both", "beside")
# Where the axes of a study with ten classes stand in the drawing, as parts of its width.
_FIRST, _STEP = 0.0973, 0.0779
_AXES = range(12)


def drag_once(page: Page, axis: int, draw: random.Random) -> float:
    """Drag a random interval on an axis and wait for all charts."""
    drawing = page.locator("[class*='st-key-parallel_coordinates'] canvas").first
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    if box is None:
        raise RuntimeError("expected parallel coordinates on the page, found none.")
    across = box["x"] + (_FIRST + _STEP * axis) * box["width"]
    top, foot = (
        box["y"] + draw.uniform(*part) * box["height"] for part in ((0.2, 0.4), (0.5, 0.7))
    )
    page.mouse.move(across, top)
    page.mouse.down()
    page.mouse.move(across + 4, foot, steps=5)
    page.evaluate("window.lastChange = 0")
    page.mouse.up()
    return waited(page)


def measure(path: Path, repeats: int) -> None:
    """Open the page on the study and do what a user does."""
    with connect(path) as connection:
        rows = connection.execute("SELECT count(*) FROM sample_metrics").fetchall()[0][0]
        models = [r[0] for r in connection.execute("SELECT name FROM models").fetchall()]
    draw = random.Random(0)
    print(f"{path.name}: {rows:,} rows")
    print(f"{'milliseconds':<58}{'median':>8}{'p95':>8}{'max':>8}{'n':>5}")
    pair = f"reference={models[0]}&compared={models[3]}"
    with serving(path) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})

        def open_at(query: str) -> None:
            page.goto(f"{url}/Global_Geometry?{pair}&{query}")
            page.wait_for_selector(READY)
            page.wait_for_selector(f"{CHART} canvas")
            page.wait_for_timeout(2000)
            page.evaluate(WATCH)

        for scope, query in (("one class", "class=cat"), ("all classes", "")):
            for look in ("both", "beside"):
                open_at(f"axes_of={look}&{query}")
                waits = [drag_once(page, 3, draw) for _ in range(repeats)]
                report(f"drag on one axis, {look}, {scope}", waits[3:])
        open_at("class=cat")
        waits = [drag_once(page, draw.choice(_AXES), draw) for _ in range(repeats)]
        report("drag on any axis after others, both, one class", waits[3:])
        for look in LOOKS:
            open_at(f"axes_of={look}&class=cat")
            classes = ["dog", "ship", "frog", "bird", "deer", "cat"] * 3
            report(
                f"class change, {look}", [choose_once(page, "Class", name) for name in classes][3:]
            )
        for query, scope in (("class=cat", "one class"), ("", "all classes")):
            open_at(query)
            options = ["Magnitude 50 %", "Random 70 %", "Taylor 80 %", "Dense"] * 3
            waits = [
                choose_once(page, "● Reference", option.replace(" %", "\N{NO-BREAK SPACE}%"))
                for option in options
            ]
            report(f"model change, both, {scope}", waits[2:])
        browser.close()


if __name__ == "__main__":
    run(measure, __doc__)
