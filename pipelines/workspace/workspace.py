"""Where a study's work lies, and writing it so that a kill loses nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from core.vision.datasets import ImageSet, Splits, load_dataset, load_test_set
from core.vision.datasets.label_names import renumbered
from core.vision.datasets.splits import image_set_fingerprint, stratified_rows
from pipelines.errors import PipelineError
from pipelines.progress import CONSOLE
from pipelines.study.checks import check_plan
from pipelines.study.plan import DENSE, AddedModel
from pipelines.study.reader import read_study
from pipelines.study.settings import IMPORTED, NetworkSettings, Study, TestSetSettings
from pipelines.workspace.samples import Samples, read_samples


@dataclass(frozen=True)
class Workspace:
    """A study with its folders.

    Attributes:
        study: what is asked for.
        study_file: where that stands; paths in it are relative to its folder.
        runs: folder of all studies' work; this one's is `<runs>/<study name>`.
        published: folder of study files that the app reads.
        device: where networks run, such as "cpu" or "cuda".
        test_set: the further test set that this workspace is for, None for the study's own.
        own: the workspace of the study's own test set, where this is another one's.
    """

    study: Study
    study_file: Path
    runs: Path
    published: Path
    device: str
    test_set: TestSetSettings | None = None
    own: Workspace | None = None

    @classmethod
    def open(cls, study_file: Path, *, runs: Path, published: Path, device: str) -> Workspace:
        """Read and check the study file and make a workspace for it."""
        workspace = cls(read_study(study_file), study_file, runs, published, device)
        check_plan(workspace.study, workspace.added)
        return workspace

    @property
    def added(self) -> tuple[AddedModel, ...]:
        """The dense models that a user added, which are pruned as trained ones are."""
        from pipelines.workspace.model_records import added_records  # noqa: PLC0415 - a circle

        return tuple(
            AddedModel(NetworkSettings(record.blueprint.network), record.row.seed or 0, name)
            for record in added_records(self.models)
            for name in [record.row.name]
            if record.row.method == DENSE
        )

    def test_sets(self) -> tuple[Workspace, ...]:
        """A workspace for each test set, the study's own first; they share models and splits."""
        others = (replace(self, test_set=one, own=self) for one in self.study.test_set)
        return (self, *others)

    @property
    def name(self) -> str:
        """Name of the published study."""
        return self.study.name + (f"-{self.test_set.name}" if self.test_set else "")

    @property
    def root(self) -> Path:
        """This study's own folder."""
        return self.runs / self.study.name

    @property
    def models(self) -> Path:
        """Finished models: weights, masks and record of each."""
        return self.root / "models"

    @property
    def refusals(self) -> Path:
        """Why models of the study could not be made."""
        return self.root / "refused"

    @property
    def training(self) -> Path:
        """States of training runs, to go on from."""
        return self.root / "training"

    @property
    def shards(self) -> Path:
        """Finished (model, condition) pairs."""
        return self.root / (f"shards-{self.test_set.name}" if self.test_set else "shards")

    @property
    def attributions(self) -> Path:
        """Finished occlusion maps."""
        return self.shards.with_name(self.shards.name.replace("shards", "attributions", 1))

    def beside(self, path: str | None) -> Path | None:
        """A path that the study file names, relative to the study file's folder."""
        return None if path is None else self.study_file.parent / path

    @cached_property
    def splits(self) -> Splits:
        """The data set, read when first needed.

        Raises:
            PipelineError: the study has none, its features are imported.
        """
        if self.own is not None:
            return self.own.splits
        settings = self.study.dataset
        if self.has_no_images:
            raise PipelineError(
                f"{self.study.name}: expected a data set with images, found {IMPORTED!r}, to "
                "which features are imported."
            )
        splits = load_dataset(
            settings.name,
            folder=self.beside(settings.folder),
            image_size=settings.image_size,
            validation_fraction=settings.validation_fraction,
            test_fraction=settings.test_fraction,
            seed=self.study.seed,
            class_names=settings.class_names,
        )
        _say(f"data set {settings.name}", splits.report)
        return splits

    @property
    def has_no_images(self) -> bool:
        """Whether all that is known of the samples is what was imported."""
        return self.study.dataset.name == IMPORTED

    @property
    def imported_samples(self) -> Path:
        """Ids and labels of the first import into a study without images."""
        return self.root / "samples.npz"

    @cached_property
    def samples(self) -> Samples:
        """The samples that are measured: the test images, or those of the first import.

        Raises:
            PipelineError: nothing was imported yet into a study without images.
        """
        if self.has_no_images:
            return read_samples(self.imported_samples, self.study.dataset.class_names or ())
        return Samples(self.test.sample_ids, self.test.labels, self.test.class_names)

    @cached_property
    def test_images(self) -> ImageSet:
        """All images of the test set.

        Raises:
            PipelineError: a further test set of another number of classes.
        """
        if self.test_set is None:
            return self.splits.test
        test, report = load_test_set(
            self.test_set.dataset,
            folder=self.beside(self.test_set.folder),
            image_size=self.image_size,
            class_names=self.test_set.class_names,
        )
        expected = self.splits.test.class_names
        if len(test.class_names) != len(expected):
            raise PipelineError(
                f"test_set {self.test_set.name}: expected the {len(expected)} classes of the "
                f"study, found {len(test.class_names)}."
            )
        labels = renumbered(test.labels, test.class_names, expected)
        if labels is None:
            pairs = zip(test.class_names, expected, strict=True)
            first, ours = next((a, b) for a, b in pairs if a != b)
            report = (*report, f"classes by their number, the names differ: {first} is {ours}")
        else:
            test = replace(test, labels=labels, class_names=expected)
        _say(f"test set {self.test_set.name}", report)
        return test

    @cached_property
    def test_fingerprint(self) -> str:
        """Changes whenever an image or label of the test set does."""
        if self.test_set is None:
            return self.splits.fingerprint
        return image_set_fingerprint(self.test_images)

    @cached_property
    def test(self) -> ImageSet:
        """The test images that are evaluated: all, or as many as the test limit says."""
        limit = self.study.dataset.test_limit
        test = self.test_images
        if limit is None or limit >= len(test):
            return test
        if self.study.dataset.test_order == "first":
            return test.take(np.arange(limit, dtype=np.int64))
        return test.take(stratified_rows(test.labels, limit, seed=self.study.seed))

    @property
    def image_size(self) -> int:
        """Side of the test images in pixels."""
        return int(self.splits.test.images[:1].shape[1])


def _say(what: str, report: tuple[str, ...]) -> None:
    for line in report:
        CONSOLE.print(f"{what}: {line}.", soft_wrap=True)


def fingerprint(**parts: Any) -> str:
    """SHA-256 over JSON-able parts: equal exactly where the parts are."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
