"""What a user of the local geometry page waits for, in chromium.

    python -m benchmarks.local_geometry                                  2 M rows
    python -m benchmarks.local_geometry --samples 10000 --seeds 5        100 M rows
    python -m benchmarks.local_geometry --study data/versions/x.duckdb

From the release of the mouse (a brush) or the click on an option (class, model, question) to
the last change that any chart or text of the page shows.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as NoAnswerError

from benchmarks.pages import CHROMIUM, LONGEST_WAIT, READY, serving
from benchmarks.study_options import add_study_arguments, chosen_study, study_options

QUIET_MILLISECONDS = 500
FLAGS = ["--no-sandbox", "--disable-gpu"]
CHART = "[data-testid=stVegaLiteChart]"
WATCH = """
() => {
  window.lastChange = 0;
  const watch = new MutationObserver(() => { window.lastChange = performance.now(); });
  watch.observe(document.querySelector('[data-testid=stMain]'), {
    subtree: true, childList: true, characterData: true,
    attributes: true, attributeFilter: ['d', 'transform', 'width', 'height', 'aria-label'],
  });
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...area) {
    if (this.canvas.isConnected) window.lastChange = performance.now();
    return clear.apply(this, area);
  };
  for (const kind of ['pointerup', 'click'])
    window.addEventListener(kind, () => { window.released = performance.now(); }, true);
}
"""
_SETTLED = f"""
() => window.lastChange > window.released
  && performance.now() - window.lastChange > {QUIET_MILLISECONDS}
  && document.querySelector('{READY}') !== null
"""


def waited(page: Page) -> float:
    """Milliseconds from the last release of the mouse to the last change on the page."""
    page.wait_for_function(_SETTLED, timeout=LONGEST_WAIT)
    return float(page.evaluate("window.lastChange - window.released"))


def drag_once(page: Page, key: str, draw: random.Random, *, upright: bool) -> float:
    """Brush a random range of a chart and wait for all charts."""
    drawing = page.locator(f"[class*='st-key-{key}'] :is(svg.marks, canvas)").first
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    if box is None:
        raise RuntimeError(f"expected a chart {key} on the page, found none.")
    left, right = draw.uniform(0.25, 0.5), draw.uniform(0.55, 0.8)
    top, bottom = (draw.uniform(0.2, 0.35), draw.uniform(0.5, 0.65)) if upright else (0.75, 0.75)
    page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=5)
    page.evaluate("window.lastChange = 0")
    page.mouse.up()
    return waited(page)


def choose_once(page: Page, label: str, option: str) -> float:
    """Choose an option of a select box in the sidebar and wait for all charts.

    The option is typed first: a long list is drawn a screen at a time.
    """
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click()
    box.fill(option)
    wanted = page.get_by_role("option", name=option, exact=True)
    wanted.wait_for()
    page.evaluate("window.lastChange = 0")
    wanted.click()
    return waited(page)


def report(what: str, once: Sequence[Callable[[], float]], *, warm_up: int) -> None:
    """Do things one after the other; print median, 95th percentile and slowest.

    A thing that gets no answer is said, and the benchmark goes on with the next line.
    """
    waits = []
    try:
        for do in once:
            waits.append(do())
    except NoAnswerError as error:
        print(f"{what:<58}no answer: {str(error).splitlines()[0]}", flush=True)
        return
    ordered = sorted(waits[warm_up:] or waits)
    at_95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)) - 1)]
    print(
        f"{what:<58}{statistics.median(ordered):>8.0f}{at_95:>8.0f}{ordered[-1]:>8.0f}"
        f"{len(ordered):>5}",
        flush=True,
    )


def head(path: Path, rows: int) -> None:
    """Print what is measured and the heads of the columns."""
    print(f"{path.name}: {rows:,} rows")
    print(f"{'milliseconds':<58}{'median':>8}{'p95':>8}{'max':>8}{'n':>5}", flush=True)


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
            page.goto(f"{url}/Local_Geometry?{pair}&{query}")
            page.wait_for_selector(READY)
            page.wait_for_selector(f"{CHART} :is(svg.marks, canvas)")
            page.wait_for_timeout(2000)
            page.evaluate(WATCH)

        for scope, query in (("one class", one_class), ("all classes", "")):
            for key, upright in (("change_angle_chart", False), ("reference_scatter", True)):
                open_at(f"look=changed&{query}")
                name = {"change_angle_chart": "histogram"}.get(key, "scatter")
                drag = partial(drag_once, page, key, draw, upright=upright)
                report(f"brush on the {name}, {scope}", [drag] * repeats, warm_up=3)
        for scope, query in (("one class", one_class), ("all in one", "layout=together")):
            open_at(f"look=lie&{query}")
            drag = partial(drag_once, page, "geometry_plot", draw, upright=True)
            report(f"brush over angle and length, {scope}", [drag] * repeats, warm_up=3)
        for look in ("lie", "changed", "ratios", "models"):
            open_at(f"look={look}&{one_class}")
            choices = [partial(choose_once, page, "Class", name) for name in options.classes]
            report(f"class change, {look}", choices * 3, warm_up=3)
        for query, scope in ((one_class, "one class"), ("", "all classes")):
            open_at(f"look=lie&{query}")
            choices = [partial(choose_once, page, "● Reference", name) for name in options.models]
            report(f"model change, lie, {scope}", choices * 3, warm_up=2)
        browser.close()


def run(measure: Callable[[Path, int], None], description: str | None) -> None:
    """Measure on the study that the command line names, by default a synthetic one."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_study_arguments(parser)
    parser.add_argument("--repeats", type=int, default=25, help="drags for each line (25)")
    arguments = parser.parse_args()
    measure(chosen_study(arguments), arguments.repeats)


if __name__ == "__main__":
    run(measure, __doc__)
