"""The versions of the test set that a study evaluates, each with the source of its images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.store.records import ConditionRow
from core.vision.conditions import (
    ConditionFolder,
    GeneratedImages,
    condition_folders,
    open_condition,
)
from core.vision.corruptions import CORRUPTIONS
from core.vision.corruptions.official import OfficialCorruptions, open_official
from core.vision.datasets.image_set import Images
from pipelines.console import CONSOLE
from pipelines.study import StudyFileError
from pipelines.workspace import Workspace

CLEAN = ConditionRow("clean", "clean", "clean", 0, "clean")
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

    Raises:
        InputError: files that can't be read or don't fit the test set.
        StudyFileError: two conditions of the same name.
    """
    found = [*_corruptions(workspace), *_folder(workspace), *_files(workspace)]
    twice = [name for name, count in Counter(c.row.name for c in found).items() if count > 1]
    if twice:
        raise StudyFileError(
            f"{workspace.study.name}: expected each condition once, found {twice[0]} twice."
        )
    numbers = {corruption: number for number, corruption in enumerate(CORRUPTIONS)}
    found.sort(
        key=lambda condition: (
            _CATEGORIES.get(condition.row.category, len(_CATEGORIES)),
            numbers.get(condition.row.corruption, len(numbers)),
            condition.row.corruption,
            condition.row.severity,
        )
    )
    return (Condition(CLEAN, workspace.test.images, "clean"), *found)


def _corruptions(workspace: Workspace) -> Iterator[Condition]:
    settings = workspace.study.conditions
    official = _official(workspace)
    for corruption in settings.names:
        for severity in sorted(settings.severities):
            row = ConditionRow(
                name=f"{corruption}-{severity}",
                corruption=corruption,
                category=CORRUPTIONS[corruption],
                severity=severity,
                source="generated",
            )
            if official is not None and corruption in official.present:
                images = official.images(corruption, severity)
                yield Condition(replace(row, source="official"), images, images.describe())
            else:
                generated = GeneratedImages(
                    workspace.test,
                    corruption,
                    severity,
                    settings.seed,
                    workspace.beside(settings.frost_textures),
                )
                yield Condition(row, generated, generated.describe())


def _official(workspace: Workspace) -> OfficialCorruptions | None:
    settings = workspace.study.conditions
    folder = workspace.beside(settings.official)
    if folder is None:
        return None
    official = open_official(folder, workspace.test)
    missing = [name for name in settings.names if name not in official.present]
    CONSOLE.print(f"official corruptions in {folder}: {official.order}.", soft_wrap=True)
    if missing:
        CONSOLE.print(f"not among them, so generated: {', '.join(missing)}.", soft_wrap=True)
    return official


def _folder(workspace: Workspace) -> Iterator[Condition]:
    root = workspace.beside(workspace.study.conditions.folder)
    for found in condition_folders(root) if root else ():
        category = CORRUPTIONS.get(found.corruption, "other")
        yield _opened(workspace, found, category=category)


def _files(workspace: Workspace) -> Iterator[Condition]:
    for file in workspace.study.conditions.file:
        path = workspace.study_file.parent / file.path
        found = ConditionFolder(file.name, file.severity, path)
        yield _opened(workspace, found, category=file.category)


def _opened(workspace: Workspace, found: ConditionFolder, *, category: str) -> Condition:
    images = open_condition(found.path, workspace.test)
    changed = max(part.stat().st_mtime_ns for part in [found.path, *found.path.rglob("*")])
    row = ConditionRow(
        name=f"{found.corruption}-{found.severity}",
        corruption=found.corruption,
        category=category,
        severity=found.severity,
        source=found.path.name,
    )
    return Condition(row, images, f"{found.path} changed {changed}")
