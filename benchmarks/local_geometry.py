"""What a user of the local geometry page waits for, in chromium.

    python -m benchmarks.local_geometry                                  2 M rows
    python -m benchmarks.local_geometry --study runs/synthetic-10000-samples-1-seeds.duckdb

From the release of the mouse (a brush) or the click on an option (class, model, question) to
the last change that any chart or text of the page shows.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.pages import CHROMIUM, READY, serving
from benchmarks.synthetic_study import default_path, write_synthetic_study
from core.store.connection import connect

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
    page.wait_for_function(_SETTLED, timeout=30_000)
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
    """Choose an option of a select box in the sidebar and wait for all charts."""
    page.get_by_role("combobox", name=label, exact=True).click()
    wanted = page.get_by_role("option", name=option, exact=True)
    wanted.wait_for()
    page.evaluate("window.lastChange = 0")
    wanted.click()
    return waited(page)


def report(what: str, waits: list[float]) -> None:
    """Print median, 95th percentile and slowest."""
    ordered = sorted(waits)
    at_95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)) - 1)]
    print(
        f"{what:<58}{statistics.median(ordered):>8.0f}{at_95:>8.0f}{ordered[-1]:>8.0f}"
        f"{len(ordered):>5}"
    )


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
            page.goto(f"{url}/Local_Geometry?{pair}&{query}")
            page.wait_for_selector(READY)
            page.wait_for_selector(f"{CHART} :is(svg.marks, canvas)")
            page.wait_for_timeout(2000)
            page.evaluate(WATCH)

        for scope, query in (("one class", "class=cat"), ("all classes", "")):
            for key, upright in (("change_angle_chart", False), ("reference_scatter", True)):
                open_at(f"look=changed&{query}")
                waits = [drag_once(page, key, draw, upright=upright) for _ in range(repeats)]
                name = {"change_angle_chart": "histogram"}.get(key, "scatter")
                report(f"brush on the {name}, {scope}", waits[3:])
        for scope, query in (("one class", "class=cat"), ("all in one", "layout=together")):
            open_at(f"look=lie&{query}")
            waits = [drag_once(page, "geometry_plot", draw, upright=True) for _ in range(repeats)]
            report(f"brush over angle and length, {scope}", waits[3:])
        for look in ("lie", "changed", "ratios", "models"):
            open_at(f"look={look}&class=cat")
            classes = ["dog", "ship", "frog", "bird", "deer", "cat"] * 3
            report(
                f"class change, {look}", [choose_once(page, "Class", name) for name in classes][3:]
            )
        for query, what in (("class=cat", "one class"), ("", "all classes")):
            open_at(f"look=lie&{query}")
            options = ["Magnitude 50 %", "Random 70 %", "Taylor 80 %", "Dense"] * 3
            waits = [
                choose_once(page, "● Reference", option.replace(" %", "\N{NO-BREAK SPACE}%"))
                for option in options
            ]
            report(f"model change, lie, {what}", waits[2:])
        browser.close()


def run(measure: Callable[[Path, int], None], description: str | None) -> None:
    """Measure on the study that the command line names, by default a synthetic one."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--study", type=Path, help="study file (a synthetic one of 2 M rows)")
    parser.add_argument("--repeats", type=int, default=25, help="drags for each line (25)")
    arguments = parser.parse_args()
    path = arguments.study or default_path(1000, 1)
    if arguments.study is None and not path.exists():
        write_synthetic_study(path, samples=1000, seeds=1)
    measure(path, arguments.repeats)


if __name__ == "__main__":
    run(measure, __doc__)
