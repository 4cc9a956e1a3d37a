"""The versions of the test set that a study evaluates, each with the source of its images."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from core.corruptions import CORRUPTIONS, DEFINITIONS, GENERATOR_VERSION
from core.store.rows import CLEAN, ConditionRow
from core.vision.condition_folders import ConditionFolder, condition_folders
from core.vision.conditions import GeneratedImages, open_condition
from core.vision.corrupted_files.official import OfficialCorruptions, open_official
from core.vision.datasets.image_set import Images
from pipelines.errors import PipelineError
from pipelines.progress import CONSOLE
from pipelines.study.reader import StudyFileError
from pipelines.workspace.model_records import imported_models
from pipelines.workspace.workspace import Workspace

# where a study was imported, all that is left of a version of the test set is its name
NO_IMAGES = np.zeros((0, 1, 1, 3), dtype=np.uint8)
CONDITION_NAME = re.compile(r"([a-z0-9][a-z0-9_-]*)-([1-5])")
_CATEGORIES = {
    category: number for number, category in enumerate(dict.fromkeys(CORRUPTIONS.values()))
}


@dataclass(frozen=True, eq=False)
class Condition:
    """A version of the test set.

    Attributes:
        row: its row in the study file.
        images: uint8 images aligned with the test set, made or read when asked for.
        origin: text that changes whenever the images do.
    """

    row: ConditionRow
    images: Images
    origin: str


def study_conditions(workspace: Workspace) -> tuple[Condition, ...]:
    """Clean first, then by category, corruption and severity.

    A study without images has the conditions that were imported for any of its models.

    Raises:
        InputError: files that can't be read or don't fit the test set.
        StudyFileError: two conditions of the same name.
    """
    if workspace.has_no_images:
        names = {name for m in imported_models(workspace.models) for name in m.features}
        rows = [CLEAN, *(imported_condition(name) for name in sorted(names - {CLEAN.name}))]
        clean, *others = [Condition(row, NO_IMAGES, "imported") for row in rows]
        return _in_order(clean, others)
    found = list(_corruptions(workspace))
    if workspace.test_set is None:  # files are versions of the study's own test set
        found += [*_folder(workspace), *_files(workspace)]
    twice = [name for name, count in Counter(c.row.name for c in found).items() if count > 1]
    if twice:
        raise StudyFileError(
            f"{workspace.study.name}: expected each condition once, found {twice[0]} twice."
        )
    return _in_order(Condition(CLEAN, workspace.test.images, "clean"), found)


def imported_condition(name: str) -> ConditionRow:
    """The condition that is meant by a name, `clean` or `<corruption>-<severity>`.

    Raises:
        PipelineError: it is no such name.
    """
    if name == CLEAN.name:
        return CLEAN
    parts = CONDITION_NAME.fullmatch(name)
    if parts is None or parts[1] == CLEAN.name:
        raise PipelineError(
            f"--condition: expected clean or <corruption>-<severity> such as fog-3, with a "
            f"severity of 1 to 5, found {name!r}."
        )
    return condition_row(parts[1], int(parts[2]), source="imported")


def condition_row(
    corruption: str, severity: int, *, source: str, category: str | None = None
) -> ConditionRow:
    """The row of a corrupted version of the test set.

    Args:
        corruption: a corruption's name, one of the nineteen or the user's own.
        severity: 1..5.
        source: where its images are from.
        category: what it is shown under; the corruption's own, or "other", if left out. A
            corruption that is shown under another category than its own is another one.
    """
    known = DEFINITIONS.get(corruption)
    if category is None:
        category = known.category if known else "other"
    return ConditionRow(
        name=f"{corruption}-{severity}",
        corruption=corruption,
        category=category,
        severity=severity,
        source=source,
        in_benchmark=known is not None and known.in_benchmark and known.category == category,
    )


def _in_order(clean: Condition, others: list[Condition]) -> tuple[Condition, ...]:
    numbers = {corruption: number for number, corruption in enumerate(CORRUPTIONS)}
    ordered = sorted(
        others,
        key=lambda condition: (
            _CATEGORIES.get(condition.row.category, len(_CATEGORIES)),
            numbers.get(condition.row.corruption, len(numbers)),
            condition.row.corruption,
            condition.row.severity,
        ),
    )
    return (clean, *ordered)


def _corruptions(workspace: Workspace) -> Iterator[Condition]:
    settings = workspace.study.conditions
    official = _official(workspace)
    for corruption in settings.names:
        for severity in sorted(settings.severities):
            row = condition_row(corruption, severity, source="generated")
            if official is not None and corruption in official.present:
                images = official.images(corruption, severity)
                yield Condition(replace(row, source=official.source), images, images.describe())
            else:
                generated = GeneratedImages(
                    workspace.test,
                    corruption,
                    severity,
                    settings.seed,
                    workspace.beside(settings.frost_textures),
                )
                if corruption != "frost" or settings.frost_textures is None:
                    row = replace(
                        row, generator_version=GENERATOR_VERSION, generator_seed=settings.seed
                    )
                yield Condition(row, generated, generated.describe())


def _official(workspace: Workspace) -> OfficialCorruptions | None:
    settings = workspace.study.conditions
    folder = workspace.beside(settings.official)
    if folder is None or workspace.test_set is not None:
        return None
    official = open_official(folder, workspace.test)
    missing = [name for name in settings.names if name not in official.present]
    CONSOLE.print(f"official corruptions in {folder}: {official.order}.", soft_wrap=True)
    if missing:
        CONSOLE.print(f"not among them, so generated: {', '.join(missing)}.", soft_wrap=True)
    return official


def _folder(workspace: Workspace) -> Iterator[Condition]:
    root = workspace.beside(workspace.study.conditions.folder)
    count = workspace.splits.image_count
    for found in condition_folders(root, count) if root else ():
        category = None if found.corruption in DEFINITIONS else found.category
        yield _opened(workspace, found, category=category)


def _files(workspace: Workspace) -> Iterator[Condition]:
    for file in workspace.study.conditions.file:
        path = workspace.study_file.parent / file.path
        found = ConditionFolder(file.name, file.severity, path)
        yield _opened(workspace, found, category=file.category)


def _opened(
    workspace: Workspace, found: ConditionFolder, *, category: str | None = None
) -> Condition:
    images = open_condition(
        found.path,
        workspace.test,
        severity=found.severity,
        image_count=workspace.splits.image_count,
    )
    changed = max(
        part.stat().st_mtime_ns
        for part in [found.path, *found.path.rglob("*")]
        if part.exists()  # a dead link is no part of it
    )
    row = condition_row(found.corruption, found.severity, source=found.path.name, category=category)
    block = f" severity {found.severity}" if found.path.suffix == ".npy" else ""
    return Condition(row, images, f"{found.path} changed {changed}{block}")
