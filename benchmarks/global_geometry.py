"""What a user of the global geometry page waits for, in chromium.

    python -m benchmarks.global_geometry                                  2 M rows
    python -m benchmarks.global_geometry --samples 10000 --seeds 5        100 M rows
    python -m benchmarks.global_geometry --study data/versions/x.duckdb

From the release of the mouse (a drag on an axis) or the click on an option (class, model) to
the last change that any chart or text of the page shows.
"""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from benchmarks.local_geometry import (
    CHART,
    FLAGS,
    WATCH,
    choose_once,
    head,
    report,
    run,
    waited,
)
from benchmarks.pages import CHROMIUM, LONGEST_WAIT, READY, serving
from benchmarks.study_options import study_options

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
    options = study_options(path)
    draw = random.Random(0)
    head(path, options.rows)
    pair = urlencode({"reference": options.reference, "compared": options.compared})
    one_class = urlencode({"class": options.first_class})
    with serving(path) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(LONGEST_WAIT)

        def open_at(query: str) -> None:
            page.goto(f"{url}/Global_Geometry?{pair}&{query}")
            page.wait_for_selector(READY)
            page.wait_for_selector(f"{CHART} canvas")
            page.wait_for_timeout(2000)
            page.evaluate(WATCH)

        for scope, query in (("one class", one_class), ("all classes", "")):
            for look in ("both", "beside"):
                open_at(f"axes_of={look}&{query}")
                drag = partial(drag_once, page, 3, draw)
                report(f"drag on one axis, {look}, {scope}", [drag] * repeats, warm_up=3)
        open_at(one_class)
        drags = [partial(drag_once, page, draw.choice(_AXES), draw) for _ in range(repeats)]
        report("drag on any axis after others, both, one class", drags, warm_up=3)
        for look in LOOKS:
            open_at(f"axes_of={look}&{one_class}")
            choices = [partial(choose_once, page, "Class", name) for name in options.classes]
            report(f"class change, {look}", choices * 3, warm_up=3)
        for query, scope in ((one_class, "one class"), ("", "all classes")):
            open_at(query)
            choices = [partial(choose_once, page, "● Reference", name) for name in options.models]
            report(f"model change, both, {scope}", choices * 3, warm_up=2)
        browser.close()


if __name__ == "__main__":
    run(measure, __doc__)
