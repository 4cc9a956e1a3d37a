"""What a user of the page of samples waits for, and what of it is the study file's answer.

    python -m benchmarks.samples                                 2 M rows
    python -m benchmarks.samples --samples 5000 --seeds 2        20 M rows
    python -m benchmarks.samples --study data/versions/x.duckdb

First the frames of each view, asked of an open study without a cache; then, in chromium, from the
click to the last change that any chart or text of the page shows.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from benchmarks.local_geometry import FLAGS, WATCH, head, report, run, waited
from benchmarks.pages import CHROMIUM, LONGEST_WAIT, READY, serving
from benchmarks.study_options import study_options
from core.display.samples.exemplars.frames import dense_population, find_exemplars, populations
from core.display.samples.fragility.frames import fragility
from core.display.samples.gallery.frames import SORTS, gallery
from core.display.samples.inspector.frames import sample_angles, sample_head, sample_paths
from core.display.samples.inspector.map_frames import sample_map
from core.display.samples.inspector.view import PARTS
from core.store.combination import Combination
from core.store.connection import connect
from core.store.queries.paired import PairedSamples
from core.store.study import Study
from core.store.subsets.base import EVERYTHING

SETTLES_AFTER = 1500
"""Milliseconds from the first drawing of a page to the first click on it."""


def frames(path: Path, repeats: int) -> None:
    """Print milliseconds of what each view asks and makes, each time of another sample or order."""
    study = Study(connect(path), str(path))
    names, conditions = list(study.names.models), list(study.names.conditions)
    reference, compared = (
        Combination(names[0], conditions[0]),
        Combination(names[-1], conditions[-1]),
    )
    pair = PairedSamples(study.key(reference), study.key(compared))
    corruption = str(study.conditions["corruption"][-1])
    network = str(study.model_row(compared.model)["network"])
    some = populations(study.models, network)[0]
    sorts = list(SORTS)
    views: dict[str, Callable[[int], object]] = {
        "frames of the gallery, another order each time": lambda i: gallery(
            study, pair, sort=sorts[i % len(sorts)], descending=i % 2 == 0, page=i
        ),
        "numbers and answers of one sample, another each time": lambda i: sample_head(
            study, i, reference, compared
        ),
        "angles and anatomy of one sample, another each time": lambda i: sample_angles(
            study, i, reference, compared
        ),
        "ways of one sample, another each time": lambda i: sample_paths(
            study, i, reference, compared, corruption
        ),
        "the map of one sample, another each time": lambda i: sample_map(
            study, i, reference, compared
        ),
        "frames of fragile and robust": lambda i: fragility(
            study, compared.model, EVERYTHING, scope="both", level=i, tested=True
        ),
        "frames of exemplars": lambda i: find_exemplars(
            study, dense_population(study.models, network), some.model_ids,
            condition_id=i % len(conditions), sample_filter=EVERYTHING, untested=None,
        ),
    }  # fmt: skip
    for what, ask in views.items():
        waits = sorted(_timed(partial(ask, i)) for i in range(repeats))
        at_95 = waits[min(len(waits) - 1, round(0.95 * len(waits)) - 1)]
        median = statistics.median(waits)
        print(f"{what:<58}{median:>8.0f}{at_95:>8.0f}{waits[-1]:>8.0f}{len(waits):>5}", flush=True)


def _timed(ask: Callable[[], object]) -> float:
    start = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - start)


def click(page: Page, name: str) -> float:
    """Click a button and wait for all that follows."""
    button = page.get_by_role("button", name=name).first
    button.wait_for()
    page.evaluate("window.lastChange = 0")
    button.click()
    return waited(page)


def _there_and_back(page: Page, back: list[float]) -> float:
    """Open the first sample of the gallery, go back to its next page; `back` gets that wait."""
    found = click(page, "Inspect ")
    back.append(click(page, "Back to the gallery"))
    click(page, "Next")
    return found


def measure(path: Path, repeats: int) -> None:
    """Ask for the frames, then open the page on the study and do what a user does."""
    options = study_options(path)
    head(path, options.rows)
    frames(path, repeats)
    pair = urlencode({"reference": options.reference, "compared": options.compared})
    with serving(path) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(LONGEST_WAIT)

        def open_at(query: str) -> None:
            page.goto(f"{url}/Samples?{pair}&{query}")
            page.wait_for_selector(READY)
            page.wait_for_timeout(SETTLES_AFTER)
            page.evaluate(WATCH)

        open_at("")
        report("next page of the gallery", [partial(click, page, "Next")] * repeats, warm_up=3)
        for part, words in PARTS.items():
            open_at(f"sample_part={part}")
            waits: list[float] = []
            inspect = partial(_there_and_back, page, waits)
            what = f"from the gallery to one sample: {words[0].lower()}{words[1:]}"
            report(what, [inspect] * repeats, warm_up=3)
        print(f"{'and back':<58}{statistics.median(waits):>8.0f}", flush=True)
        open_at("sample=1&sample_part=near")
        report(
            "from one sample to its nearest other",
            [partial(click, page, "Inspect ")] * repeats,
            warm_up=3,
        )
        browser.close()


if __name__ == "__main__":
    run(measure, __doc__)
